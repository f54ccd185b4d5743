import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';

import { IClient, ICurrentRun, IEventStream, IHotspotsSettings, IRunList, IServerHalf } from '../tokens';
import { CurrentRun } from './current';
import { RunList } from './list';
import { HotspotsSettings } from './settings';

/** The settings are those of this plugin: `schema/settings/plugin.json`. */
const SETTINGS_ID = 'jupyterlab-hotspots:plugin';

const settings: JupyterFrontEndPlugin<IHotspotsSettings> = {
  id: SETTINGS_ID,
  description: 'What the user has chosen.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: IHotspotsSettings,
  activate: async (_: JupyterFrontEnd, registry: ISettingRegistry | null): Promise<IHotspotsSettings> => {
    const chosen = new HotspotsSettings();
    try {
      const loaded = await registry?.load(SETTINGS_ID);
      if (loaded) {
        chosen.use(loaded);
      }
    } catch (error) {
      console.warn('Hotspots could not read its settings and uses their defaults.', error);
    }
    return chosen;
  }
};

const list: JupyterFrontEndPlugin<IRunList> = {
  id: 'jupyterlab-hotspots:run-list',
  description: 'The history of runs.',
  autoStart: true,
  requires: [IClient, IEventStream],
  provides: IRunList,
  activate: (_: JupyterFrontEnd, client: IClient, stream: IEventStream): IRunList => new RunList({ client, stream })
};

const current: JupyterFrontEndPlugin<ICurrentRun> = {
  id: 'jupyterlab-hotspots:current-run',
  description: 'The run that the panel shows.',
  autoStart: true,
  requires: [IClient, IEventStream, IRunList, IHotspotsSettings, IServerHalf],
  optional: [IStateDB],
  provides: ICurrentRun,
  activate: (
    _: JupyterFrontEnd,
    client: IClient,
    stream: IEventStream,
    runs: IRunList,
    chosen: IHotspotsSettings,
    server: IServerHalf,
    state: IStateDB | null
  ): ICurrentRun => new CurrentRun({ client, stream, list: runs, settings: chosen, state, server })
};

export default [settings, list, current];
