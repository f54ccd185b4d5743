import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IClient } from '../../api/client';
import { HotspotsError } from '../../api/errors';
import type { RunSummary } from '../../api/generated/rest';
import type { IServerHalf } from '../../api/serverhalf';
import { flameIcon } from '../../icons';
import type { ICurrentRun } from '../../runs/current';
import type { IRunList } from '../../runs/list';
import { runName } from '../../runs/names';
import { canRunAgain, isActive } from '../../runs/run';
import { tablesOf } from '../../runs/tables';
import { CommandIDs } from '../commandids';
import type { IHotspotsPanel } from '../panel';
import { chooseExport, formatsOf, saveFile } from './export';
import { openPythonFile, saveIfOpen } from './openfile';

export interface IRunCommandOptions {
  app: JupyterFrontEnd;
  panel: IHotspotsPanel;
  client: IClient;
  current: ICurrentRun;
  list: IRunList;
  server: IServerHalf;
  contents: Contents.IManager;
  editors: IEditorTracker | null;
  documents: IDocumentManager | null;
  trans: TranslationBundle;
  /** Show an error that has no place of its own. */
  report: (error: unknown) => void;
}

/** Commands that start, stop, open and delete runs. */
export function addRunCommands(options: IRunCommandOptions): void {
  addStartCommands(options);
  addStopCommand(options);
  addHistoryCommands(options);
  addFileCommands(options);
  addDeleteCommand(options);
}

function addStartCommands(options: IRunCommandOptions): void {
  const { app, panel, contents, editors, trans } = options;
  const { commands, shell } = app;

  commands.addCommand(CommandIDs.start, {
    label: trans.__('Profile'),
    caption: trans.__('Run what the launcher holds, or a script that is given'),
    icon: flameIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: trans.__('A script, or “-m module”; else what the launcher holds') },
          args: { type: 'string', description: trans.__('Its arguments, as in a shell') },
          cwd: { type: 'string', description: trans.__('Its working directory') }
        }
      }
    },
    execute: async args => {
      if (typeof args['path'] === 'string') {
        panel.launcher.choose(args['path']);
        for (const field of ['args', 'cwd'] as const) {
          if (typeof args[field] === 'string') {
            panel.launcher.edit({ [field]: args[field] });
          }
        }
        shell.activateById(panel.id);
      }
      await startFromLauncher(options);
    }
  });

  commands.addCommand(CommandIDs.profileCurrentFile, {
    label: trans.__('Profile the Open File'),
    caption: trans.__('Run the Python file in the editor in front under the profiler'),
    icon: flameIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      shell.activateById(panel.id);
      panel.unfold('launcher');
      const path = openPythonFile(editors, contents);
      if (path) {
        panel.launcher.choose(path);
        await startFromLauncher(options);
      } else {
        panel.launcher.setProblem({
          field: 'path',
          message: trans.__('No Python file is open.'),
          hint: trans.__('Open one in an editor, or type a path.')
        });
      }
    }
  });
}

/** Run what the launcher holds; what is wrong with it is said there. */
async function startFromLauncher(options: IRunCommandOptions): Promise<void> {
  const { panel, current, server, documents } = options;
  const body = panel.launcher.body();
  if (!body) {
    panel.focusLauncher(panel.launcher.problem?.field ?? 'path');
  }
  if (!body || current.isStarting) {
    return;
  }
  try {
    if (body.target.path) {
      await saveIfOpen(body.target.path, documents);
    }
    await current.start(body);
    panel.launcher.started();
    panel.launcher.isFolded = true;
  } catch (error) {
    const { message, hint, status } = HotspotsError.from(error);
    panel.launcher.setProblem({ field: null, message, hint });
    if (status === 404 || status === 0) {
      // Not the request: the server half itself may be away.
      void server.check();
    }
  }
}

function addStopCommand({ app, client, current, trans, report }: IRunCommandOptions): void {
  const { commands } = app;

  commands.addCommand(CommandIDs.stop, {
    label: trans.__('Stop the Run'),
    caption: trans.__('Stop the run, those started together with it, and every process they have started'),
    icon: stopIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: idOfRun(trans)
        }
      }
    },
    isEnabled: args => typeof args['id'] === 'string' || current.active.length > 0,
    execute: async args => {
      const ids = typeof args['id'] === 'string' ? [args['id']] : current.active.map(({ id }) => id);
      // Those that wait come first: the end of the one that goes on would start the next.
      for (const id of ids.reverse()) {
        await client.cancel(id).catch(report);
      }
    }
  });

  let shown = current.run;
  const onSummaryChanged = (): void => commands.notifyCommandChanged(CommandIDs.stop);
  current.changed.connect((_, run) => {
    shown?.summaryChanged.disconnect(onSummaryChanged);
    shown = run;
    shown?.summaryChanged.connect(onSummaryChanged);
    onSummaryChanged();
  });
  current.groupChanged.connect(onSummaryChanged);
}

