import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, IThemeManager, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { HotspotsError } from '../api/errors';
import {
  IClient,
  ICurrentRun,
  IEventStream,
  IHotspotsPanel,
  IHotspotsSettings,
  IRunList,
  IServerHalf,
  ISourceOpener
} from '../tokens';
import { CommandIDs } from './commandids';
import { addPanelCommands } from './commands/panelcommands';
import { addRunCommands } from './commands/runcommands';
import { addTableCommands } from './commands/tablecommands';
import { openPythonFile } from './commands/openfile';
import { PathCompleter } from './launcher/completion';
import { LauncherModel } from './launcher/model';
import { rememberFolding } from './folding';
import { openAtStart } from './opening';
import { HotspotsPanel } from './panel';
import { panelSide, sectionOrder } from './settings';
import { CanvasThemeSource } from './theme';

/** Where the panel stands among the tabs of its side: after those of JupyterLab itself. */
const RANK = 900;

const panel: JupyterFrontEndPlugin<IHotspotsPanel> = {
  id: 'jupyterlab-hotspots:panel',
  description: 'The side panel.',
  autoStart: true,
  requires: [IServerHalf, IEventStream, IRunList, ICurrentRun, IHotspotsSettings],
  optional: [ILabShell, ILayoutRestorer, IThemeManager, IStateDB, IEditorTracker, ITranslator],
  provides: IHotspotsPanel,
  activate: (
    app: JupyterFrontEnd,
    server: IServerHalf,
    stream: IEventStream,
    list: IRunList,
    current: ICurrentRun,
    settings: IHotspotsSettings,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    themes: IThemeManager | null,
    state: IStateDB | null,
    editors: IEditorTracker | null,
    translator: ITranslator | null
  ): IHotspotsPanel => {
    const { commands, serviceManager } = app;
    const language = translator ?? nullTranslator;
    const trans = language.load('jupyterlab_hotspots');
    const widget = new HotspotsPanel({
      server,
      stream,
      list,
      current,
      launcher: new LauncherModel({ server, settings, state, trans }),
      completer: new PathCompleter(serviceManager.contents),
      theme: new CanvasThemeSource(themes),
      commands,
      translator: language,
      order: sectionOrder(settings),
      openFile: () => openPythonFile(editors, serviceManager.contents),
      start: () => void commands.execute(CommandIDs.start),
      stop: () => void commands.execute(CommandIDs.stop),
      openSource: ({ file, line }) => void commands.execute(CommandIDs.openSource, { file, line })
    });
    // Nothing is asked of the server before somebody looks, and nothing more of one that does not have our half.
    let hasBegun = false;
    widget.firstShown.connect(() => void server.check());
    server.changed.connect(() => {
      if (!hasBegun && (server.state === 'ready' || server.state === 'other-version')) {
        hasBegun = true;
        stream.open();
        void list.refresh();
        current.restore().catch((error: unknown) => console.warn('Hotspots could not find the last run.', error));
      }
    });
    let side = panelSide(settings);
    app.shell.add(widget, side, { rank: RANK, type: 'Hotspots' });
    restorer?.add(widget, widget.id);
    void rememberFolding(widget, state, app.restored);
    void openAtStart(widget, settings, app.shell, app.restored);
    settings.changed.connect(() => {
      widget.arrange(sectionOrder(settings));
      if (panelSide(settings) !== side) {
        side = panelSide(settings);
        labShell?.move(widget, side);
      }
    });
    return widget;
  }
};

const commands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-hotspots:commands',
  description: 'What can be done with runs and hot spots, for menus, the palette and shortcuts.',
  autoStart: true,
  requires: [IHotspotsPanel, IClient, ICurrentRun, IRunList, IServerHalf, IHotspotsSettings, ISourceOpener],
  optional: [ICommandPalette, IEditorTracker, IFileBrowserFactory, IDocumentManager, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    hotspots: IHotspotsPanel,
    client: IClient,
    current: ICurrentRun,
    list: IRunList,
    server: IServerHalf,
    settings: IHotspotsSettings,
    opener: ISourceOpener,
    palette: ICommandPalette | null,
    editors: IEditorTracker | null,
    browsers: IFileBrowserFactory | null,
    documents: IDocumentManager | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_hotspots');
    const { contents } = app.serviceManager;
    const report = (error: unknown): void => {
      const { message, hint } = HotspotsError.from(error);
      Notification.error(`${message} ${hint}`.trim(), { autoClose: 10_000 });
    };
    addPanelCommands({ app, panel: hotspots, settings, contents, browsers, trans });
    addRunCommands({
      app,
      panel: hotspots,
      client,
      current,
      list,
      server,
      contents,
      editors,
      documents,
      trans,
      report
    });
    addTableCommands({ app, panel: hotspots, current, opener, trans });
    const category = trans.__('Hotspots');
    for (const command of [
      CommandIDs.showPanel,
      CommandIDs.profileCurrentFile,
      CommandIDs.chooseFile,
      CommandIDs.stop,
      CommandIDs.focusFilter,
      CommandIDs.clearFilter,
      CommandIDs.toggleLibrary,
      CommandIDs.toggleMeasure,
      CommandIDs.openSettings
    ]) {
      palette?.addItem({ command, category });
    }
    for (const by of ['own_s', 'total_s', 'calls', 'function']) {
      palette?.addItem({ command: CommandIDs.sort, category, args: { by } });
    }
  }
};

export default [panel, commands];
