import type { TranslationBundle } from '@jupyterlab/translation';

import {
  DASH,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatShare,
  formatSigned
} from '../../runs/format';
import { nameOf } from '../../runs/names';
import type { IRow, IRows, Measure } from '../../runs/rows';
import type { SampledShares } from '../../runs/sampled';
import type { TableName, Unit } from '../../runs/tables';
import { sharedColumn, unitOf } from '../../runs/tables';
import { figureLabels, rowKind } from './labels';

/** A bar with a figure over it, a figure, or the name of the row. */
export type ColumnKind = 'share' | 'figure' | 'name';

/** A column of a hot-spot table. */
export interface IColumn {
  readonly id: string;
  readonly kind: ColumnKind;
  readonly label: string;
  /** The column of the profile that it is sorted by; null for what the server cannot sort by. */
  readonly sort: string | null;
  /** Pixels; the column of names takes what the others leave. */
  readonly width: number;
  readonly text: (row: IRow) => string;
  /** How long the bar behind the figure is, 0–1. */
  readonly bar?: (row: IRow) => number;
}

export interface IColumnsOptions {
  rows: Pick<IRows, 'table' | 'columns' | 'figures' | 'described'>;
  measure: Measure;
  /** What a sampler says of the lines of the same script; null where nobody asked one. */
  sampled: SampledShares | null;
  trans: TranslationBundle;
}

/** Pixels that the column of names has at least, and where it makes room for a figure that is there to be compared. */
const NAME = 150;
const NAME_BESIDE = 100;

/** Pixels of a column, by the unit of its figures; headings that are longer need more. */
const WIDTH: Readonly<Record<Unit, number>> = {
  '': 72,
  s: 72,
  share: 66,
  percent: 66,
  bytes: 76,
  'bytes/s': 84,
  count: 84,
  row: 72
};

/** The share that a sampler saw. */
const SAMPLED = 'sampled';

/** The time for each hit, which no profile holds: it follows from two other columns. */
const PER_HIT = 'per_hit_s';

/** Figures in the order in which a reader wants them: what has no room is left out from the end. */
const ORDER: Readonly<Record<TableName, readonly string[]>> = {
  functions: [
    ...['total_s', 'calls', 'python_s', 'native_s', 'system_s', 'gpu_s', 'cpu_s', 'idle_s', 'gil_s'],
    ...['peak_bytes', 'total_peak_bytes', 'leaked_bytes', 'total_leaked_bytes', 'temporary_bytes', 'allocated_bytes'],
    ...['copied_bytes', 'count', 'samples']
  ],
  lines: [
    ...['own_s', 'time_s', 'hits', PER_HIT],
    ...['python_s', 'native_s', 'system_s', 'gpu_s', 'share_of_function', 'cpu_s', 'idle_s', 'gil_s'],
    ...['increment_bytes', 'rss_bytes', 'occurrences'],
    ...['peak_bytes', 'total_peak_bytes', 'leaked_bytes', 'temporary_bytes', 'count', 'total_leaked_bytes'],
    ...['allocated_bytes', 'growth_bytes', 'average_bytes'],
    ...['copied_bytes', 'python_share', 'leak_score', 'leak_bytes_per_s', 'gpu_peak_bytes', 'samples']
  ],
  sites: [
    ...['size_bytes', 'growth_bytes', 'count', 'growth_count'],
    ...['peak_bytes', 'leaked_bytes', 'temporary_bytes']
  ]
};

/** Figures that say how something has changed, and may be below 0. */
const SIGNED: readonly string[] = ['increment_bytes', 'growth_bytes', 'growth_count'];

/** Every column that a table could show, the most wanted first, the name last. */
export function allColumns(options: IColumnsOptions): IColumn[] {
  const { rows } = options;
  const main = mainColumns(options);
  const taken = new Set(main.map(({ id }) => id));
  const others = ORDER[rows.table]
    .filter(id => !taken.has(id))
    .map(id => (id === PER_HIT ? perHit(options) : rows.figures.has(id) ? figure(id, options) : null));
  return [...main, ...others.filter(column => column !== null), nameColumn(options)];
}

/** The columns for a width: the first and the name always, of the others as many as have room. */
export function columnsFor(width: number, options: IColumnsOptions): IColumn[] {
  const all = allColumns(options);
  const name = all.pop()!;
  let room = width - NAME;
  const fitting = all.filter(({ id, width: taken }, index) => {
    room -= taken;
    return index === 0 || room >= (id === SAMPLED ? NAME_BESIDE - NAME : 0);
  });
  return [...fitting, name];
}

