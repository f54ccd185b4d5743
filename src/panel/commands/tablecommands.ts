import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon, filterIcon } from '@jupyterlab/ui-components';

import type { ISourceOpener } from '../../editor/opener';
import type { ICurrentRun } from '../../runs/current';
import type { RunModel } from '../../runs/run';
import { CommandIDs } from '../commandids';
import type { IHotspotsPanel } from '../panel';

export interface ITableCommandOptions {
  app: JupyterFrontEnd;
  panel: IHotspotsPanel;
  current: ICurrentRun;
  opener: ISourceOpener;
  trans: TranslationBundle;
}

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

/** The commands that depend on what is shown. */
const TABLE_COMMANDS = [
  ...[CommandIDs.focusFilter, CommandIDs.clearFilter, CommandIDs.toggleLibrary, CommandIDs.toggleMeasure],
  ...[CommandIDs.sort, CommandIDs.tableMenu]
];

/** Commands about the table of hot spots. */
export function addTableCommands(options: ITableCommandOptions): void {
  const { app, panel, current, trans } = options;
  const { commands } = app;
  addSourceCommand(options);
  addFilterCommands(options);
  addOrderCommands(options);

  commands.addCommand(CommandIDs.tableMenu, {
    label: trans.__('More about the Table of Hot Spots'),
    icon: ellipsesIcon,
    describedBy: NO_ARGUMENTS,
    isVisible: () => !isTreeShown(current),
    isEnabled: () => !isTreeShown(current),
    execute: () => panel.hotspots.openMenu()
  });

  const notify = (): void => {
    for (const id of TABLE_COMMANDS) {
      commands.notifyCommandChanged(id);
    }
  };
  current.queryChanged.connect(notify);
  let shown: RunModel | null = null;
  const onRun = (): void => {
    shown?.rowsReplaced.disconnect(notify);
    shown?.tablesChanged.disconnect(notify);
    shown = current.run;
    shown?.rowsReplaced.connect(notify);
    shown?.tablesChanged.connect(notify);
    notify();
  };
  current.changed.connect(onRun);
  onRun();
}

function addSourceCommand({ app, panel, current, opener, trans }: ITableCommandOptions): void {
  app.commands.addCommand(CommandIDs.openSource, {
    label: trans.__('Open the Source of the Hot Spot'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          file: {
            type: ['string', 'null'],
            description: trans.__('A file of the profile; else that of the selected row')
          },
          line: { type: ['number', 'null'], description: trans.__('The line, from 1') }
        }
      }
    },
    execute: async args => {
      const row = panel.hotspots.selectedRow;
      const file = 'file' in args ? (args['file'] as string | null) : (row?.file ?? null);
      const line = 'line' in args ? (args['line'] as number | null) : (row?.line ?? null);
      if (current.run) {
        panel.hotspots.remark(await opener.open({ run: current.run.id, file, line }));
      }
    }
  });
}

/** What decides which rows are shown. */
function addFilterCommands({ app, panel, current, trans }: ITableCommandOptions): void {
  const { commands, shell } = app;

  commands.addCommand(CommandIDs.focusFilter, {
    label: trans.__('Filter Hot Spots…'),
    caption: trans.__('Filter by function or file'),
    icon: filterIcon,
    describedBy: NO_ARGUMENTS,
    isVisible: () => !isTreeShown(current),
    isEnabled: () => !isTreeShown(current),
    execute: () => {
      shell.activateById(panel.id);
      panel.unfold('hotspots');
      panel.hotspots.focusFilter();
    }
  });

  commands.addCommand(CommandIDs.clearFilter, {
    label: trans.__('Clear the Filter of Hot Spots'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => current.query.text !== '',
    execute: () => panel.hotspots.leaveFilter()
  });

  commands.addCommand(CommandIDs.toggleLibrary, {
    label: trans.__('Hide Library Code'),
    caption: trans.__('Hide code of Python itself and of installed packages'),
    describedBy: NO_ARGUMENTS,
    isToggled: () => current.query.hideLibrary,
    execute: () => current.setQuery({ hideLibrary: !current.query.hideLibrary })
  });
}

/** What decides in which order they are, and by which time. */
function addOrderCommands({ app, current, trans }: ITableCommandOptions): void {
  const { commands } = app;

  commands.addCommand(CommandIDs.toggleMeasure, {
    label: args => {
      const isOwn = current.measure === 'own';
      // On the button stands what is shown, in a menu what will be.
      return args['toolbar'] === true
        ? isOwn
          ? trans.__('own')
          : trans.__('total')
        : isOwn
          ? trans.__('Show Total Time')
          : trans.__('Show Own Time');
    },
    caption: trans.__('Own: time in the function itself. Total: with everything it called.'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          toolbar: { type: 'boolean', description: trans.__('Whether the label says what is shown, as on a button') }
        }
      }
    },
    isVisible: () => hasBothTimes(current),
    isEnabled: () => hasBothTimes(current),
    execute: () => current.setMeasure(current.measure === 'own' ? 'total' : 'own')
  });

  commands.addCommand(CommandIDs.sort, {
    label: args => sortLabel(String(args['by']), args['label'] as string | undefined, trans),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          by: { type: 'string', description: trans.__('A column of the table') },
          label: { type: 'string', description: trans.__('What the column is called; empty for that of the names') }
        },
        required: ['by']
      }
    },
    isToggled: args => (current.run?.rows.order.sort ?? current.query.sort) === args['by'],
    execute: args => {
      const sort = String(args['by']);
      current.setQuery({ sort, descending: !NAMES.includes(sort) });
    }
  });
}

/** Columns of names and places, which are read from their beginning. */
const NAMES: readonly string[] = ['function', 'line', 'type', 'source', 'file'];

/** Whether the tree is shown in place of a table: it is neither sorted nor filtered. */
function isTreeShown({ run }: ICurrentRun): boolean {
  return run?.view === 'tree';
}

/** Whether the table that is shown tells own from total time; before there is one, it may come to. */
function hasBothTimes(current: ICurrentRun): boolean {
  const rows = current.run?.rows;
  return (
    !isTreeShown(current) &&
    (!rows ||
      rows.figures.size === 0 ||
      (rows.table === 'functions' && ['own_s', 'total_s'].every(time => rows.figures.has(time))))
  );
}

function sortLabel(by: string, label: string | undefined, trans: TranslationBundle): string {
  switch (by) {
    case 'own_s':
      return trans.__('Sort by Own Time');
    case 'total_s':
      return trans.__('Sort by Total Time');
    case 'calls':
      return trans.__('Sort by Calls');
    case 'line':
      return trans.__('Sort by Line');
    case 'type':
      return trans.__('Sort by Type');
    case 'function':
      return trans.__('Sort by Name');
    default:
      return trans.__('Sort by “%1”', label ?? by);
  }
}
