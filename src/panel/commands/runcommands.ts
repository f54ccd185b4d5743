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
  const { app, panel, client, current, list, server, contents, editors, documents, trans, report } = options;
  const { commands, shell } = app;
  const ofRun = {
    args: {
      type: 'object',
      properties: {
        id: {
          type: 'string',
          description: trans.__('The run; else the one under the pointer, or the one that is shown')
        }
      }
    }
  } as const;
  const runOf = (args: ReadonlyPartialJSONObject): string | undefined =>
    (args['id'] as string | undefined) ??
    app.contextMenuHitTest(node => node.dataset['run'] !== undefined)?.dataset['run'] ??
    current.run?.id;

  const start = async (): Promise<void> => {
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
  };

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
      await start();
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
        await start();
      } else {
        panel.launcher.setProblem({
          field: 'path',
          message: trans.__('No Python file is open.'),
          hint: trans.__('Open one in an editor, or type a path.')
        });
      }
    }
  });

  commands.addCommand(CommandIDs.stop, {
    label: trans.__('Stop the Run'),
    caption: trans.__('Stop the run and every process it has started'),
    icon: stopIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          ...ofRun.args.properties,
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

  commands.addCommand(CommandIDs.openRun, {
    label: trans.__('Open'),
    describedBy: ofRun,
    execute: async args => {
      const id = runOf(args);
      if (id) {
        shell.activateById(panel.id);
        await current.showById(id).catch(report);
      }
    }
  });

  commands.addCommand(CommandIDs.runAgain, {
    label: trans.__('Run Again'),
    icon: refreshIcon,
    describedBy: ofRun,
    execute: async args => {
      const id = runOf(args);
      if (id) {
        await current.again(id).catch(report);
      }
    }
  });

  commands.addCommand(CommandIDs.editRun, {
    label: trans.__('Edit and Run Again…'),
    describedBy: ofRun,
    execute: async args => {
      const id = runOf(args);
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

  commands.addCommand(CommandIDs.deleteRun, {
    label: trans.__('Delete…'),
    describedBy: ofRun,
    isEnabled: args => {
      const id = runOf(args);
      const run = id ? list.find(id) : undefined;
      return run !== undefined && !isActive(run);
    },
    execute: async args => {
      const id = runOf(args);
      const run = id ? list.find(id) : undefined;
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

  let shown = current.run;
  const onSummaryChanged = (): void => commands.notifyCommandChanged(CommandIDs.stop);
  current.changed.connect((_, run) => {
    shown?.summaryChanged.disconnect(onSummaryChanged);
    shown = run;
    shown?.summaryChanged.connect(onSummaryChanged);
    onSummaryChanged();
  });
}

/** A path as the file browser writes it, where it lies under the server's root. */
function shortPath(path: string, root: string): string {
  const folder = root.endsWith('/') ? root : `${root}/`;
  return root && path.startsWith(folder) ? path.slice(folder.length) : path;
}
