import type { TranslationBundle } from '@jupyterlab/translation';

import { formatBytes, formatCores } from '../../runs/format';
import type { Series } from '../../runs/series';
import type { IChartKind } from './chart';

const NOTHING: readonly (number | null)[] = [];

/** Least heights of the scales: one core kept busy, 50 MB, 1 MB/s. */
const ONE_CORE = 100;
const SOME_MEMORY = 50e6;
const SOME_TRAFFIC = 1e6;

/** The charts of the section, from top to bottom. */
export function chartKinds(trans: TranslationBundle): IChartKind[] {
  return [
    {
      label: trans.__('CPU'),
      isAlways: true,
      description: trans.__(
        'Cores that the whole process tree keeps busy: 0.50 is half of one core, 2.00 are two whole ones'
      ),
      values: series => series.column('cpu_percent') ?? NOTHING,
      last: series => series.last('cpu_percent'),
      overall: { label: trans.__('mean'), value: series => meanOf(series, 'cpu_percent') },
      format: formatCores,
      suffix: series => {
        const cores = coresOf(series);
        return cores === null ? '' : trans._n('of %1 core', 'of %1 cores', Math.round(cores * 10) / 10);
      },
      limit: series => {
        const cores = coresOf(series);
        return cores === null ? null : cores * 100;
      },
      least: ONE_CORE
    },
    {
      label: trans.__('Memory'),
      isAlways: true,
      description: trans.__('Resident memory of the whole process tree, and what it may use at most'),
      values: series => series.column('rss_bytes') ?? NOTHING,
      last: series => series.last('rss_bytes'),
      overall: { label: trans.__('peak'), value: series => series.peak('rss_bytes') },
      format: formatBytes,
      suffix: series => {
        const limit = series.limit('memory_limit_bytes', 'host_memory_bytes');
        return limit === null ? '' : trans.__('of %1', formatBytes(limit));
      },
      limit: series => series.limit('memory_limit_bytes', 'host_memory_bytes'),
      least: SOME_MEMORY
    },
    {
      label: trans.__('I/O'),
      isAlways: false,
      description: trans.__('Read from and written to storage by the whole process tree'),
      values: trafficOf,
      last: series => {
        const values = trafficOf(series);
        return values[values.length - 1] ?? null;
      },
      overall: {
        label: trans.__('peak'),
        value: series => trafficOf(series).reduce<number | null>((most, value) => Math.max(most ?? 0, value ?? 0), null)
      },
      format: value => `${formatBytes(value)}/s`,
      suffix: () => '',
      limit: () => null,
      least: SOME_TRAFFIC
    }
  ];
}

/** The mean over time: samples need not be equally far apart. */
function meanOf(series: Series, name: string): number | null {
  const values = series.column(name);
  const { times } = series;
  let sum = 0;
  let time = 0;
  // A value tells of the time since the sample before.
  for (let index = 1; index < times.length; index++) {
    const value = values?.[index];
    if (value !== null && value !== undefined) {
      const span = times[index]! - times[index - 1]!;
      sum += value * span;
      time += span;
    }
  }
  return time > 0 ? sum / time : series.last(name);
}

function coresOf(series: Series): number | null {
  return series.limit('cpu_limit_cores', 'host_cores');
}

function trafficOf(series: Series): readonly (number | null)[] {
  const read = series.column('read_bytes_per_s');
  const written = series.column('write_bytes_per_s');
  if (!read || !written) {
    return read ?? written ?? NOTHING;
  }
  return read.map((value, index) =>
    value === null && (written[index] ?? null) === null ? null : (value ?? 0) + (written[index] ?? 0)
  );
}
