/**
 * Where a key moves to in a list: arrows by a row, Page Up and Page Down by a page, Home and End to its ends.
 *
 * @param row - Where the cursor is; -1 for nowhere yet.
 * @param page - Rows of a page.
 * @param last - The last row; -1 for an empty list.
 * @returns The row; null if the key moves nowhere.
 */
export function listMovement(key: string, row: number, page: number, last: number): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: last
  };
  const target = Object.hasOwn(targets, key) ? targets[key]! : null;
  return target === null || last < 0 ? null : Math.min(last, Math.max(0, target));
}
