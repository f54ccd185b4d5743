import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import type { ICurrentRun } from '../../runs/current';
import { Section } from '../section';
import { StreamView } from './stream';

export interface IOutputOptions {
  current: ICurrentRun;
  trans: TranslationBundle;
}

/** What the program prints: its output, and below it what it wrote to the error stream. */
export class OutputSection extends Section {
  constructor(options: IOutputOptions) {
    const { current, trans } = options;
    super({ name: 'output', label: trans.__('Output'), toolbarLabel: trans.__('Toolbar of the output') });
    this._current = current;
    this._trans = trans;
    this._body.addClass('jp-Hotspots-output-body');
    this._body.node.tabIndex = 0;
    this._body.node.setAttribute('role', 'log');
    this._body.node.setAttribute('aria-label', trans.__('Output of the run'));
    this._empty.addClass('jp-Hotspots-quiet');
    this._body.addWidget(this._empty);
    this.addWidget(this._body);
    current.changed.connect(this._onRunChanged, this);
    this._onRunChanged();
  }

  override dispose(): void {
    this._current.changed.disconnect(this._onRunChanged, this);
    super.dispose();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    // What was hidden stands at its beginning; what is asked for is what was said last.
    this._body.node.scrollTop = this._body.node.scrollHeight;
  }

  private _onRunChanged(): void {
    this._views.forEach(view => view.dispose());
    const { run } = this._current;
    this._views = run
      ? [run.stdout, run.stderr].map(
          stream => new StreamView({ stream, scroller: this._body.node, trans: this._trans })
        )
      : [];
    this._views.forEach(view => this._body.addWidget(view));
    run?.stdout.changed.connect(this._refresh, this);
    run?.stderr.changed.connect(this._refresh, this);
    run?.summaryChanged.connect(this._refresh, this);
    this._refresh();
  }

  private _refresh(): void {
    const { run } = this._current;
    const isEmpty = !run || (run.stdout.text === '' && run.stderr.text === '');
    this._empty.setHidden(!isEmpty);
    this._empty.node.textContent = !run
      ? this._trans.__('What the program prints appears here.')
      : run.isActive
        ? this._trans.__('Nothing was printed so far.')
        : this._trans.__('Nothing was printed.');
  }

  private readonly _current: ICurrentRun;
  private readonly _trans: TranslationBundle;
  private readonly _body = new Panel();
  private readonly _empty = new Widget();
  private _views: StreamView[] = [];
}
