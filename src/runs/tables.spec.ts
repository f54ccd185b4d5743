import { describe, expect, it } from 'vitest';

import type { ProfilerDescription } from '../api/generated/rest';
import { mainColumn, sharedColumn, tablesOf, unitOf } from './tables';

describe('tablesOf', () => {
  it.each([
    [
      ['functions', 'lines', 'call tree'],
      ['functions', 'lines']
    ],
    [
      ['lines and functions', 'GPU'],
      ['lines', 'functions']
    ],
    [['allocation sites', 'bytes held'], ['sites']],
    [['types by count and size', 'what grew'], ['sites']],
    [['memory over time'], []]
  ])('of a profiler that measures %j are %j', (measures, tables) =>
    expect(tablesOf({ measures } as unknown as ProfilerDescription)).toEqual(tables)
  );
});

describe('columns', () => {
  it('are sorted and shared by the first that says what a row costs', () => {
    const line = new Set(['file', 'line', 'hits', 'time_s']);
    const memory = new Set(['file', 'line', 'occurrences', 'rss_bytes', 'increment_bytes']);
    expect([mainColumn(line), mainColumn(memory), mainColumn(new Set(['file', 'line', 'occurrences']))]).toEqual([
      'time_s',
      'increment_bytes',
      'occurrences'
    ]);
    expect([sharedColumn('lines', memory), sharedColumn('sites', line)]).toEqual(['increment_bytes', null]);
  });

  it('have the units that the server describes, else those of the model', () => {
    expect([unitOf('lines', 'time_s'), unitOf('lines', 'rss_bytes'), unitOf('lines', 'unheard_of')]).toEqual([
      's',
      'bytes',
      ''
    ]);
    expect(unitOf('lines', 'unheard_of', [{ name: 'unheard_of', type: 'number', unit: 'share' }])).toBe('share');
  });
});
