import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import { HotspotsError } from '../api/errors';
import type { ColumnDescription } from '../api/generated/rest';
import type { IOrder, IRow, IRows, IRowsQuery } from './rows';
import { orderOf, rowsOf } from './rows';
import type { SourceTexts } from './sourcetexts';
import type { TableName } from './tables';
import { isFigure } from './tables';

/** Rows fetched at once. */
export const PAGE = 100;

/**
 * The rows of a table of a finished run: sorted, filtered and cut into pages by the server, fetched as they come into
 * view.
 */
export class PagedRows implements IRows {
  constructor(options: PagedRows.IOptions) {
    this._client = options.client;
    this._run = options.run;
    this.table = options.table;
    this.described = options.columns;
    this.columns = new Set(options.columns.map(({ name }) => name));
    this.figures = new Set(
      options.columns
        .filter(({ name, type }) => (type === 'number' || type === 'integer') && isFigure(name))
        .map(({ name }) => name)
    );
    this._query = options.query;
    this._maxRows = options.maxRows;
    this._texts = options.table === 'functions' ? null : (options.texts ?? null);
    this._texts?.changed.connect(this._onTexts, this);
    /** Settled when the first page is there, or has failed. */
    this.ready = this._fetch(0);
  }

  readonly table: TableName;
  readonly columns: ReadonlySet<string>;
  readonly figures: ReadonlySet<string>;
  readonly described: readonly ColumnDescription[];
  readonly ready: Promise<void>;

  get query(): IRowsQuery {
    return this._query;
  }

  get order(): IOrder {
    return orderOf(this._query, this.columns);
  }

  get length(): number {
    return Math.min(this._maxRows, this._matched - this._hidden);
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
    return true;
  }

  get problem(): string {
    return this._problem;
  }

  get isLoading(): boolean {
    return this._pages.size === 0 && this._problem === '';
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._texts?.changed.disconnect(this._onTexts, this);
    this._isDisposed = true;
    Signal.clearData(this);
  }

  setQuery(query: IRowsQuery): void {
    this._query = query;
    this._generation += 1;
    this._asked.clear();
    // The old rows stay until the new ones are there: nothing flashes.
    void this._fetch(0);
  }

  row(index: number): IRow | null {
    const page = Math.floor(index / PAGE);
    const rows = this._pages.get(page);
    if (!rows) {
      void this._fetch(page);
      return null;
    }
    const row = rows[index - page * PAGE] ?? null;
    return row && this._texts ? this._texts.complete(row) : row;
  }

  indexOf(key: string): number {
    for (const [page, rows] of this._pages) {
      const found = rows.findIndex(row => row.key === key);
      if (found >= 0) {
        return page * PAGE + found;
      }
    }
    return -1;
  }

  pin(): void {
    // Nothing moves in a finished run.
  }

  private _onTexts(): void {
    this._changed.emit();
  }

  private async _fetch(page: number): Promise<void> {
    const generation = this._generation;
    if (this._asked.has(page) || this._isDisposed) {
      return;
    }
    this._asked.add(page);
    const { text, hideLibrary } = this._query;
    const { sort, descending } = this.order;
    try {
      const answer = await this._client.table(this._run, {
        name: this.table,
        sort: `${descending ? '-' : ''}${sort}`,
        filter: text.trim(),
        library: hideLibrary ? 'hide' : 'show',
        offset: page * PAGE,
        limit: PAGE
      });
      if (generation !== this._generation || this._isDisposed) {
        return;
      }
      if (generation !== this._shownGeneration) {
        this._shownGeneration = generation;
        this._pages.clear();
      }
      this._pages.set(page, rowsOf(this.table, answer.data));
      this._total = answer.total;
      this._matched = answer.matched;
      this._hidden = answer.hidden;
      this._problem = '';
    } catch (error) {
      if (generation !== this._generation || this._isDisposed) {
        return;
      }
      const { message, hint } = HotspotsError.from(error);
      this._problem = `${message} ${hint}`.trim();
    }
    this._changed.emit();
  }

  private readonly _client: IClient;
  private readonly _run: string;
  private readonly _maxRows: number;
  private readonly _texts: SourceTexts | null;
  private readonly _pages = new Map<number, IRow[]>();
  private readonly _asked = new Set<number>();
  private readonly _changed = new Signal<this, void>(this);
  private _query: IRowsQuery;
  private _generation = 0;
  private _shownGeneration = 0;
  private _total = 0;
  private _matched = 0;
  private _hidden = 0;
  private _problem = '';
  private _isDisposed = false;
}

export namespace PagedRows {
  export interface IOptions {
    client: IClient;
    run: string;
    table: TableName;
    /** The columns that the table has. */
    columns: readonly ColumnDescription[];
    query: IRowsQuery;
    /** How many rows the table shows at most. */
    maxRows: number;
    /** Gives lines their texts where the table does not. */
    texts?: SourceTexts;
  }
}
