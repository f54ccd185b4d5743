import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon, filterIcon } from '@jupyterlab/ui-components';

import type { ISourceOpener } from '../../editor/opener';
import type { ICurrentRun } from '../../runs/current';
import type { SortColumn } from '../../runs/rows';
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
    execute: () => panel.hotspots.openMenu()
  });

  current.queryChanged.connect(() => {
    for (const id of [CommandIDs.clearFilter, CommandIDs.toggleLibrary, CommandIDs.toggleMeasure, CommandIDs.sort]) {
      commands.notifyCommandChanged(id);
    }
  });
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
    caption: trans.__('Hide functions of Python itself and of installed packages'),
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
    execute: () => current.setMeasure(current.measure === 'own' ? 'total' : 'own')
  });

  commands.addCommand(CommandIDs.sort, {
    label: args => sortLabel(args['by'] as SortColumn, trans),
    describedBy: {
      args: {
        type: 'object',
        properties: { by: { type: 'string', enum: ['own_s', 'total_s', 'calls', 'function'] } },
        required: ['by']
      }
    },
    isToggled: args => current.query.sort === args['by'],
    execute: args => {
      const sort = args['by'] as SortColumn;
      current.setQuery({ sort, descending: sort !== 'function' });
    }
  });
}

function sortLabel(by: SortColumn, trans: TranslationBundle): string {
  switch (by) {
    case 'total_s':
      return trans.__('Sort by Total Time');
    case 'calls':
      return trans.__('Sort by Calls');
    case 'function':
      return trans.__('Sort by Name');
    default:
      return trans.__('Sort by Own Time');
  }
}
