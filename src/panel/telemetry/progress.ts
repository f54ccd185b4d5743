import { Widget } from '@lumino/widgets';

import { formatCount, formatShare } from '../../runs/format';
import type { IProgress } from '../../runs/run';

/** A bar with its figures, for a program that tells how far it is. */
export class ProgressRow extends Widget {
  constructor(label: string) {
    super();
    this.addClass('jp-Hotspots-progress');
    this._bar.className = 'jp-Hotspots-progress-bar';
    this._bar.setAttribute('aria-label', label);
    this._text.className = 'jp-Hotspots-progress-text';
    this.node.append(this._bar, this._text);
    this.hide();
  }

  /** Null hides the row. */
  setProgress(progress: IProgress | null): void {
    this.setHidden(progress === null);
    if (progress !== null) {
      this._bar.max = progress.total;
      this._bar.value = progress.done;
      const { done, total } = progress;
      const isCounted = Number.isInteger(done) && Number.isInteger(total);
      const figures = isCounted ? `${formatCount(done)} / ${formatCount(total)}` : formatShare(done / total);
      this._text.textContent = progress.label === '' ? figures : `${figures} · ${progress.label}`;
      this._text.title = this._text.textContent;
    }
  }

  private readonly _bar = document.createElement('progress');
  private readonly _text = document.createElement('span');
}
