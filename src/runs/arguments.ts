/**
 * Arguments and environment as they are typed, split as a POSIX shell would: quotes and backslashes count, variables,
 * patterns and redirections do not, because no shell takes part.
 */

/** What was typed cannot be read; `position` is where in the text. */
export class ArgumentError extends Error {
  constructor(
    readonly kind: 'quote' | 'backslash' | 'name',
    readonly position: number,
    readonly what: string = ''
  ) {
    super(`${kind} at ${position}`);
    this.name = 'ArgumentError';
  }
}

/** Characters that a backslash keeps between double quotes; before others it stays itself. */
const ESCAPED_IN_DOUBLE = '"\\$`';

/** Split a line into arguments. Throws an `ArgumentError` if a quote is not closed. */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | '' = '';
  let opened = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (quote === "'") {
      if (char === "'") {
        quote = '';
      } else {
        word += char;
      }
    } else if (quote === '"') {
      if (char === '"') {
        quote = '';
      } else if (char === '\\' && ESCAPED_IN_DOUBLE.includes(text[index + 1] ?? ' ')) {
        word += text[++index]!;
      } else {
        word += char;
      }
    } else if (char === '"' || char === "'") {
      quote = char;
      opened = index;
      word ??= '';
    } else if (char === '\\') {
      if (index + 1 >= text.length) {
        throw new ArgumentError('backslash', index);
      }
      const next = text[++index]!;
      // A backslash at the end of a line only joins it with the next one.
      if (next !== '\n') {
        word = (word ?? '') + next;
      }
    } else if (/\s/.test(char)) {
      if (word !== null) {
        words.push(word);
        word = null;
      }
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote) {
    throw new ArgumentError('quote', opened, quote);
  }
  if (word !== null) {
    words.push(word);
  }
  return words;
}

/** Write arguments so that `splitArguments` reads the same again. */
export function joinArguments(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`)).join(' ');
}

/**
 * Read `NAME=VALUE` lines; empty lines and those that begin with `#` are left out, and so is a leading `export`.
 * Throws an `ArgumentError` whose `position` is the number of the line, from 1.
 */
export function parseEnvironment(text: string): Record<string, string> {
  const environment: Record<string, string> = {};
  text.split('\n').forEach((line, index) => {
    const entry = line.trim().replace(/^export\s+/, '');
    if (entry === '' || entry.startsWith('#')) {
      return;
    }
    const match = /^([A-Za-z_]\w*)=(.*)$/.exec(entry);
    if (!match) {
      throw new ArgumentError('name', index + 1, entry);
    }
    const value = match[2]!;
    const quoted = /^(["'])(.*)\1$/.exec(value);
    environment[match[1]!] = quoted ? quoted[2]! : value;
  });
  return environment;
}

/** Write an environment so that `parseEnvironment` reads the same again. */
export function formatEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${/^(["']).*\1$/.test(value) || value !== value.trim() ? `"${value}"` : value}`)
    .join('\n');
}
