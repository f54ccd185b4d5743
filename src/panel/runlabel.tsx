import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { joinArguments } from '../runs/arguments';
import type { ICurrentRun } from '../runs/current';
import { runName } from '../runs/names';
import { statusLabel, StatusSign } from './history/status';
import { useSignals } from './hooks';

export interface IRunLabelOptions {
  current: ICurrentRun;
  trans: TranslationBundle;
  /** Whether profiler and state are told too, or the name alone. */
  isFull: boolean;
}

/** Which run a section tells of, in its title. */
export class RunLabel extends ReactWidget {
  constructor(private readonly _options: IRunLabelOptions) {
    super();
    this.addClass('jp-Hotspots-run-label');
    this.toggleClass('jp-mod-name', !_options.isFull);
  }

  protected render(): JSX.Element {
    return <Label {...this._options} />;
  }
}

function Label({ current, trans, isFull }: IRunLabelOptions): JSX.Element {
  const { run } = current;
  useSignals(current.changed, run?.summaryChanged);
  if (!run) {
    return <></>;
  }
  const { summary } = run;
  const { status, target, profiler, reason } = summary;
  const state = statusLabel(status, trans);
  const tooltip = [
    [target.path ?? target.module ?? target.name, joinArguments(target.args)].filter(Boolean).join(' '),
    `${profiler} · ${Time.format(summary.started ?? summary.created)}`,
    reason ? `${state}: ${reason}` : state
  ].join('\n');
  return (
    <span className="jp-Hotspots-run-label-text" title={tooltip}>
      {isFull && <StatusSign status={status} trans={trans} />}
      <span className="jp-Hotspots-ellipsis">
        {runName(summary)}
        {isFull && <small> {[profiler, state].join(' · ')}</small>}
      </span>
    </span>
  );
}
