// Generated from schema/profile.schema.json by `npm run types`: do not edit.

import type { ColumnDescription } from './rest';

export const COLUMN_UNITS: Readonly<
  Record<'functions' | 'lines' | 'sites', Readonly<Record<string, ColumnDescription['unit']>>>
> = {
  functions: {
    calls: 'count',
    primitive_calls: 'count',
    own_s: 's',
    total_s: 's',
    own_share: 'share',
    total_share: 'share',
    samples: 'count',
    total_samples: 'count',
    cpu_s: 's',
    gil_s: 's',
    idle_s: 's',
    python_s: 's',
    native_s: 's',
    system_s: 's',
    gpu_s: 's',
    peak_bytes: 'bytes',
    total_peak_bytes: 'bytes',
    leaked_bytes: 'bytes',
    total_leaked_bytes: 'bytes',
    temporary_bytes: 'bytes',
    allocated_bytes: 'bytes',
    copied_bytes: 'bytes',
    count: 'count'
  },
  lines: {
    hits: 'count',
    time_s: 's',
    own_s: 's',
    share: 'share',
    share_of_function: 'share',
    samples: 'count',
    total_samples: 'count',
    cpu_s: 's',
    gil_s: 's',
    idle_s: 's',
    python_s: 's',
    native_s: 's',
    system_s: 's',
    gpu_s: 's',
    gpu_peak_bytes: 'bytes',
    rss_bytes: 'bytes',
    increment_bytes: 'bytes',
    occurrences: 'count',
    peak_bytes: 'bytes',
    total_peak_bytes: 'bytes',
    average_bytes: 'bytes',
    leaked_bytes: 'bytes',
    total_leaked_bytes: 'bytes',
    temporary_bytes: 'bytes',
    allocated_bytes: 'bytes',
    growth_bytes: 'bytes',
    copied_bytes: 'bytes',
    count: 'count',
    python_share: 'share',
    leak_score: 'share',
    leak_bytes_per_s: 'bytes/s'
  },
  sites: {
    node: 'row',
    share: 'share',
    size_bytes: 'bytes',
    count: 'count',
    growth_bytes: 'bytes',
    growth_count: 'count',
    peak_bytes: 'bytes',
    leaked_bytes: 'bytes',
    temporary_bytes: 'bytes'
  }
};
