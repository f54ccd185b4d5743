import { describe, expect, it } from 'vitest';

import { makeSummary } from '../testing/events';
import { nameOf, placeOf, runName, shortName } from './names';
import { rowsOf } from './rows';

describe('shortName', () => {
  it.each([
    ['power_spectrum', 'power_spectrum'],
    ['<listcomp>', '<listcomp>'],
    ['<built-in method builtins.sum>', 'sum'],
    ['<built-in method math.sin>', 'math.sin'],
    ['<built-in method __new__ of type object at 0x7f10f965ea00>', '__new__'],
    ["<method 'read' of '_io.BufferedReader' objects>", '_io.BufferedReader.read'],
    ["<slot wrapper '__init__' of 'object' objects>", 'object.__init__']
  ])('%s is written %s', (name, short) => expect(shortName(name)).toBe(short));
});

describe('nameOf', () => {
  it('is the dotted name where Python tells it, else the function', () => {
    const rows = rowsOf('functions', {
      function: ['read', 'main', '<built-in method builtins.sum>'],
      qualname: ['Fetcher.read', null]
    });
    expect(rows.map(row => nameOf(row, 'functions'))).toEqual(['Fetcher.read', 'main', 'sum']);
  });

  it('is the text of a line, or its place; and the type of objects, or their site', () => {
    const lines = rowsOf('lines', {
      file: ['/a/fit.py', '/a/fit.py'],
      line: [3, 4],
      function: ['fit', null],
      source: ['  x += 1', null]
    });
    expect(lines.map(row => [nameOf(row, 'lines'), placeOf(row, 'lines')])).toEqual([
      ['x += 1', 'fit.py:3 · fit'],
      ['fit.py:4', 'fit.py:4']
    ]);
    const sites = rowsOf('sites', { type: ['dict', null], file: [null, '/a/fit.py'], line: [null, 9] });
    expect(sites.map(row => nameOf(row, 'sites'))).toEqual(['dict', 'fit.py:9']);
  });
});

describe('runName', () => {
  it.each([
    [{ name: 'jobs/fit.py', path: '/home/me/jobs/fit.py' }, 'fit.py'],
    [{ name: '', path: null, module: 'sky.fit' }, 'sky.fit']
  ])('of %j is %s', (target, name) => {
    const summary = makeSummary();
    expect(runName({ ...summary, target: { ...summary.target, ...target } })).toBe(name);
  });
});
