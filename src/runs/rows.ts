import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { TableAnswer } from '../api/generated/rest';
import { occurIn } from './words';

/** Columns of a table, as they come from the server. */
export type Columns = TableAnswer['data'];

/** Which time a share is of: in the function itself, or with everything it called. */
export type Measure = 'own' | 'total';

/** What a hot-spot table can be sorted by. */
export type SortColumn = 'own_s' | 'total_s' | 'calls' | 'function';

/** A row of the hot-spot table. Null where the profiler cannot tell. */
export interface IRow {
  /** What makes it the same row in another snapshot, or in the finished profile. */
  readonly key: string;
  readonly function: string;
  /** Its dotted name within its module; null where Python does not tell (before 3.11, and for built-ins). */
  readonly qualname: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** Whose code it is: `own`, `library` or `builtin`. */
  readonly origin: string | null;
  readonly calls: number | null;
  readonly primitive_calls: number | null;
  readonly own_s: number | null;
  readonly total_s: number | null;
  readonly own_share: number | null;
  readonly total_share: number | null;
}

/** Which rows are shown, and in which order. */
export interface IRowsQuery {
  readonly sort: SortColumn;
  readonly descending: boolean;
  /** Words, each of which must occur in the function's or the file's name; letter case does not matter. */
  readonly text: string;
  readonly hideLibrary: boolean;
}

/** The rows of one run, live or finished, as the table shows them. */
export interface IRows extends IDisposable {
  readonly query: IRowsQuery;
  /** Rows to show. */
  readonly length: number;
  /** Rows of the whole table. */
  readonly total: number;
  /** Rows that match the text, library code included. */
  readonly matched: number;
  /** Rows of library code that match and are not shown. */
  readonly hidden: number;
  /** Whether every row is there, or only the largest (a live table may send only those). */
  readonly complete: boolean;
  /** What went wrong while rows were fetched; empty if nothing. */
  readonly problem: string;
  /** Whether rows are on their way and none are there yet. */
  readonly isLoading: boolean;
  readonly changed: ISignal<IRows, void>;
  setQuery(query: IRowsQuery): void;
  /** A row, or null while it is on its way. */
  row(index: number): IRow | null;
  /** Where a row is; -1 if it is not shown, or not known to be. */
  indexOf(key: string): number;
  /** Keep a row where it is while others move around it; null lets go. */
  pin(key: string | null): void;
}

/** The identity of a function over snapshots and profiles. */
export function rowKey(name: string, file: string | null, line: number | null): string {
  return `${file ?? ''}\u0000${line ?? ''}\u0000${name}`;
}

/** Rows out of a page of columns. */
export function rowsOf(columns: Columns): IRow[] {
  const names = columns['function'] ?? [];
  return names.map((name, index) => {
    const text = (column: string): string | null => {
      const value = columns[column]?.[index];
      return typeof value === 'string' && value ? value : null;
    };
    const figure = (column: string): number | null => {
      const value = columns[column]?.[index];
      return typeof value === 'number' ? value : null;
    };
    // Never more than the whole: clocks of two kinds differ by a little.
    const share = (column: string): number | null => {
      const value = figure(column);
      return value === null ? null : Math.min(1, value);
    };
    const file = text('file');
    const line = figure('line');
    return {
      key: rowKey(String(name), file, line),
      function: String(name),
      qualname: text('qualname'),
      file,
      line,
      origin: text('origin'),
      calls: figure('calls'),
      primitive_calls: figure('primitive_calls'),
      own_s: figure('own_s'),
      total_s: figure('total_s'),
      own_share: share('own_share'),
      total_share: share('total_share')
    };
  });
}

/** The order of a query. Equal rows keep one order, so that they do not change places from snapshot to snapshot. */
export function comparison(query: IRowsQuery): (one: IRow, other: IRow) => number {
  const { sort } = query;
  const sign = query.descending ? -1 : 1;
  return (one, other) => {
    const first = one[sort];
    const second = other[sort];
    if (first !== second) {
      // What is not known comes last, whichever way the table is sorted.
      if (first === null || second === null) {
        return first === null ? 1 : -1;
      }
      return first < second ? -sign : sign;
    }
    return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
  };
}

/** Whether a row is somebody else's code: what "hide library code" hides. */
export function isLibrary(row: IRow): boolean {
  return row.origin === 'library' || row.origin === 'builtin';
}

/** Whether a row matches the words of a query's text. */
export function matches(row: IRow, words: readonly string[]): boolean {
  return occurIn(words, [row.function, row.qualname, row.file]);
}

/** Bring a row to a place in an order, the others keeping theirs. */
export function holdAt(rows: IRow[], key: string, place: number): void {
  const found = rows.findIndex(row => row.key === key);
  if (found >= 0 && found !== place) {
    const [row] = rows.splice(found, 1);
    rows.splice(Math.min(place, rows.length), 0, row!);
  }
}
