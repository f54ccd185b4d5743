import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { HotspotsEvent } from '../api/generated/rest';
import { Pace } from './pace';
import type { Columns, IRow, IRows, IRowsQuery } from './rows';
import { comparison, holdAt, isLibrary, matches, rowKey } from './rows';
import { wordsOf } from './words';

/** Milliseconds between two times that rows may move. */
export const ROWS_INTERVAL = 500;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/**
 * The rows of a run that is still going on, folded from its events.
 *
 * The first rows are shown at once, later ones at most twice a second.
 */
export class LiveRows implements IRows {
  constructor(query: IRowsQuery, maxRows: number, interval: number = ROWS_INTERVAL) {
    this._query = query;
    this._maxRows = maxRows;
    this._pace = new Pace(interval, () => this._arrange());
  }

  get query(): IRowsQuery {
    return this._query;
  }

  get length(): number {
    return this._shown.length;
  }

  get total(): number {
    return this._total;
  }

  get matched(): number {
    return this._matched;
  }

  get hidden(): number {
    return this._hidden;
  }

  get complete(): boolean {
    return this._complete;
  }

  get problem(): string {
    return '';
  }

  get isLoading(): boolean {
    return false;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._pace.isDisposed;
  }

  dispose(): void {
    this._pace.dispose();
    Signal.clearData(this);
  }

  setQuery(query: IRowsQuery): void {
    this._query = query;
    // Asked for by hand: now, and in its true order.
    this._pinned = null;
    this._pace.now();
  }

  row(index: number): IRow | null {
    return this._shown[index] ?? null;
  }

  indexOf(key: string): number {
    return this._shown.findIndex(row => row.key === key);
  }

  pin(key: string | null): void {
    this._pinned = key === null ? null : { key, place: this.indexOf(key) };
  }

  /** Take an event in. */
  fold(event: HotspotsEvent): void {
    if (event.table !== 'functions') {
      return;
    }
    this._define(event.define);
    this._update(event.update);
    this._elapsed = event.elapsed_s;
    this._complete = event.complete;
    this._pace.ask();
  }

  private _define(columns: Columns): void {
    const ids = columns['id'] ?? [];
    ids.forEach((id, index) => {
      const name = String(columns['function']?.[index] ?? '');
      const file = (columns['file']?.[index] as string | null | undefined) || null;
      const line = (columns['line']?.[index] as number | null | undefined) ?? null;
      this._rows.set(id as number, {
        key: rowKey(name, file, line),
        function: name,
        qualname: (columns['qualname']?.[index] as string | null | undefined) || null,
        file,
        line,
        origin: (columns['origin']?.[index] as string | null | undefined) ?? null,
        calls: null,
        primitive_calls: null,
        own_s: null,
        total_s: null,
        own_share: null,
        total_share: null
      });
    });
  }

  private _update(columns: Columns): void {
    const ids = columns['id'] ?? [];
    for (const name of FIGURES) {
      const values = columns[name];
      if (values) {
        ids.forEach((id, index) => {
          const row = this._rows.get(id as number);
          const value = values[index];
          if (row && typeof value === 'number') {
            row[name] = value;
          }
        });
      }
    }
  }

  private _arrange(): void {
    const words = wordsOf(this._query.text);
    const rows: IRow[] = [];
    let total = 0;
    let matched = 0;
    let hidden = 0;
    for (const row of this._rows.values()) {
      // A row without a figure was only named so far.
      if (row.own_s === null && row.total_s === null && row.calls === null) {
        continue;
      }
      total += 1;
      if (!matches(row, words)) {
        continue;
      }
      matched += 1;
      if (this._query.hideLibrary && isLibrary(row)) {
        hidden += 1;
        continue;
      }
      row.own_share = this._share(row.own_s);
      row.total_share = this._share(row.total_s);
      rows.push(row);
    }
    rows.sort(comparison(this._query));
    if (this._pinned && this._pinned.place >= 0) {
      holdAt(rows, this._pinned.key, this._pinned.place);
    }
    rows.length = Math.min(rows.length, this._maxRows);
    this._shown = rows;
    this._total = total;
    this._matched = matched;
    this._hidden = hidden;
    this._changed.emit();
  }

  private _share(seconds: number | null): number | null {
    return seconds === null || this._elapsed <= 0 ? null : Math.min(1, seconds / this._elapsed);
  }

  private readonly _maxRows: number;
  private readonly _pace: Pace;
  private readonly _rows = new Map<number, Mutable<IRow>>();
  private readonly _changed = new Signal<this, void>(this);
  private _query: IRowsQuery;
  private _shown: IRow[] = [];
  private _total = 0;
  private _matched = 0;
  private _hidden = 0;
  private _elapsed = 0;
  private _complete = true;
  private _pinned: { key: string; place: number } | null = null;
}

const FIGURES = ['calls', 'primitive_calls', 'own_s', 'total_s'] as const;
