import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, settingsIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { CommandIDs } from './commandids';

/** The panel's name and the way to its settings. */
export class PanelHeader extends ReactWidget {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Hotspots-header');
  }

  protected render(): JSX.Element {
    const label = this._trans.__('Settings of Hotspots');
    return (
      <>
        <h2>{this._trans.__('Hotspots')}</h2>
        {this._commands.isEnabled(CommandIDs.openSettings) && (
          <button
            type="button"
            className="jp-Hotspots-icon-button"
            title={label}
            aria-label={label}
            onClick={() => void this._commands.execute(CommandIDs.openSettings)}
          >
            <settingsIcon.react tag="span" elementSize="normal" />
          </button>
        )}
      </>
    );
  }
}
