import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, runIcon, stopIcon, textEditorIcon } from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import type { ICurrentRun } from '../../runs/current';
import { useSignals } from '../hooks';
import type { PathCompleter } from './completion';
import type { ILaunchFields, LauncherModel, LaunchField } from './model';
import type { IWrong } from './details';
import { changedDetails, Details } from './details';
import { Disclosure } from './disclosure';
import { FormFold } from './formfold';
import { changedOptions, Options } from './optionsform';
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
  const wrong = (field: keyof ILaunchFields): IWrong =>
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
      <FormFold
        model={model}
        trans={trans}
        buttons={<Buttons model={model} current={current} trans={trans} startRef={props.startRef} stop={props.stop} />}
      >
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
        <ProfilerPicker model={model} trans={trans} />
        <div className="jp-Hotspots-row jp-Hotspots-disclosures">
          <Disclosure
            label={trans.__('Details')}
            changed={changedDetails(model, trans)}
            isUnfolded={model.isUnfolded}
            onToggle={() => (model.isUnfolded = !model.isUnfolded)}
          />
          {model.options.length > 0 && (
            <Disclosure
              label={trans.__('Options')}
              changed={changedOptions(model)}
              isUnfolded={model.showsOptions}
              onToggle={() => (model.showsOptions = !model.showsOptions)}
            />
          )}
        </div>
        {model.isUnfolded && (
          <Details
            model={model}
            completer={props.completer}
            trans={trans}
            announce={announce}
            wrong={wrong}
            onSubmit={props.start}
          />
        )}
        {model.showsOptions && <Options model={model} trans={trans} onSubmit={props.start} />}
      </FormFold>
      {problem && (
        <p id={problemId} className="jp-Hotspots-problem" role="alert">
          <strong>{problem.message}</strong> {problem.hint}
        </p>
      )}
    </form>
  );
}

/** Start and stop. Both are always there: nothing may move into the place of the one that was just pressed. */
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
  const canStop = current.active.length > 0;
  const stop = trans.__('Stop the run and every process it has started');
  return (
    <>
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
      <button
        type="button"
        className="jp-Hotspots-secondary"
        // Not `disabled`, which would throw the focus out of the panel when the run ends.
        aria-disabled={!canStop}
        aria-label={trans.__('Stop')}
        title={canStop ? stop : trans.__('Nothing runs that could be stopped')}
        onClick={canStop ? props.stop : undefined}
      >
        <stopIcon.react tag="span" elementSize="normal" />
      </button>
    </>
  );
}
