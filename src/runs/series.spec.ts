import { describe, expect, it } from 'vitest';

import { Series } from './series';

const LIMITS = {
  memory_limit_bytes: 4e9,
  memory_limit_source: 'cgroup2',
  cpu_limit_cores: null,
  host_cores: 8,
  host_memory_bytes: 16e9
};

describe('Series', () => {
  it('joins columns that come and go, and keeps the limits of the first event', () => {
    const series = new Series();
    series.add({ t_s: [0, 0.1], cpu_percent: [50, 60] }, LIMITS);
    series.add({ t_s: [0.2], cpu_percent: [70], uss_bytes: [5] });
    expect(series.times).toEqual([0, 0.1, 0.2]);
    expect(series.column('cpu_percent')).toEqual([50, 60, 70]);
    expect(series.column('uss_bytes')).toEqual([null, null, 5]);
    expect(series.limit('cpu_limit_cores', 'memory_limit_bytes')).toBe(4e9);
    expect(series.limit('cpu_limit_cores')).toBeNull();
  });

  it('takes samples once that come twice', () => {
    const series = new Series();
    series.add({ t_s: [0, 1], rss_bytes: [1, 2] });
    series.add({ t_s: [1, 2], rss_bytes: [2, 3] });
    expect(series.column('rss_bytes')).toEqual([1, 2, 3]);
  });

  it('tells the last value that was measured', () => {
    const series = new Series();
    series.add({ t_s: [0, 1, 2], rss_bytes: [1, 2, null] });
    expect(series.last('rss_bytes')).toBe(2);
    expect(series.last('nothing')).toBeNull();
  });

  it('stays bounded over a long run, in order, and never loses a peak', () => {
    const series = new Series(64);
    for (let index = 0; index < 10_000; index++) {
      series.add({ t_s: [index], rss_bytes: [index === 4321 ? 1e9 : 100] });
    }
    const times = series.times;
    expect(times.length).toBeLessThanOrEqual(64);
    expect([...times].sort((one, other) => one - other)).toEqual(times);
    expect(series.peak('rss_bytes')).toBe(1e9);
    expect(Math.max(...(series.column('rss_bytes') as number[]))).toBe(1e9);
    const peakAt = times[series.column('rss_bytes')!.indexOf(1e9)]!;
    expect(Math.abs(peakAt - 4321)).toBeLessThan(512);
    expect(series.column('rss_bytes')!.length).toBe(times.length);
  });

  it('knows a peak that no sample has seen', () => {
    const series = new Series();
    series.atLeast('rss_bytes', 9e6);
    expect([series.peak('rss_bytes'), series.last('rss_bytes')]).toEqual([9e6, null]);
    series.add({ t_s: [0, 1], rss_bytes: [1e6, 12e6] });
    series.atLeast('rss_bytes', 9e6);
    expect(series.peak('rss_bytes')).toBe(12e6);
  });
});
