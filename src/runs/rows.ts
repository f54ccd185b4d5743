import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { ColumnDescription, TableAnswer } from '../api/generated/rest';
import type { TableName } from './tables';
import { isFigure, mainColumn } from './tables';
import { occurIn } from './words';

/** Columns of a table, as they come from the server. */
export type Columns = TableAnswer['data'];

/** Which time a share is of: in the function itself, or with everything it called. */
export type Measure = 'own' | 'total';

/** A row of a hot-spot table: a function, a line, an allocation site or a type of objects. */
export interface IRow {
  /** What makes it the same row in another snapshot, or in the finished profile. */
  readonly key: string;
  /** The function, or the one that the line is in; empty where it is not known. */
  readonly function: string;
  /** Its dotted name within its module; null where Python does not tell (before 3.11, and for built-ins). */
  readonly qualname: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** Whose code it is: `own`, `library` or `builtin`. */
  readonly origin: string | null;
  /** The text of a line. */
  readonly source: string | null;
  /** The type of the objects. */
  readonly type: string | null;
  /** What was measured, by column. A figure that was not measured is not there. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Which rows are shown, and in which order. */
export interface IRowsQuery {
  /** A column. A table that does not have it is sorted by what says most of what its rows cost. */
  readonly sort: string;
  readonly descending: boolean;
  /** Words, each of which must occur in a row's names, file or source; letter case does not matter. */
  readonly text: string;
  readonly hideLibrary: boolean;
}

/** The order that rows are in. */
export interface IOrder {
  readonly sort: string;
  readonly descending: boolean;
}

/** The rows of one table of a run, live or finished, as they are shown. */
export interface IRows extends IDisposable {
  readonly table: TableName;
  /** The columns that the table has, and those of them that hold figures. */
  readonly columns: ReadonlySet<string>;
  readonly figures: ReadonlySet<string>;
  /** What the server says of the columns; empty while the run goes on. */
  readonly described: readonly ColumnDescription[];
  readonly query: IRowsQuery;
  /** The order that follows from the query. */
  readonly order: IOrder;
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

/** What a row is, without what was measured in it. */
export type RowIdentity = Omit<IRow, 'key' | 'figures'>;

/** The identity of a row over snapshots and profiles. */
export function rowKey(table: TableName, row: RowIdentity): string {
  const place = `${row.file ?? ''}\u0000${row.line ?? ''}\u0000${row.function}`;
  return table === 'sites' ? `${place}\u0000${row.type ?? ''}` : place;
}

/** What the row at a place of some columns is. */
export function identityOf(columns: Columns, index: number): RowIdentity {
  const text = (column: string): string | null => {
    const value = columns[column]?.[index];
    return typeof value === 'string' && value ? value : null;
  };
  const line = columns['line']?.[index];
  return {
    function: text('function') ?? '',
    qualname: text('qualname'),
    file: text('file'),
    line: typeof line === 'number' ? line : null,
    origin: text('origin'),
    source: text('source'),
    type: text('type')
  };
}

/** Rows out of a page of columns. */
export function rowsOf(table: TableName, columns: Columns): IRow[] {
  const names = Object.keys(columns).filter(isFigure);
  const count = Math.max(0, ...Object.values(columns).map(values => values.length));
  return Array.from({ length: count }, (_, index) => {
    const figures: Record<string, number> = {};
    for (const name of names) {
      const value = columns[name]![index];
      if (typeof value === 'number') {
        // Never more than the whole: clocks of two kinds differ by a little.
        figures[name] = name.endsWith('share') ? Math.min(1, value) : value;
      }
    }
    const row = identityOf(columns, index);
    return { key: rowKey(table, row), ...row, figures };
  });
}

/** The order that a table with some columns is in under a query. */
export function orderOf(query: IRowsQuery, columns: ReadonlySet<string>): IOrder {
  const { sort, descending } = query;
  const fallback = columns.has(sort) ? null : mainColumn(columns);
  return fallback === null ? { sort, descending } : { sort: fallback, descending: true };
}

/** Compares rows for an order. Equal rows keep one order, so that they do not change places from snapshot to snapshot. */
export function comparison({ sort, descending }: IOrder): (one: IRow, other: IRow) => number {
  const sign = descending ? -1 : 1;
  const value: (row: IRow) => string | number | null =
    sort === 'function' || sort === 'line' || sort === 'source' || sort === 'type' || sort === 'file'
      ? row => row[sort]
      : row => row.figures[sort] ?? null;
  return (one, other) => {
    const first = value(one);
    const second = value(other);
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
  return occurIn(words, [row.function, row.qualname, row.file, row.source, row.type]);
}

/** Bring a row to a place in an order, the others keeping theirs. */
export function holdAt(rows: IRow[], key: string, place: number): void {
  const found = rows.findIndex(row => row.key === key);
  if (found >= 0 && found !== place) {
    const [row] = rows.splice(found, 1);
    rows.splice(Math.min(place, rows.length), 0, row!);
  }
}