/** What says most of what a row costs: the share of the run, and what it is a share of. */
function mainColumns(options: IColumnsOptions): IColumn[] {
  const { rows, trans } = options;
  const { table, figures, described } = rows;
  if (table === 'functions' && figures.has('own_s')) {
    return timeOfFunctions(options);
  }
  const shared = sharedColumn(table, figures);
  const share = table === 'functions' ? 'own_share' : 'share';
  if (!shared || !figures.has(share)) {
    return [];
  }
  const bar = (row: IRow): number => row.figures[share] ?? 0;
  if (unitOf(table, shared, described) === 'bytes') {
    // How much it is says more than how much of all: that is what the bar behind is for.
    return [{ ...figure(shared, options), kind: 'share', bar }];
  }
  const sampled = table === 'lines' ? options.sampled : null;
  const label = sampled ? trans.__('Counted') : trans.__('% run');
  // An arrow stands beside the word.
  const width = sampled ? WIDTH.share + 8 : WIDTH.share;
  const first: IColumn = {
    ...{ id: share, kind: 'share', label, sort: shared, width, bar },
    text: row => formatShare(row.figures[share])
  };
  if (!sampled) {
    return [first, figure(shared, options)];
  }
  const beside: IColumn = {
    ...{ id: SAMPLED, kind: 'share', label: trans.__('Sampled'), sort: null, width },
    text: row => formatShare(sampled.of(row)),
    bar: row => sampled.of(row) ?? 0
  };
  return [first, beside, figure(shared, options)];
}

/** Functions by time: one of own and total time in front, with its share, the other one behind. */
function timeOfFunctions(options: IColumnsOptions): IColumn[] {
  const { rows, measure, trans } = options;
  const own = measure === 'own' || !rows.figures.has('total_s');
  const [shown, other] = own ? ['own', 'total'] : ['total', 'own'];
  const labels: Record<string, string> = { own: trans.__('Own'), total: trans.__('Total') };
  const columns: IColumn[] = [
    {
      ...{ id: `${shown}_share`, kind: 'share', label: labels[shown]!, sort: `${shown}_s`, width: WIDTH.share },
      text: row => formatShare(row.figures[`${shown}_share`]),
      bar: row => row.figures[`${shown}_share`] ?? 0
    },
    { ...figure(`${shown}_s`, options), label: trans.__('Time') }
  ];
  if (rows.figures.has('calls')) {
    columns.push({ ...figure('calls', options), text: formatCalls });
  }
  if (rows.figures.has(`${other}_s`)) {
    columns.push({ ...figure(`${other}_s`, options), label: labels[other]! });
  }
  return columns;
}

function figure(id: string, { rows, trans }: IColumnsOptions): IColumn {
  const unit = unitOf(rows.table, id, rows.described);
  const labels = figureLabels(trans);
  // Where both are known, the time of a line alone and with what it called stand beside each other.
  const label = id === 'time_s' && rows.figures.has('own_s') ? trans.__('Total') : (labels[id] ?? id);
  const format = formatOf(unit);
  return {
    ...{ id, kind: unit === 'share' ? 'share' : 'figure', label, sort: id },
    // The arrow of the order stands beside the heading.
    width: Math.max(WIDTH[unit], 30 + 6 * label.length),
    text: row => {
      const value = row.figures[id];
      return value === undefined ? DASH : SIGNED.includes(id) ? formatSigned(value, format) : format(value);
    },
    ...(unit === 'share' ? { bar: (row: IRow) => row.figures[id] ?? 0 } : {})
  };
}

function perHit({ rows, trans }: IColumnsOptions): IColumn | null {
  const { figures } = rows;
  if (!figures.has('hits') || !figures.has('time_s')) {
    return null;
  }
  return {
    ...{ id: PER_HIT, kind: 'figure', label: trans.__('Per hit'), sort: null, width: WIDTH.s },
    text: ({ figures: { time_s: time, hits } }) => (time === undefined || !hits ? DASH : formatSeconds(time / hits))
  };
}

function nameColumn({ rows, trans }: IColumnsOptions): IColumn {
  const { table } = rows;
  const hasTypes = rowKind(rows) === 'types';
  const label = table === 'functions' ? trans.__('Function') : hasTypes ? trans.__('Type') : trans.__('Line');
  const sort = table === 'functions' ? 'function' : hasTypes ? 'type' : 'line';
  return { id: 'name', kind: 'name', label, sort, width: 100, text: row => nameOf(row, table) };
}

function formatOf(unit: Unit): (value: number) => string {
  switch (unit) {
    case 's':
      return formatSeconds;
    case 'bytes':
      return formatBytes;
    case 'bytes/s':
      return value => `${formatBytes(value)}/s`;
    case 'share':
      return formatShare;
    case 'percent':
      return formatPercent;
    default:
      return formatCount;
  }
}

/** Calls, and in front of a stroke those that were not recursive where the two differ: `5/120`. */
function formatCalls({ figures: { calls, primitive_calls: primitive } }: IRow): string {
  return primitive === undefined || primitive === calls
    ? formatCount(calls)
    : `${formatCount(primitive)}/${formatCount(calls)}`;
}
