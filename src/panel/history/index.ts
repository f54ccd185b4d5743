import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { ICurrentRun } from '../../runs/current';
import type { IRunList } from '../../runs/list';
import { Section } from '../section';
import { HistoryBody } from './body';

export interface IHistoryOptions {
  list: IRunList;
  current: ICurrentRun;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The runs that are kept. */
export class HistorySection extends Section {
  constructor(options: IHistoryOptions) {
    super({
      name: 'history',
      label: options.trans.__('History'),
      toolbarLabel: options.trans.__('Toolbar of the history')
    });
    this.addWidget(new HistoryBody(options));
  }
}
