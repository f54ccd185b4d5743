import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import type { IRow } from './rows';

/**
 * The texts of lines that come without one: live rows, and those of profilers that do not keep them.
 *
 * A file is fetched once, when the first of its lines is looked at. One that was changed since is not used: what stands
 * there now is not what ran.
 */
export class SourceTexts implements IDisposable {
  constructor(client: IClient, run: string) {
    this._client = client;
    this._run = run;
  }

  /** The text of a file has come. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** The row with its text, as far as it is known. */
  complete(row: IRow): IRow {
    if (row.source !== null || !row.file || !row.line) {
      return row;
    }
    const lines = this._files.get(row.file);
    if (lines === undefined) {
      void this._fetch(row.file);
    }
    const source = lines?.[row.line - 1];
    return source ? { ...row, source } : row;
  }

  private async _fetch(file: string): Promise<void> {
    this._files.set(file, null);
    // A file that is not to be had leaves its lines without a text: their places are shown.
    const source = await this._client.source(this._run, file).catch(() => null);
    if (source && !source.changed && !this._isDisposed) {
      this._files.set(file, source.text.split('\n'));
      this._changed.emit();
    }
  }

  private readonly _client: IClient;
  private readonly _run: string;
  /** Lines by file; null while they are on their way, and for good if they do not come. */
  private readonly _files = new Map<string, readonly string[] | null>();
  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
}
