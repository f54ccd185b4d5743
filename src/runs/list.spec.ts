import { beforeEach, describe, expect, it } from 'vitest';

import { MemoryClient } from '../testing/client';
import { makeSummary } from '../testing/events';
import { HandStream, settle } from '../testing/stream';
import { matchesText, RunList } from './list';

describe('RunList', () => {
  let client: MemoryClient;
  let stream: HandStream;
  let list: RunList;

  beforeEach(() => {
    client = new MemoryClient();
    stream = new HandStream();
    for (let index = 1000; index < 1250; index++) {
      const target = {
        kind: 'script',
        name: index % 2 ? 'odd.py' : 'even.py',
        path: null,
        module: null,
        args: []
      } as const;
      client.runsById.set(
        String(index),
        makeSummary({ id: String(index), status: 'succeeded', target: { ...target, args: [] } })
      );
    }
    list = new RunList({ client, stream });
  });

  const ids = (): string[] => list.runs.map(({ id }) => id);
  const news = (id: string, change = {}): void =>
    stream.storeChanged.emit({ type: 'run', run: id, seq: 0, t: 0, summary: makeSummary({ id, ...change }) });

  it('loads page after page, newest first', async () => {
    await list.refresh();
    expect([list.total, ids()[0], ids().length, list.hasMore]).toEqual([250, '1249', 100, true]);
    await list.loadMore();
    await list.loadMore();
    expect([ids().length, ids().at(-1), list.hasMore]).toEqual([250, '1000', false]);
    await list.loadMore();
    expect(client.calls.length).toBe(3);
  });

  it('searches at the server, and shows only what matches of the news', async () => {
    await list.search('odd');
    expect([list.total, list.runs.every(run => run.target.name === 'odd.py')]).toEqual([125, true]);
    news('1300');
    expect(ids()[0]).toBe('1249');
  });

  it('takes in a run begun elsewhere, and changes of those it shows', async () => {
    await list.refresh();
    news('1300', { status: 'running' });
    expect([ids()[0], list.total]).toEqual(['1300', 251]);
    news('1300', { status: 'failed', reason: 'It was killed.' });
    expect([list.runs[0]!.reason, list.total]).toEqual(['It was killed.', 251]);
  });

  it('does not show news of a run far down that was not loaded yet', async () => {
    await list.refresh();
    news('0999', { status: 'succeeded' });
    expect([ids().length, ids().includes('0999')]).toEqual([100, false]);
  });

  it('deletes, here and elsewhere', async () => {
    await list.refresh();
    await list.delete('1249');
    stream.storeChanged.emit({ type: 'deleted', run: '1248', seq: 0, t: 0 });
    expect([ids()[0], list.total]).toEqual(['1247', 248]);
    expect(client.calls).toContain('delete 1249');
  });

  it('asks again after a break of the connection', async () => {
    await list.refresh();
    client.runsById.set('1300', makeSummary({ id: '1300' }));
    stream.reopened.emit();
    await settle();
    expect(ids()[0]).toBe('1300');
  });

  it('shows the answer to the last search, whichever comes last', async () => {
    await Promise.all([list.search('odd'), list.search('even')]);
    expect(list.runs.every(run => run.target.name === 'even.py')).toBe(true);
  });
});

describe('matchesText', () => {
  const target = {
    kind: 'module',
    name: 'fit',
    path: '/home/me/fit.py',
    module: 'sky.fit',
    args: ['--Fast', 'x y']
  } as const;
  const summary = makeSummary({
    id: '01M7YRBR0WY8K1CMYBDCECQA5X',
    status: 'failed',
    reason: 'It was killed.',
    target: { ...target, args: [...target.args] }
  });

  it.each([
    ['fit fast', true],
    ['FAILED  sky', true],
    ['cprofile /home', true],
    ['01m7yrbr0wy8k1cmybdcecqa5x', true],
    ['01m7yrbr0wy8k1cmybdcecqa5x fit', false],
    ['fit slow', false],
    ['killed', true],
    [' ', true]
  ])('“%s”, as the server has it: %s', (text, expected) => expect(matchesText(summary, text)).toBe(expected));
});
