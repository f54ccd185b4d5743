import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon, ReactWidget } from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import type { ICurrentRun } from '../../runs/current';
import { useSignals } from '../hooks';

export interface IRemarksOptions {
  current: ICurrentRun;
  trans: TranslationBundle;
}

/**
 * What a reader of the table should know: the warnings of the run, in one line above it that unfolds.
 *
 * They cannot be closed: a table that was cut short or distorted stays so.
 */
export class Remarks extends ReactWidget {
  constructor(private readonly _options: IRemarksOptions) {
    super();
    this.addClass('jp-Hotspots-remarks');
  }

  protected render(): JSX.Element {
    return <Warnings {...this._options} />;
  }
}

function Warnings({ current, trans }: IRemarksOptions): JSX.Element {
  const { run } = current;
  useSignals(current.changed, run?.warningsChanged);
  const [unfolded, setUnfolded] = useState('');
  const listId = useId();
  const warnings = run?.warnings ?? [];
  if (!run || warnings.length === 0) {
    return <></>;
  }
  const isUnfolded = unfolded === run.id;
  const Caret = isUnfolded ? caretDownIcon.react : caretRightIcon.react;
  const [first] = warnings;
  return (
    <>
      <button
        type="button"
        className="jp-Hotspots-remarks-line"
        aria-expanded={isUnfolded}
        aria-controls={listId}
        title={isUnfolded ? undefined : warnings.map(({ message }) => message).join('\n')}
        onClick={() => setUnfolded(isUnfolded ? '' : run.id)}
      >
        <Caret tag="span" elementSize="normal" />
        <span className="jp-Hotspots-ellipsis">
          {isUnfolded
            ? trans._n('%1 thing to know', '%1 things to know', warnings.length)
            : warnings.length > 1
              ? trans.__('%1 things to know: %2', warnings.length, first!.message)
              : first!.message}
        </span>
      </button>
      <span className="jp-Hotspots-unseen" role="status">
        {warnings[warnings.length - 1]!.message}
      </span>
      <ul id={listId} hidden={!isUnfolded}>
        {warnings.map(({ code, message, hint }) => (
          <li key={`${code} ${message}`} data-code={code}>
            {message} {hint && <span>{hint}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
