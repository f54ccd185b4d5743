import { describe, expect, it } from 'vitest';

import { HotspotsError } from '../api/errors';
import type { ColumnDescription } from '../api/generated/rest';
import { MemoryClient } from '../testing/client';
import { settle } from '../testing/stream';
import { PagedRows } from './pagedrows';
import type { IRowsQuery } from './rows';
import { rowsOf } from './rows';

const COLUMNS: ColumnDescription[] = [
  { name: 'function', type: 'string', unit: '' },
  { name: 'own_s', type: 'number', unit: 's' }
];
const QUERY: IRowsQuery = { sort: 'own_s', descending: true, text: '', hideLibrary: false };

async function opened(client: MemoryClient, maxRows = 100_000): Promise<PagedRows> {
  const rows = new PagedRows({ client, run: '01A', table: 'functions', columns: COLUMNS, query: QUERY, maxRows });
  await rows.ready;
  return rows;
}

function profileOf(count: number): MemoryClient {
  const client = new MemoryClient();
  client.functions = Array.from({ length: count }, (_, index) => ({
    function: `f${index}`,
    own_s: count - index,
    origin: index % 2 ? 'library' : 'own'
  }));
  return client;
}

describe('PagedRows', () => {
  it('fetches a page when one of its rows is looked at, and only once', async () => {
    const client = profileOf(1000);
    const rows = await opened(client);
    expect([rows.length, rows.total, rows.row(5)!.function]).toEqual([1000, 1000, 'f5']);
    expect(rows.row(730)).toBeNull();
    expect(rows.row(731)).toBeNull();
    await settle();
    expect(rows.row(730)!.function).toBe('f730');
    expect(client.calls).toEqual(['table -own_s  show 0', 'table -own_s  show 700']);
    expect(rows.indexOf(rows.row(731)!.key)).toBe(731);
  });

  it('keeps the old rows until those of a new query are there', async () => {
    const rows = await opened(profileOf(300));
    rows.setQuery({ ...QUERY, hideLibrary: true });
    expect(rows.row(1)!.function).toBe('f1');
    await settle();
    expect(rows.row(1)!.function).toBe('f2');
    expect([rows.length, rows.matched, rows.hidden]).toEqual([150, 300, 150]);
  });

  it('shows the answer to the last query, whichever comes last', async () => {
    const client = profileOf(300);
    const rows = await opened(client);
    rows.setQuery({ ...QUERY, text: 'f1' });
    rows.setQuery({ ...QUERY, text: 'f29' });
    await settle();
    expect(rows.row(0)!.function).toBe('f29');
    expect(rows.matched).toBe(11);
  });

  it('says what went wrong, and shows rows again once it works', async () => {
    const client = profileOf(3);
    client.failure = new HotspotsError('The profile cannot be read.', { hint: 'Run it again.' });
    const rows = await opened(client);
    expect([rows.problem, rows.length]).toEqual(['The profile cannot be read. Run it again.', 0]);
    rows.setQuery({ ...QUERY });
    await settle();
    expect([rows.problem, rows.length]).toEqual(['', 3]);
  });

  it('never shows a share above the whole', () => {
    const [row] = rowsOf('functions', { function: ['main'], own_share: [0.4], total_share: [1.0004] });
    expect(row!.figures).toEqual({ own_share: 0.4, total_share: 1 });
  });

  it('shows no more rows than it may', async () => {
    expect((await opened(profileOf(300), 50)).length).toBe(50);
  });
});
