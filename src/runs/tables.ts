import { COLUMN_UNITS } from '../api/generated/columns';
import type { ColumnDescription, ProfilerDescription } from '../api/generated/rest';

/** The tables of hot spots that a run may have, in the order in which they are offered. */
export const TABLES = ['functions', 'lines', 'sites'] as const;
export type TableName = (typeof TABLES)[number];

export type Unit = ColumnDescription['unit'];

/** Columns that say what a row is; all others are figures. */
export const TEXT_COLUMNS = ['function', 'qualname', 'file', 'origin', 'source', 'type'] as const;

/** Numbers that are no figures: they say where a row is, or point somewhere. */
const PLACES: readonly string[] = ['id', 'line', 'function_line', 'cell_index', 'node'];

/**
 * What says most of what a row costs, the first that was measured: as in the server's `profiles/rank.py`, so that a
 * table is in the same order wherever it is read.
 */
const MAIN: readonly string[] = [
  'own_s',
  'time_s',
  'samples',
  'peak_bytes',
  'size_bytes',
  'increment_bytes',
  'leaked_bytes',
  'allocated_bytes',
  'total_s',
  'hits',
  'calls'
];

/** What a share can be a share of, the first that was measured: as in the server's `profiles/shares.py`. */
const SHARED: Readonly<Record<TableName, readonly string[]>> = {
  functions: ['own_s', 'samples', 'peak_bytes', 'size_bytes', 'increment_bytes', 'leaked_bytes', 'allocated_bytes'],
  lines: [
    'own_s',
    'time_s',
    'samples',
    'peak_bytes',
    'size_bytes',
    'increment_bytes',
    'leaked_bytes',
    'allocated_bytes'
  ],
  sites: ['peak_bytes', 'size_bytes', 'increment_bytes', 'leaked_bytes', 'allocated_bytes']
};

export function isTableName(name: string): name is TableName {
  return (TABLES as readonly string[]).includes(name);
}

/** What a run can be looked at as: one of its tables, or its tree. */
export type ViewName = TableName | 'tree';

export function isViewName(name: string): name is ViewName {
  return name === 'tree' || isTableName(name);
}

/** What the descriptions of profilers call a table's rows. */
const CALLED: Readonly<Record<string, TableName>> = {
  functions: 'functions',
  lines: 'lines',
  sites: 'sites',
  types: 'sites'
};

/** The tables that a profiler says it measures, the one that it is there for first. */
export function tablesOf({ measures }: ProfilerDescription): TableName[] {
  const named = measures.flatMap(words => words.split(/[^a-z]+/)).map(word => CALLED[word]);
  return [...new Set(named.filter(table => table !== undefined))];
}

/** The column that holds a row's share of the whole. */
export function shareColumn(table: TableName): string {
  return table === 'functions' ? 'own_share' : 'share';
}

/** Whether a column holds figures, by its name. */
export function isFigure(column: string): boolean {
  return !PLACES.includes(column) && !(TEXT_COLUMNS as readonly string[]).includes(column);
}

/** The column by which a table is sorted if nothing else is asked for; null if it has no figures. */
export function mainColumn(columns: ReadonlySet<string>): string | null {
  return MAIN.find(column => columns.has(column)) ?? [...columns].find(isFigure) ?? null;
}

/** The column that shares are of; null if there is none. */
export function sharedColumn(table: TableName, columns: ReadonlySet<string>): string | null {
  return SHARED[table].find(column => columns.has(column)) ?? null;
}

/** The unit of a column. Live rows come without a description: their columns are those of the model. */
export function unitOf(table: TableName, column: string, described: readonly ColumnDescription[] = []): Unit {
  return described.find(({ name }) => name === column)?.unit ?? COLUMN_UNITS[table][column] ?? '';
}
