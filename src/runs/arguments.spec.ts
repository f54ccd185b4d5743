import { describe, expect, it } from 'vitest';

import { ArgumentError, formatEnvironment, joinArguments, parseEnvironment, splitArguments } from './arguments';

describe('splitArguments', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  ', []],
    ['--alerts data.parquet  --output demo', ['--alerts', 'data.parquet', '--output', 'demo']],
    [`--name 'two words' ""`, ['--name', 'two words', '']],
    [`a"b c"d'e f'`, ['ab cde f']],
    [String.raw`"a \"quoted\" \n word"`, [String.raw`a "quoted" \n word`]],
    [String.raw`one\ word 'no \escape'`, ['one word', String.raw`no \escape`]],
    ['one\\\n two', ['one', 'two']],
    ['$HOME *.py > out', ['$HOME', '*.py', '>', 'out']],
    ['--größe=3 日本', ['--größe=3', '日本']]
  ])('%j is %j', (text, words) => expect(splitArguments(text)).toEqual(words));

  it.each<[string, string, number]>([
    [`--name 'open`, 'quote', 7],
    ['a "b', 'quote', 2],
    ['a \\', 'backslash', 2]
  ])('%j cannot be read', (text, kind, position) => {
    expect(() => splitArguments(text)).toThrow(expect.objectContaining({ kind, position }) as ArgumentError);
  });

  it.each([[['a', 'b c', '', "it's", '"', '\\', '$x', 'ä', '--x=1', 'new\nline']]])(
    'reads again what joinArguments wrote',
    words => {
      expect(splitArguments(joinArguments(words))).toEqual(words);
    }
  );
});

describe('parseEnvironment', () => {
  it('reads one variable a line', () => {
    expect(parseEnvironment(`# threads\nOMP_NUM_THREADS=1\n\nexport NAME="two words"\nEMPTY=\nURL=a=b\n`)).toEqual({
      OMP_NUM_THREADS: '1',
      NAME: 'two words',
      EMPTY: '',
      URL: 'a=b'
    });
  });

  it('names the line that is wrong', () => {
    expect(() => parseEnvironment('A=1\n2B=3')).toThrow(
      expect.objectContaining({ kind: 'name', position: 2, what: '2B=3' }) as ArgumentError
    );
  });

  it('reads again what formatEnvironment wrote', () => {
    const environment = { A: '1', B: ' padded ', C: '"quoted"', D: '' };
    expect(parseEnvironment(formatEnvironment(environment))).toEqual(environment);
  });
});
