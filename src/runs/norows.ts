import { Signal } from '@lumino/signaling';

import type { IOrder, IRow, IRows, IRowsQuery } from './rows';
import { orderOf } from './rows';

/** The rows of a run whose tables are not known yet, or that has none. */
export class NoRows implements IRows {
  /**
   * @param isLoading - Whether rows are on their way; else they may come, or not, as the run goes on.
   */
  constructor(query: IRowsQuery, isLoading: boolean) {
    this._query = query;
    this._isLoading = isLoading;
  }

  readonly table = 'functions';
  readonly columns: ReadonlySet<string> = new Set();
  readonly figures: ReadonlySet<string> = new Set();
  readonly described = [];
  readonly length = 0;
  readonly total = 0;
  readonly matched = 0;
  readonly hidden = 0;
  readonly complete = true;
  readonly changed = new Signal<this, void>(this);

  get query(): IRowsQuery {
    return this._query;
  }

  get order(): IOrder {
    return orderOf(this._query, this.figures);
  }

  get problem(): string {
    return this._problem;
  }

  get isLoading(): boolean {
    return this._isLoading;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  setQuery(query: IRowsQuery): void {
    this._query = query;
    this.changed.emit();
  }

  /** Rows are on their way. */
  load(): void {
    this._isLoading = true;
    this.changed.emit();
  }

  /** The run has no table; why, if that is a failure. */
  settle(problem: string): void {
    this._isLoading = false;
    this._problem = problem;
    this.changed.emit();
  }

  row(): IRow | null {
    return null;
  }

  indexOf(): number {
    return -1;
  }

  pin(): void {
    // There is nothing to keep in its place.
  }

  private _query: IRowsQuery;
  private _isLoading: boolean;
  private _problem = '';
  private _isDisposed = false;
}
