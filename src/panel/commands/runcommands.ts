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
import { isActive } from '../../runs/run';
import { CommandIDs } from '../commandids';
import type { IHotspotsPanel } from '../panel';
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
    caption: trans.__('Stop the run and every process it has started'),
    icon: stopIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          id: idOfRun(trans),
          toolbar: { type: 'boolean', description: trans.__('Whether the button is there only while a run goes on') }
        }
      }
    },
    isEnabled: args => typeof args['id'] === 'string' || (current.run?.isActive ?? false),
    isVisible: args => args['toolbar'] !== true || (current.run?.isActive ?? false),
    execute: async args => {
      const id = (args['id'] as string | undefined) ?? current.run?.id;
      await (id ? client.cancel(id).catch(report) : undefined);
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
}

function addHistoryCommands(options: IRunCommandOptions): void {
  const { app, panel, client, current, server, trans, report } = options;
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

  commands.addCommand(CommandIDs.runAgain, {
    label: trans.__('Run Again'),
    icon: refreshIcon,
    describedBy,
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
