import { describe, expect, it } from 'vitest';

import { shortName } from './names';

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
