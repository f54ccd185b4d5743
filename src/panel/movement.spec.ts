import { describe, expect, it } from 'vitest';

import { listMovement } from './movement';

describe('listMovement', () => {
  it.each([
    ['ArrowDown', 3, 4],
    ['ArrowUp', 3, 2],
    ['PageDown', 3, 8],
    ['PageUp', 8, 3],
    ['Home', 8, 0],
    ['End', 0, 9]
  ])('%s from row %d to row %d', (key, row, target) => expect(listMovement(key, row, 5, 9)).toBe(target));

  it.each([
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['PageDown', 7, 9],
    ['PageUp', 2, 0],
    ['ArrowDown', -1, 0],
    ['ArrowUp', -1, 0]
  ])('%s from row %d stays in the list: row %d', (key, row, target) =>
    expect(listMovement(key, row, 5, 9)).toBe(target)
  );

  it('moves nowhere by another key, or in an empty list', () => {
    expect([listMovement('a', 3, 5, 9), listMovement('toString', 3, 5, 9), listMovement('End', -1, 5, -1)]).toEqual([
      null,
      null,
      null
    ]);
  });
});
