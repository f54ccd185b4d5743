import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { ICurrentRun } from '../../runs/current';
import { formatCount } from '../../runs/format';
import type { IRows } from '../../runs/rows';
import { countLabel, countOfLabel, rowKind } from './labels';

/** Milliseconds that a remark stays. */
const REMARK = 6000;

/** One line below the table: how many rows there are, how many are not shown and why, and quiet remarks. */
export class Footer extends Widget {
  constructor(options: { current: ICurrentRun; trans: TranslationBundle }) {
    super();
    this.addClass('jp-Hotspots-footer');
    this._current = options.current;
    this._trans = options.trans;
    this._counts.className = 'jp-Hotspots-ellipsis';
    this._toggle.type = 'button';
    this._toggle.className = 'jp-Hotspots-link';
    this._toggle.addEventListener('click', this);
    this._remark.className = 'jp-Hotspots-remark jp-Hotspots-ellipsis';
    this._remark.setAttribute('role', 'status');
    this.node.append(this._counts, this._toggle, this._remark);
  }

  override dispose(): void {
    clearTimeout(this._timer);
    this._toggle.removeEventListener('click', this);
    super.dispose();
  }

  handleEvent(): void {
    this._current.setQuery({ hideLibrary: !this._current.query.hideLibrary });
  }

  /** Say something that is nobody's fault and needs no answer. */
  remark(text: string): void {
    this._remark.textContent = this._remark.title = text;
    this.toggleClass('jp-mod-remark', text !== '');
    clearTimeout(this._timer);
    if (text) {
      this._timer = setTimeout(() => this.remark(''), REMARK);
    }
  }

  /** Say one thing of what is shown above: what it is, or what went wrong. */
  setNote(note: string, problem: string): void {
    this.show();
    this._counts.textContent = this._counts.title = problem || note;
    this._counts.classList.toggle('jp-mod-problem', problem !== '');
    this._toggle.hidden = true;
  }

  setRows(rows: IRows | null): void {
    this._counts.title = '';
    const trans = this._trans;
    const { query } = this._current;
    this.setHidden(rows === null || (rows.total === 0 && rows.problem === ''));
    if (!rows) {
      return;
    }
    const found = rows.matched - rows.hidden;
    const parts = [
      rows.length < found
        ? countOfLabel(rowKind(rows), rows.length, found, trans)
        : query.text.trim()
          ? countOfLabel(rowKind(rows), rows.length, rows.total, trans)
          : countLabel(rowKind(rows), rows.length, trans)
    ];
    if (!rows.complete) {
      parts.push(trans.__('the largest so far'));
    }
    this._counts.textContent = rows.problem || parts.join(', ');
    this._counts.classList.toggle('jp-mod-problem', rows.problem !== '');
    const hidden = rows.hidden > 0;
    this._toggle.hidden = !hidden && !query.hideLibrary;
    this._toggle.textContent = hidden
      ? trans.__('%1 of libraries hidden: show', formatCount(rows.hidden))
      : trans.__('Show libraries');
  }

  private readonly _current: ICurrentRun;
  private readonly _trans: TranslationBundle;
  private readonly _counts = document.createElement('span');
  private readonly _toggle = document.createElement('button');
  private readonly _remark = document.createElement('span');
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
