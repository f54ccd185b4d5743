import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { formatBytes } from '../../runs/format';
import type { OutputStream } from '../../runs/output';
import { Pace } from '../../runs/pace';
import { plainText } from './text';

/** Milliseconds between two times that text is written. */
const INTERVAL = 250;

/** Pixels from the end within which the view follows what is printed. */
const NEAR_END = 24;

export interface IStreamViewOptions {
  stream: OutputStream;
  /** The element that scrolls. */
  scroller: HTMLElement;
  trans: TranslationBundle;
}

/** One stream: a heading with its size, a button for earlier text, and the text. */
export class StreamView extends Widget {
  constructor(options: IStreamViewOptions) {
    super();
    this._stream = options.stream;
    this._scroller = options.scroller;
    this._trans = options.trans;
    this.addClass('jp-Hotspots-stream');
    this.addClass(`jp-mod-${this._stream.name}`);
    this._heading.className = 'jp-Hotspots-stream-heading';
    this._earlier.type = 'button';
    this._earlier.className = 'jp-Hotspots-link';
    this._earlier.addEventListener('click', this);
    this._text.className = 'jp-Hotspots-stream-text';
    this.node.append(this._heading, this._earlier, this._text);
    this._pace = new Pace(INTERVAL, () => this._write());
    this._stream.changed.connect(this._onChanged, this);
    this._write();
  }

  override dispose(): void {
    this._pace.dispose();
    this._earlier.removeEventListener('click', this);
    this._stream.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  handleEvent(): void {
    const { scrollHeight, scrollTop } = this._scroller;
    void this._stream.loadEarlier().then(() => {
      if (!this.isDisposed) {
        this._pace.now();
        // What is read stays under the eye.
        this._scroller.scrollTop = scrollTop + this._scroller.scrollHeight - scrollHeight;
      }
    });
  }

  private _onChanged(): void {
    this._pace.ask();
  }

  private _write(): void {
    const { name, text, start, size, problem } = this._stream;
    const { scrollHeight, scrollTop, clientHeight } = this._scroller;
    const follows = scrollHeight - scrollTop - clientHeight <= NEAR_END;
    this.setHidden(text === '' && problem === '');
    this._heading.textContent = problem ? `${name}: ${problem}` : `${name} · ${formatBytes(size)}`;
    this._earlier.hidden = start <= 0;
    this._earlier.textContent = this._trans.__('Load earlier (%1 above)', formatBytes(start));
    this._text.textContent = plainText(text);
    if (follows) {
      this._scroller.scrollTop = this._scroller.scrollHeight;
    }
  }

  private readonly _stream: OutputStream;
  private readonly _scroller: HTMLElement;
  private readonly _trans: TranslationBundle;
  private readonly _pace: Pace;
  private readonly _heading = document.createElement('div');
  private readonly _earlier = document.createElement('button');
  private readonly _text = document.createElement('pre');
}
