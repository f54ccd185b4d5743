import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';

import { HotspotsSettings } from '../runs/settings';

/** Settings in which some things were chosen, as the registry would have them. */
export function makeSettings(chosen: Record<string, unknown>): HotspotsSettings {
  const composite = { ...chosen };
  const registered = {
    composite,
    set: async (name: string, value: unknown) => {
      composite[name] = value;
      changed.emit();
    }
  };
  const changed = new Signal<typeof registered, void>(registered);
  const settings = new HotspotsSettings();
  settings.use({ ...registered, changed } as unknown as ISettingRegistry.ISettings);
  return settings;
}
