import { describe, expect, it } from 'vitest';

import { makeSummary } from '../testing/events';
import { nameOf, runName, shortName } from './names';
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
    const rows = rowsOf({
      function: ['read', 'main', '<built-in method builtins.sum>'],
      qualname: ['Fetcher.read', null]
    });
    expect(rows.map(nameOf)).toEqual(['Fetcher.read', 'main', 'sum']);
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
