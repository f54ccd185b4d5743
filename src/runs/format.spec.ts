import { describe, expect, it } from 'vitest';

import { formatBytes, formatClock, formatCores, formatCount, formatPlace, formatSeconds, formatShare } from './format';

describe('figures have three digits and a unit', () => {
  it.each([
    [0, '0.00 µs'],
    [0.0000005, '0.50 µs'],
    [0.0456, '45.6 ms'],
    [0.9996, '1.00 s'],
    [1.234, '1.23 s'],
    [41.44, '41.4 s'],
    [99.96, '1 min 39 s'],
    [125, '2 min 05 s'],
    [6000, '1 h 40 min'],
    [-0.5, '-500 ms']
  ])('%d seconds are %s', (value, text) => expect(formatSeconds(value)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999_999, '1.00 MB'],
    [312_400_000, '312 MB'],
    [1.2e9, '1.20 GB']
  ])('%d bytes are %s', (value, text) => expect(formatBytes(value)).toBe(text));

  it('a share has one digit after the point', () => expect(formatShare(0.6064)).toBe('60.6 %'));
  it('CPU is told in cores, never as a share of the machine', () => {
    expect([49, 0, 202.4, null].map(formatCores)).toEqual(['0.49', '0.00', '2.02', '–']);
  });
  it('counts come in groups of three', () => expect(formatCount(1234567)).toBe('1\u202f234\u202f567'));

  it('what is not known is a dash, not a zero', () => {
    expect([formatSeconds(null), formatBytes(undefined), formatShare(NaN), formatCount(null)]).toEqual(
      Array(4).fill('–')
    );
  });
});

describe('clocks and places', () => {
  it.each([
    [0, '00:00'],
    [41.9, '00:41'],
    [3723, '1:02:03']
  ])('%d seconds are %s', (value, text) => expect(formatClock(value)).toBe(text));

  it('a place is the last part of a path and the line', () => {
    expect(formatPlace('/a/b/pipeline.py', 34)).toBe('pipeline.py:34');
    expect(formatPlace('/a/b/pipeline.py', null)).toBe('pipeline.py');
    expect(formatPlace(null, null)).toBe('');
  });
});
