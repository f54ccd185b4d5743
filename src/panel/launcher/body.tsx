import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  ReactWidget,
  runIcon,
  stopIcon,
  textEditorIcon
} from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import type { ICurrentRun } from '../../runs/current';
import { baseName } from '../../runs/format';
import { useSignals } from '../hooks';
import type { PathCompleter } from './completion';
import type { ILaunchFields, LauncherModel, LaunchField } from './model';
import { OptionsForm } from './optionsform';
import { PathField } from './pathfield';
import { ProfilerPicker } from './picker';

export interface ILauncherOptions {
  model: LauncherModel;
  current: ICurrentRun;
  completer: PathCompleter;
  trans: TranslationBundle;
  /** The path of the open editor's file; null if none is open. */
  openFile: () => string | null;
  start: () => void;
  stop: () => void;
}

/** What to run and under which profiler, and the buttons that start and stop it. */
export class LauncherBody extends ReactWidget {
  constructor(private readonly _options: ILauncherOptions) {
    super();
    this.addClass('jp-Hotspots-launcher-body');
  }

  /** Put the cursor into a field. */
  focusField(field: LaunchField): void {
    const selector = field === 'options' ? '[data-field^="option-"]' : `[data-field="${field}"]`;
    const node = this.node.querySelector<HTMLInputElement>(selector);
    node?.focus();
    node?.select();
  }

  /** Put the cursor where a chosen script is started from. */
  focusStart(): void {
    this._start.current?.focus();
  }

  protected render(): JSX.Element {
    return <Launcher {...this._options} startRef={this._start} />;
  }

  private readonly _start = React.createRef<HTMLButtonElement>();
}

interface ILauncherProps extends ILauncherOptions {
  startRef: React.RefObject<HTMLButtonElement>;
}

function Launcher(props: ILauncherProps): JSX.Element {
  const { model, current, trans } = props;
  useSignals(model.changed);
  const { fields, problem } = model;
  const problemId = useRef(`jp-hotspots-problem-${Math.random().toString(36).slice(2)}`).current;
  const wrong = (field: keyof ILaunchFields): { invalid: boolean; describedBy?: string } =>
    problem?.field === field ? { invalid: true, describedBy: problemId } : { invalid: false };
  const announce = (count: number): string => trans._n('%1 suggestion', '%1 suggestions', count);
  const useOpenFile = (): void => {
    const path = props.openFile();
    if (path) {
      model.choose(path);
    } else {
      model.setProblem({
        field: 'path',
        message: trans.__('No Python file is open.'),
        hint: trans.__('Open one in an editor, or type a path.')
      });
    }
  };

  return (
    <form
      className="jp-Hotspots-form"
      aria-label={trans.__('What to profile')}
      onSubmit={event => {
        event.preventDefault();
        props.start();
      }}
    >
      <div className="jp-Hotspots-row">
        <PathField
          label={trans.__('Script')}
          placeholder={trans.__('script.py, or -m module')}
          value={fields.path}
          wanted="scripts"
          completer={props.completer}
          field="path"
          announce={announce}
          {...wrong('path')}
          onChange={path => model.edit({ path })}
          onSubmit={props.start}
        />
        <button
          type="button"
          className="jp-Hotspots-icon-button"
          title={trans.__('Use the file in the open editor')}
          aria-label={trans.__('Use the file in the open editor')}
          onClick={useOpenFile}
        >
          <textEditorIcon.react tag="span" elementSize="normal" />
        </button>
      </div>
      <input
        className="jp-Hotspots-input"
        data-field="args"
        type="text"
        spellCheck={false}
        autoComplete="off"
        aria-label={trans.__('Arguments')}
        aria-invalid={wrong('args').invalid}
        aria-describedby={wrong('args').describedBy}
        placeholder={trans.__('arguments')}
        title={fields.args}
        value={fields.args}
        onChange={event => model.edit({ args: event.target.value })}
      />
      <Details {...props} announce={announce} wrong={wrong} />
      <ProfilerPicker model={model} trans={trans} />
      <OptionsForm model={model} trans={trans} onSubmit={props.start} />
      {problem && (
        <p id={problemId} className="jp-Hotspots-problem" role="alert">
          <strong>{problem.message}</strong> {problem.hint}
        </p>
      )}
      <Buttons model={model} current={current} trans={trans} startRef={props.startRef} stop={props.stop} />
    </form>
  );
}

function Details(
  props: ILauncherProps & {
    announce: (count: number) => string;
    wrong: (field: keyof ILaunchFields) => { invalid: boolean; describedBy?: string };
  }
): JSX.Element {
  const { model, trans, wrong } = props;
  const { fields, isUnfolded } = model;
  const Caret = isUnfolded ? caretDownIcon.react : caretRightIcon.react;
  const variables = fields.env.split('\n').filter(line => line.includes('=')).length;
  // What was changed can be read without unfolding.
  const summary = [
    fields.cwd && trans.__('in %1', fields.cwd),
    variables > 0 && trans._n('%1 variable', '%1 variables', variables),
    fields.python && baseName(fields.python)
  ].filter(Boolean);
  return (
    <>
      <button
        type="button"
        className="jp-Hotspots-disclosure"
        aria-expanded={isUnfolded}
        onClick={() => (model.isUnfolded = !isUnfolded)}
      >
        <Caret tag="span" elementSize="normal" />
        <span className="jp-Hotspots-ellipsis">
          {trans.__('Details')}
          {!isUnfolded && summary.length > 0 && <em> {summary.join(' · ')}</em>}
        </span>
      </button>
      {isUnfolded && (
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
              onSubmit={props.start}
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
      )}
    </>
  );
}

function Buttons(props: {
  model: LauncherModel;
  current: ICurrentRun;
  trans: TranslationBundle;
  startRef: React.RefObject<HTMLButtonElement>;
  stop: () => void;
}): JSX.Element {
  const { current, trans } = props;
  const { run } = current;
  useSignals(current.changed, current.groupChanged, current.startingChanged, run?.summaryChanged);
  return (
    <div className="jp-Hotspots-row jp-Hotspots-buttons">
      <button
        ref={props.startRef}
        type="submit"
        className="jp-Hotspots-primary"
        disabled={current.isStarting || !props.model.canStart}
        title={trans.__('Run the script under the profiler')}
      >
        <runIcon.react tag="span" elementSize="normal" />
        <span>{trans.__('Profile')}</span>
      </button>
      {current.active.length > 0 && (
        <button
          type="button"
          className="jp-Hotspots-secondary"
          title={trans.__('Stop the run and every process it has started')}
          onClick={props.stop}
        >
          <stopIcon.react tag="span" elementSize="normal" />
          <span>{trans.__('Stop')}</span>
        </button>
      )}
    </div>
  );
}
