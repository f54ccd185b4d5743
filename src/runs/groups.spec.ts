import { describe, expect, it } from 'vitest';

import { makeSummary } from '../testing/events';
import { listByGroup, namesInGroup } from './groups';

const run = (id: string, group: string | null = null, profiler = 'sampling') => makeSummary({ id, group, profiler });

describe('listByGroup', () => {
  it('holds runs of a group together, as they were asked for, at the place of the newest', () => {
    const newestFirst = [
      run('07'),
      run('06', 'g'),
      run('05'),
      run('04', 'g'),
      run('03', 'g'),
      run('02', 'h'),
      run('01')
    ];
    expect(listByGroup(newestFirst).map(({ run: { id }, place }) => `${id} ${place}`)).toEqual([
      '07 alone',
      '03 first',
      '04 middle',
      '06 last',
      '05 alone',
      '02 alone',
      '01 alone'
    ]);
  });
});

describe('namesInGroup', () => {
  it('tells runs apart by their profiler, numbered where it ran more than once', () => {
    expect(namesInGroup([run('1', 'g'), run('2', 'g', 'line'), run('3', 'g')])).toEqual([
      'sampling 1',
      'line',
      'sampling 2'
    ]);
  });
});
