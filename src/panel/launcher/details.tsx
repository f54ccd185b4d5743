import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { baseName } from '../../runs/format';
import type { PathCompleter } from './completion';
import type { ILaunchFields, LauncherModel } from './model';
import { PathField } from './pathfield';

/** Whether a field is wrong, and which element says how. */
export interface IWrong {
  invalid: boolean;
  describedBy?: string;
}

interface IDetailsProps {
  model: LauncherModel;
  completer: PathCompleter;
  trans: TranslationBundle;
  announce: (count: number) => string;
  wrong: (field: keyof ILaunchFields) => IWrong;
  /** Enter in a field. */
  onSubmit: () => void;
}

/** Where and with what a script runs. */
export function Details(props: IDetailsProps): JSX.Element {
  const { model, trans, wrong } = props;
  const { fields } = model;
  return (
    <div className="jp-Hotspots-details">
      <label>
        <span>{trans.__('Working directory')}</span>
        <PathField
          field="cwd"
          label={trans.__('Working directory')}
          placeholder={trans.__("the script's folder")}
          value={fields.cwd}
          wanted="folders"
          completer={props.completer}
          announce={props.announce}
          {...wrong('cwd')}
          onChange={cwd => model.edit({ cwd })}
          onSubmit={props.onSubmit}
        />
      </label>
      <label>
        <span>{trans.__('Environment')}</span>
        <textarea
          className="jp-Hotspots-input"
          data-field="env"
          rows={2}
          spellCheck={false}
          placeholder={trans.__('NAME=VALUE, one a line')}
          aria-invalid={wrong('env').invalid}
          aria-describedby={wrong('env').describedBy}
          value={fields.env}
          onChange={event => model.edit({ env: event.target.value })}
        />
      </label>
      <label>
        <span>{trans.__('Python')}</span>
        <input
          className="jp-Hotspots-input"
          data-field="python"
          type="text"
          spellCheck={false}
          placeholder={model.defaultPython || trans.__("the server's")}
          title={fields.python || model.defaultPython}
          aria-invalid={wrong('python').invalid}
          value={fields.python}
          onChange={event => model.edit({ python: event.target.value })}
        />
      </label>
    </div>
  );
}

/** The details that were changed, in a few words each. */
export function changedDetails({ fields }: LauncherModel, trans: TranslationBundle): string[] {
  const variables = fields.env.split('\n').filter(line => line.includes('=')).length;
  const words = [
    fields.cwd && trans.__('in %1', fields.cwd),
    variables > 0 && trans._n('%1 variable', '%1 variables', variables),
    fields.python && baseName(fields.python)
  ];
  return words.filter(word => typeof word === 'string' && word !== '') as string[];
}
