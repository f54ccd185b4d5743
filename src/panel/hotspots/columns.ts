import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount, formatSeconds, formatShare } from '../../runs/format';
import { nameOf } from '../../runs/names';
import type { IRow, Measure, SortColumn } from '../../runs/rows';

export type ColumnKind = 'share' | 'seconds' | 'function' | 'other' | 'calls';

/** A column of the hot-spot table. */
export interface IColumn {
  readonly kind: ColumnKind;
  readonly label: string;
  readonly sort: SortColumn;
  /** Pixels; the column of names takes what the others leave. */
  readonly width: number;
  readonly text: (row: IRow) => string;
}

/** Pixels of width from which a column has room, in the order in which columns come. */
const ROOM: Readonly<Record<ColumnKind, number>> = { share: 0, function: 0, seconds: 290, calls: 400, other: 500 };

/** The columns for a width: share and name always, the rest where there is room. */
export function columnsFor(width: number, measure: Measure, trans: TranslationBundle): IColumn[] {
  const own = measure === 'own';
  const labels = { own: trans.__('Own'), total: trans.__('Total') };
  const all: IColumn[] = [
    {
      kind: 'share',
      label: own ? labels.own : labels.total,
      sort: own ? 'own_s' : 'total_s',
      width: 66,
      text: row => formatShare(shareOf(row, measure))
    },
    {
      kind: 'seconds',
      label: trans.__('Time'),
      sort: own ? 'own_s' : 'total_s',
      width: 72,
      text: row => formatSeconds(own ? row.own_s : row.total_s)
    },
    {
      kind: 'other',
      label: own ? labels.total : labels.own,
      sort: own ? 'total_s' : 'own_s',
      width: 72,
      text: row => formatSeconds(own ? row.total_s : row.own_s)
    },
    { kind: 'calls', label: trans.__('Calls'), sort: 'calls', width: 84, text: row => formatCalls(row) },
    {
      kind: 'function',
      label: trans.__('Function'),
      sort: 'function',
      width: 100,
      text: row => nameOf(row)
    }
  ];
  return all.filter(({ kind }) => width >= ROOM[kind]);
}

/** The share of the measure that is shown. */
export function shareOf(row: IRow, measure: Measure): number | null {
  return measure === 'own' ? row.own_share : row.total_share;
}

/** Calls, and in front of a stroke those that were not recursive where the two differ: `5/120`. */
function formatCalls(row: IRow): string {
  const { calls, primitive_calls: primitive } = row;
  return primitive === null || primitive === calls
    ? formatCount(calls)
    : `${formatCount(primitive)}/${formatCount(calls)}`;
}
