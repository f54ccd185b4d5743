import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { ICurrentRun } from '../../runs/current';
import { useSignals } from '../hooks';

export interface IFilterRowOptions {
  current: ICurrentRun;
  trans: TranslationBundle;
  /** Leave the filter: the text is cleared, the row folds. */
  leave: () => void;
}

/** A field that filters rows by a part of their function's or file's name. */
export class FilterRow extends ReactWidget {
  constructor(private readonly _options: IFilterRowOptions) {
    super();
    this.addClass('jp-Hotspots-filter');
  }

  focus(): void {
    this._input.current?.focus();
    this._input.current?.select();
  }

  protected render(): JSX.Element {
    return <Filter {...this._options} inputRef={this._input} />;
  }

  private readonly _input = React.createRef<HTMLInputElement>();
}

function Filter(props: IFilterRowOptions & { inputRef: React.RefObject<HTMLInputElement> }): JSX.Element {
  const { current, trans, leave } = props;
  useSignals(current.queryChanged);
  return (
    <>
      <input
        ref={props.inputRef}
        className="jp-Hotspots-input"
        type="text"
        spellCheck={false}
        aria-label={trans.__('Filter hot spots by function or file')}
        placeholder={trans.__('Filter by function or file')}
        value={current.query.text}
        onChange={event => current.setQuery({ text: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            leave();
          }
        }}
      />
      <button
        type="button"
        className="jp-Hotspots-icon-button"
        title={trans.__('Clear the filter')}
        aria-label={trans.__('Clear the filter')}
        onClick={leave}
      >
        <closeIcon.react tag="span" elementSize="normal" />
      </button>
    </>
  );
}
