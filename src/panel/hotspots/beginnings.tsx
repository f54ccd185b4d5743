import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, folderIcon, ReactWidget, textEditorIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

export interface IBeginningsOptions {
  trans: TranslationBundle;
  /** Profile the file of the open editor. */
  profileOpenFile: () => void;
  /** Go to the field for a script. */
  chooseScript: () => void;
}

/** What a terminal would be told; `script.py` stands for the user's own. */
const COMMAND = 'jupyter hotspots run script.py';

/** Three ways to begin, each a button: what stands where nothing was run yet. */
export class Beginnings extends ReactWidget {
  constructor(private readonly _options: IBeginningsOptions) {
    super();
    this.addClass('jp-Hotspots-beginnings');
  }

  protected render(): JSX.Element {
    return <Ways {...this._options} />;
  }
}

function Ways({ trans, profileOpenFile, chooseScript }: IBeginningsOptions): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(COMMAND);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <>
      <p>{trans.__('See where the time and the memory of a script go, while it runs.')}</p>
      <button type="button" className="jp-Hotspots-way" onClick={profileOpenFile}>
        <textEditorIcon.react tag="span" elementSize="normal" />
        <span>
          <strong>{trans.__('Profile the open file')}</strong>
          <small>{trans.__('the one in the editor in front')}</small>
        </span>
      </button>
      <button type="button" className="jp-Hotspots-way" onClick={chooseScript}>
        <folderIcon.react tag="span" elementSize="normal" />
        <span>
          <strong>{trans.__('Choose a script…')}</strong>
          <small>{trans.__('or right-click it among the files')}</small>
        </span>
      </button>
      <button
        type="button"
        className="jp-Hotspots-way"
        onClick={() => void copy()}
        title={trans.__('Copy the command for a terminal')}
      >
        <copyIcon.react tag="span" elementSize="normal" />
        <span>
          <strong>{copied ? trans.__('Copied') : trans.__('Run it in a terminal')}</strong>
          <small>
            <code>{COMMAND}</code>
          </small>
        </span>
      </button>
    </>
  );
}
