import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { flameIcon } from '../../icons';
import type { IHotspotsSettings } from '../../runs/settings';
import { CommandIDs } from '../commandids';
import type { IHotspotsPanel } from '../panel';
import type { SectionName } from '../sections';
import { SECTIONS } from '../sections';
import { keepSectionOrder } from '../settings';

export interface IPanelCommandOptions {
  app: JupyterFrontEnd;
  panel: IHotspotsPanel;
  settings: IHotspotsSettings;
  contents: Contents.IManager;
  browsers: IFileBrowserFactory | null;
  trans: TranslationBundle;
}

const SETTINGS_EDITOR = 'settingeditor:open';

/** Commands about the panel itself and what is chosen in it. */
export function addPanelCommands(options: IPanelCommandOptions): void {
  const { app, panel, settings, contents, browsers, trans } = options;
  const { commands, shell } = app;

  commands.addCommand(CommandIDs.showPanel, {
    label: trans.__('Show Hotspots'),
    icon: flameIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => shell.activateById(panel.id)
  });

  const choose = (path: string | undefined): void => {
    shell.activateById(panel.id);
    if (path) {
      panel.launcher.choose(contents.localPath(path));
      panel.focusStart();
    } else {
      panel.focusLauncher();
    }
  };

  commands.addCommand(CommandIDs.chooseFile, {
    label: trans.__('Choose a Script to Profile…'),
    icon: flameIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: trans.__('The script, relative to the root of the server') }
        }
      }
    },
    execute: args => choose(args['path'] as string | undefined)
  });

  commands.addCommand(CommandIDs.chooseSelected, {
    label: trans.__('Profile with Hotspots'),
    caption: trans.__('Choose this file as the script to profile'),
    icon: flameIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => selectedScript(browsers) !== undefined,
    execute: () => choose(selectedScript(browsers))
  });

  commands.addCommand(CommandIDs.moveSection, {
    label: args => (args['by'] === -1 ? trans.__('Move Section Up') : trans.__('Move Section Down')),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          section: {
            type: 'string',
            enum: [...SECTIONS],
            description: trans.__('The section; else the one under the pointer')
          },
          by: { type: 'number', enum: [-1, 1], description: trans.__('-1: up, 1: down') }
        },
        required: ['by']
      }
    },
    execute: async args => {
      const order = [...panel.order];
      const name = (args['section'] as SectionName | undefined) ?? pointedSection(app, panel);
      const from = name ? order.indexOf(name) : -1;
      const to = from + (args['by'] === -1 ? -1 : 1);
      if (from >= 0 && to >= 0 && to < order.length) {
        order.splice(to, 0, ...order.splice(from, 1));
        panel.arrange(order);
        await keepSectionOrder(settings, order);
      }
    }
  });

  commands.addCommand(CommandIDs.openSettings, {
    label: trans.__('Settings of Hotspots'),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => commands.hasCommand(SETTINGS_EDITOR),
    execute: () => commands.execute(SETTINGS_EDITOR, { query: 'Hotspots' })
  });
}

/** The path of the Python file that is selected in the file browser. */
function selectedScript(browsers: IFileBrowserFactory | null): string | undefined {
  const item = browsers?.tracker.currentWidget?.selectedItems().next().value;
  return item && item.type !== 'directory' && /\.py$/i.test(item.path) ? item.path : undefined;
}

/** The section whose title was clicked with the right button. */
function pointedSection(app: JupyterFrontEnd, panel: IHotspotsPanel): SectionName | undefined {
  const title = app.contextMenuHitTest(node => node.classList.contains('jp-AccordionPanel-title'));
  const owner = title?.getAttribute('aria-controls') ?? '';
  return panel.order.find(name => owner === `jp-hotspots-${name}`);
}
