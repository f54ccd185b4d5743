import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ColumnDescription, HotspotsEvent } from '../api/generated/rest';
import { Pace } from './pace';
import type { Columns, IOrder, IRow, IRows, IRowsQuery } from './rows';
import { comparison, holdAt, identityOf, isLibrary, matches, orderOf, rowKey } from './rows';
import type { SourceTexts } from './sourcetexts';
import type { TableName } from './tables';
import { isFigure, shareColumn, sharedColumn } from './tables';
import { wordsOf } from './words';

/** Milliseconds between two times that rows may move. */
export const ROWS_INTERVAL = 500;

type LiveRow = Omit<IRow, 'figures'> & { figures: Record<string, number> };

/**
 * The rows of a table of a run that is still going on, folded from its events.
 *
 * The first rows are shown at once, later ones at most twice a second.
 */
export class LiveRows implements IRows {
  constructor(
    table: TableName,
    query: IRowsQuery,
    maxRows: number,
    options: { interval?: number; texts?: SourceTexts } = {}
  ) {
    this.table = table;
    this._query = query;
    this._maxRows = maxRows;
    this._texts = table === 'functions' ? null : (options.texts ?? null);
    this._pace = new Pace(options.interval ?? ROWS_INTERVAL, () => this._arrange());
    this._texts?.changed.connect(this._onTexts, this);
  }

  readonly table: TableName;
  readonly described: readonly ColumnDescription[] = [];

  get columns(): ReadonlySet<string> {
    return this._columns;
  }

  get figures(): ReadonlySet<string> {
    return this._figures;
  }

  get query(): IRowsQuery {
    return this._query;
  }

  get order(): IOrder {
    return orderOf(this._query, this._columns);
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

  /** Whether the table has rows, shown or not. */
  get hasRows(): boolean {
    return this._rows.size > 0;
  }

  /** Whether anybody looks: rows that nobody sees need no order. */
  get isShown(): boolean {
    return this._isShown;
  }

  set isShown(value: boolean) {
    this._isShown = value;
    if (value && this.hasRows) {
      this._pace.now();
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._pace.isDisposed;
  }

  dispose(): void {
    this._texts?.changed.disconnect(this._onTexts, this);
    this._pace.dispose();
    Signal.clearData(this);
  }

  setQuery(query: IRowsQuery): void {
    this._query = query;
    // Asked for by hand: now, and in its true order.
    this._pinned = null;
    if (this._isShown) {
      this._pace.now();
    }
  }

  row(index: number): IRow | null {
    const row = this._shown[index] ?? null;
    return row && this._texts ? this._texts.complete(row) : row;
  }

  indexOf(key: string): number {
    return this._shown.findIndex(row => row.key === key);
  }

  pin(key: string | null): void {
    this._pinned = key === null ? null : { key, place: this.indexOf(key) };
  }

  /** Take an event in. */
  fold(event: HotspotsEvent): void {
    if (event.table !== this.table) {
      return;
    }
    this._define(event.define);
    this._update(event.update);
    this._elapsed = event.elapsed_s;
    this._complete = event.complete;
    if (this._isShown) {
      this._pace.ask();
    }
  }

  private _define(columns: Columns): void {
    const ids = columns['id'] ?? [];
    Object.keys(columns).forEach(name => name !== 'id' && this._columns.add(name));
    ids.forEach((id, index) => {
      const row = identityOf(columns, index);
      this._rows.set(id as number, { key: rowKey(this.table, row), ...row, figures: {} });
    });
    this._updateFigures(columns, ids);
  }

  private _update(columns: Columns): void {
    this._updateFigures(columns, columns['id'] ?? []);
  }

  private _updateFigures(columns: Columns, ids: Columns[string]): void {
    for (const [name, values] of Object.entries(columns)) {
      if (!isFigure(name)) {
        continue;
      }
      ids.forEach((id, index) => {
        const row = this._rows.get(id as number);
        const value = values[index];
        if (row && typeof value === 'number') {
          row.figures[name] = value;
          this._figures.add(name);
          this._columns.add(name);
        }
      });
    }
  }

  private _arrange(): void {
    this._addShares();
    const words = wordsOf(this._query.text);
    const rows: IRow[] = [];
    let total = 0;
    let matched = 0;
    let hidden = 0;
    for (const row of this._rows.values()) {
      // A row without a figure was only named so far.
      if (Object.keys(row.figures).length === 0) {
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
      rows.push(row);
    }
    rows.sort(comparison(this.order));
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

  private _onTexts(): void {
    this._changed.emit();
  }

  /** Shares so far, as the profile will have them in the end (`profiles/shares.py`). */
  private _addShares(): void {
    const shared = sharedColumn(this.table, this._figures);
    if (shared) {
      const whole = shared.endsWith('_s') ? this._elapsed : this._sum(shared);
      this._addShare(shareColumn(this.table), shared, () => whole);
      if (this.table === 'functions' && this._figures.has('total_s')) {
        this._addShare('total_share', 'total_s', () => whole);
      }
    }
    const timed = this.table === 'lines' && ['time_s', 'own_s', 'samples'].find(name => this._figures.has(name));
    if (timed) {
      const sums = new Map<string, number>();
      for (const row of this._rows.values()) {
        sums.set(functionOf(row), (sums.get(functionOf(row)) ?? 0) + (row.figures[timed] ?? 0));
      }
      this._addShare('share_of_function', timed, row => (row.function ? sums.get(functionOf(row))! : 0));
    }
  }

  private _addShare(share: string, column: string, whole: (row: LiveRow) => number): void {
    for (const row of this._rows.values()) {
      const value = row.figures[column];
      const all = whole(row);
      if (value !== undefined && all > 0) {
        row.figures[share] = Math.min(1, value / all);
        this._figures.add(share);
        this._columns.add(share);
      }
    }
  }

  private _sum(column: string): number {
    let sum = 0;
    for (const row of this._rows.values()) {
      sum += Math.max(0, row.figures[column] ?? 0);
    }
    return sum;
  }

  private readonly _maxRows: number;
  private readonly _texts: SourceTexts | null;
  private readonly _pace: Pace;
  private readonly _rows = new Map<number, LiveRow>();
  private readonly _figures = new Set<string>();
  private readonly _columns = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);
  private _query: IRowsQuery;
  private _shown: IRow[] = [];
  private _total = 0;
  private _matched = 0;
  private _hidden = 0;
  private _elapsed = 0;
  private _complete = true;
  private _isShown = true;
  private _pinned: { key: string; place: number } | null = null;
}

function functionOf(row: LiveRow): string {
  return `${row.file ?? ''}\u0000${row.function}`;
}
