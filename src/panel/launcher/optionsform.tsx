import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId } from 'react';

import type { ProfilerOption } from '../../api/generated/rest';
import type { LauncherModel } from './model';
import { defaultText } from './options';

interface IOptionsProps {
  model: LauncherModel;
  trans: TranslationBundle;
  /** Enter in a field. */
  onSubmit: () => void;
}

/** What may be set for the chosen profilers. */
export function Options({ model, trans, onSubmit }: IOptionsProps): JSX.Element {
  return (
    <div className="jp-Hotspots-details">
      {model.options.map(option => (
        <OptionField key={option.name} option={option} model={model} trans={trans} onSubmit={onSubmit} />
      ))}
    </div>
  );
}

/** The options that were set, in a few words each. */
export function changedOptions(model: LauncherModel): string[] {
  return model.options
    .map(({ name }) => ({ name, text: model.option(name).trim() }))
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => `${name} ${text}`);
}

function OptionField(props: IOptionsProps & { option: ProfilerOption }): JSX.Element {
  const { option, model, trans, onSubmit } = props;
  const { name, title, kind, help } = option;
  const helpId = useId();
  const text = model.option(name);
  const assumed = defaultText(option);
  if (kind === 'flag') {
    return (
      <label className="jp-Hotspots-flag" title={help}>
        <input
          type="checkbox"
          data-field={`option-${name}`}
          checked={(text || assumed) === 'true'}
          onChange={event => model.setOption(name, String(event.target.checked))}
        />
        <span>{title}</span>
      </label>
    );
  }
  const problem = model.problem?.field === 'options' && kind === 'number' && !Number.isFinite(Number(text));
  return (
    <label>
      <span>{title}</span>
      <input
        className="jp-Hotspots-input"
        data-field={`option-${name}`}
        type="text"
        inputMode={kind === 'number' ? 'decimal' : undefined}
        spellCheck={false}
        autoComplete="off"
        placeholder={assumed || (kind === 'texts' ? trans.__('several, with commas between them') : '')}
        aria-invalid={problem}
        aria-describedby={helpId}
        value={text}
        onChange={event => model.setOption(name, event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            onSubmit();
          }
        }}
      />
      <small id={helpId}>{help}</small>
    </label>
  );
}
