import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React, { useId, useLayoutEffect, useRef } from 'react';

import { changedDetails } from './details';
import type { LauncherModel } from './model';
import { changedOptions } from './optionsform';

interface IFormFoldProps {
  model: LauncherModel;
  trans: TranslationBundle;
  /** What stands at the end of the line; folding does not move it. */
  buttons: React.ReactNode;
  children: React.ReactNode;
}

/** The part of the form below the script. Folded it is one line that says what is in it. */
export function FormFold({ model, trans, buttons, children }: IFormFoldProps): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const boxId = useId();
  const { isFolded } = model;
  const hadFocus = box.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    // Enter in a field starts a run, which folds the form: the keys stay in the panel.
    if (isFolded && hadFocus) {
      button.current?.focus();
    }
  }, [isFolded]);
  const label = trans.__('Arguments and question');
  const inside = inWords(model, trans);
  const Caret = isFolded ? caretRightIcon.react : caretDownIcon.react;
  return (
    <>
      <div className="jp-Hotspots-row">
        <button
          ref={button}
          type="button"
          className="jp-Hotspots-disclosure jp-Hotspots-form-fold"
          aria-expanded={!isFolded}
          aria-controls={boxId}
          aria-label={isFolded ? `${label}: ${inside}` : label}
          title={isFolded ? inside : undefined}
          onClick={() => (model.isFolded = !isFolded)}
        >
          <Caret tag="span" elementSize="normal" />
          <span className="jp-Hotspots-ellipsis">{isFolded ? inside : label}</span>
        </button>
        {buttons}
      </div>
      <div ref={box} id={boxId} className="jp-Hotspots-form-rest" hidden={isFolded}>
        {!isFolded && children}
      </div>
    </>
  );
}

function inWords(model: LauncherModel, trans: TranslationBundle): string {
  const words = [
    model.chosen.join(', '),
    model.fields.args.trim() || trans.__('no arguments'),
    ...changedDetails(model, trans),
    ...changedOptions(model)
  ];
  return words.filter(Boolean).join(' · ');
}
