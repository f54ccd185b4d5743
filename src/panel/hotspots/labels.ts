import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../../runs/format';
import type { IRows } from '../../runs/rows';
import type { RunTree } from '../../runs/runtree';
import type { TableName } from '../../runs/tables';

/** What the figures of a profile are called at the head of a column, in a word or two. */
export function figureLabels(trans: TranslationBundle): Readonly<Record<string, string>> {
  return {
    own_s: trans.__('Own'),
    total_s: trans.__('Total'),
    time_s: trans.__('Time'),
    own_share: trans.__('Own'),
    total_share: trans.__('Total'),
    share: trans.__('Share'),
    share_of_function: trans.__('% function'),
    calls: trans.__('Calls'),
    hits: trans.__('Hits'),
    samples: trans.__('Samples'),
    cpu_s: trans.__('CPU'),
    gil_s: trans.__('GIL'),
    idle_s: trans.__('Waiting'),
    python_s: trans.__('Python'),
    native_s: trans.__('Native'),
    system_s: trans.__('System'),
    gpu_s: trans.__('GPU'),
    gpu_peak_bytes: trans.__('GPU peak'),
    rss_bytes: trans.__('After'),
    increment_bytes: trans.__('Increment'),
    occurrences: trans.__('Occurrences'),
    size_bytes: trans.__('Held'),
    count: trans.__('Count'),
    growth_bytes: trans.__('Growth'),
    growth_count: trans.__('More'),
    peak_bytes: trans.__('Peak'),
    total_peak_bytes: trans.__('With calls'),
    total_leaked_bytes: trans.__('Leaked, all'),
    average_bytes: trans.__('Average'),
    leaked_bytes: trans.__('Leaked'),
    temporary_bytes: trans.__('Temporary'),
    allocated_bytes: trans.__('Allocated'),
    copied_bytes: trans.__('Copied'),
    python_share: trans.__('Python mem.'),
    leak_score: trans.__('Leak score'),
    leak_bytes_per_s: trans.__('Leaks')
  };
}

/** What a table is called on its switch. */
export function tableLabel(table: TableName, trans: TranslationBundle): string {
  switch (table) {
    case 'functions':
      return trans.__('Functions');
    case 'lines':
      return trans.__('Lines');
    case 'sites':
      return trans.__('Sites');
  }
}

/** What a tree is called on its switch. */
export function treeLabel({ isOfObjects }: Pick<RunTree, 'isOfObjects'>, trans: TranslationBundle): string {
  return isOfObjects ? trans.__('Kept alive by') : trans.__('Tree');
}

/** What the rows of a table are: sites may be places where something was allocated, or types of objects. */
export type RowKind = TableName | 'types';

export function rowKind({ table, columns }: Pick<IRows, 'table' | 'columns'>): RowKind {
  return table === 'sites' && columns.has('type') ? 'types' : table;
}

/** How many rows there are: `12 functions`. */
export function countLabel(kind: RowKind, count: number, trans: TranslationBundle): string {
  const figure = formatCount(count);
  switch (kind) {
    case 'functions':
      return trans._n('%2 function', '%2 functions', count, figure);
    case 'lines':
      return trans._n('%2 line', '%2 lines', count, figure);
    case 'sites':
      return trans._n('%2 site', '%2 sites', count, figure);
    case 'types':
      return trans._n('%2 type', '%2 types', count, figure);
  }
}

/** How many of all rows there are: `12 of 340 functions`. */
export function countOfLabel(kind: RowKind, count: number, all: number, trans: TranslationBundle): string {
  const [figure, whole] = [formatCount(count), formatCount(all)];
  switch (kind) {
    case 'functions':
      return trans.__('%1 of %2 functions', figure, whole);
    case 'lines':
      return trans.__('%1 of %2 lines', figure, whole);
    case 'sites':
      return trans.__('%1 of %2 sites', figure, whole);
    case 'types':
      return trans.__('%1 of %2 types', figure, whole);
  }
}

/** Why a filter leaves nothing. */
export function noMatchLabel(kind: RowKind, text: string, trans: TranslationBundle): string {
  switch (kind) {
    case 'functions':
      return trans.__('No function matches “%1”.', text);
    case 'lines':
      return trans.__('No line matches “%1”.', text);
    case 'sites':
      return trans.__('No site matches “%1”.', text);
    case 'types':
      return trans.__('No type matches “%1”.', text);
  }
}
