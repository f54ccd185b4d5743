import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Widget } from '@lumino/widgets';

import type { IHotspotsSettings } from '../runs/settings';
import { opensAtStart } from './settings';

/**
 * Open the panel when the lab starts, for those who have chosen so.
 *
 * @param restored - When the lab has brought back its own layout, which may have the panel open already.
 */
export async function openAtStart(
  panel: Pick<Widget, 'id' | 'isVisible'>,
  settings: IHotspotsSettings,
  shell: Pick<JupyterFrontEnd.IShell, 'activateById'>,
  restored: Promise<unknown>
): Promise<void> {
  await restored;
  if (opensAtStart(settings) && !panel.isVisible) {
    shell.activateById(panel.id);
  }
}