function addHistoryCommands(options: IRunCommandOptions): void {
  const { app, panel, client, current, list, server, trans, report } = options;
  const { commands, shell } = app;
  const describedBy = { args: { type: 'object', properties: { id: idOfRun(trans) } } } as const;

  commands.addCommand(CommandIDs.openRun, {
    label: trans.__('Open'),
    describedBy,
    execute: async args => {
      const id = runOf(args, options);
      if (id) {
        shell.activateById(panel.id);
        await current.showById(id).catch(report);
      }
    }
  });

  const isKnownHow = (id: string | undefined): boolean => {
    const run = current.run?.id === id ? current.run?.summary : list.find(id ?? '');
    return run === undefined || canRunAgain(run);
  };

  commands.addCommand(CommandIDs.runAgain, {
    label: trans.__('Run Again'),
    icon: refreshIcon,
    describedBy,
    isEnabled: args => isKnownHow(runOf(args, options)),
    execute: async args => {
      const id = runOf(args, options);
      if (id) {
        await current.again(id).catch(report);
      }
    }
  });

  commands.addCommand(CommandIDs.editRun, {
    label: trans.__('Edit and Run Again…'),
    describedBy,
    isEnabled: args => isKnownHow(runOf(args, options)),
    execute: async args => {
      const id = runOf(args, options);
      if (!id) {
        return;
      }
      try {
        const { request, summary } = await client.run(id);
        panel.launcher.take(request, shortPath(summary.target.path ?? '', server.description?.root ?? ''));
        panel.focusLauncher('args');
      } catch (error) {
        report(error);
      }
    }
  });
}

/** Commands that give what was measured to other tools. */
function addFileCommands(options: IRunCommandOptions): void {
  const { app, client, current, list, server, trans, report } = options;
  const { commands } = app;
  const describedBy = { args: { type: 'object', properties: { id: idOfRun(trans) } } } as const;
  const hasEnded = (id: string | undefined): boolean => {
    const run = current.run?.id === id ? current.run?.summary : list.find(id ?? '');
    return run !== undefined && !isActive(run);
  };

  commands.addCommand(CommandIDs.openSnakeViz, {
    label: trans.__('Open in SnakeViz'),
    caption: trans.__('Open a page of its own about the calls of this run'),
    describedBy,
    isVisible: args => hasFunctions(runOf(args, options), options),
    isEnabled: args => hasEnded(runOf(args, options)),
    execute: async args => {
      const id = runOf(args, options);
      if (!id) {
        return;
      }
      // Opened while the click is still under way: browsers stop pages that come later.
      const page = window.open('', '_blank');
      try {
        const address = await client.snakeViz(id);
        if (page) {
          page.opener = null;
          page.location.replace(address);
        } else {
          throw new HotspotsError(trans.__('The browser did not open a page.'), {
            hint: trans.__('Allow this site to open pages, and try again.')
          });
        }
      } catch (error) {
        page?.close();
        report(error);
      }
    }
  });

  commands.addCommand(CommandIDs.exportRun, {
    label: trans.__('Export…'),
    caption: trans.__('Save what was measured as a file of another tool'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: idOfRun(trans),
          format: { type: 'string', description: trans.__('The name of the format; else it is asked for') }
        }
      }
    },
    isEnabled: args => hasEnded(runOf(args, options)),
    execute: async args => {
      const id = runOf(args, options);
      if (!id) {
        return;
      }
      const shown = current.run?.id === id ? current.run.table : null;
      const format = args['format'] as string | undefined;
      const chosen = format ? { format } : await chooseExport(formatsOf(server), shown, trans);
      if (!chosen) {
        return;
      }
      try {
        saveFile(await client.export(id, chosen));
      } catch (error) {
        report(error);
      }
    }
  });
}

/** Whether a run has functions: the one that is shown knows, of the others their profiler does. */
function hasFunctions(id: string | undefined, { current, list, server }: IRunCommandOptions): boolean {
  if (current.run?.id === id && current.run && current.run.tables.length > 0) {
    return current.run.tables.includes('functions');
  }
  const profiler = list.find(id ?? '')?.profiler;
  const described = server.description?.profilers.find(({ name }) => name === profiler);
  return described !== undefined && tablesOf(described).includes('functions');
}

function addDeleteCommand(options: IRunCommandOptions): void {
  const { app, list, trans, report } = options;
  const runToDelete = (args: ReadonlyPartialJSONObject): RunSummary | undefined =>
    list.find(runOf(args, options) ?? '');

  app.commands.addCommand(CommandIDs.deleteRun, {
    label: trans.__('Delete…'),
    describedBy: { args: { type: 'object', properties: { id: idOfRun(trans) } } },
    isEnabled: args => {
      const run = runToDelete(args);
      return run !== undefined && !isActive(run);
    },
    execute: async args => {
      const run = runToDelete(args);
      if (!run) {
        return;
      }
      const { button } = await showDialog({
        title: trans.__('Delete this run?'),
        body: trans.__(
          'What %1 has measured, its output and its place in the history are gone for good.',
          runName(run)
        ),
        buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })]
      });
      if (button.accept) {
        await list.delete(run.id).catch(report);
      }
    }
  });
}

/** The argument that names a run. */
function idOfRun(trans: TranslationBundle): { type: 'string'; description: string } {
  return {
    type: 'string',
    description: trans.__('The run; else the one under the pointer, or the one that is shown')
  };
}

/** The id of the run that a command is about. */
function runOf(args: ReadonlyPartialJSONObject, { app, current }: IRunCommandOptions): string | undefined {
  return (
    (args['id'] as string | undefined) ??
    app.contextMenuHitTest(node => node.dataset['run'] !== undefined)?.dataset['run'] ??
    current.run?.id
  );
}

/** A path as the file browser writes it, where it lies under the server's root. */
function shortPath(path: string, root: string): string {
  const folder = root.endsWith('/') ? root : `${root}/`;
  return root && path.startsWith(folder) ? path.slice(folder.length) : path;
}
