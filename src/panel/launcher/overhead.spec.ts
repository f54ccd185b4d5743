import { expect, it } from 'vitest';

import { overheadRange } from './overhead';

it.each([
  ['×1.00–1.05', '×1.00–1.05'],
  ['×1.0–1.3 where the work is in arrays or C, ×2–5 in code of many small calls', '×1.0–5'],
  ['×1.4 where the work is in arrays, ×12–42 in loops', '×1.4–42'],
  ['×2 and more: memory is read at every line', '×2+'],
  ['×1.0; looking at the heap stops the program for a moment', '×1.0'],
  ['not measured', '']
])('%s is %s in short', (overhead, short) => expect(overheadRange(overhead)).toBe(short));
