import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RunInfo } from '../api/generated/rest';
import { MemoryClient } from '../testing/client';
import { makeHotspots, makeLines, makeSummary } from '../testing/events';
import { HandStream, settle } from '../testing/stream';
import type { IRowsQuery } from './rows';
import { canRunAgain, RunModel } from './run';

const QUERY: IRowsQuery = { sort: 'own_s', descending: true, text: '', hideLibrary: false };
const INFO: RunInfo = {
  id: '01A',
  status: 'failed',
  target: { kind: 'script', name: 'pipeline.py' },
  profiler: 'cprofile',
  created: '2026-11-21T09:00:00Z',
  reason: 'It ended with exit status 3.',
  wall_s: 4.2,
  peak_rss_bytes: 5e6,
  exit_code: 3
};

describe('canRunAgain', () => {
  it('is not for what was imported', () => {
    expect(canRunAgain(makeSummary({ by: 'cli' }))).toBe(true);
    expect(canRunAgain(makeSummary({ by: 'import' }))).toBe(false);
  });
});

describe('RunModel', () => {
  let client: MemoryClient;
  let stream: HandStream;

  beforeEach(() => {
    vi.useFakeTimers();
    client = new MemoryClient();
    stream = new HandStream();
  });
  afterEach(() => void vi.useRealTimers());

  function open(status: 'queued' | 'running' | 'succeeded'): RunModel {
    const summary = makeSummary({ status });
    client.runsById.set('01A', summary);
    return new RunModel({ summary, client, stream, query: QUERY, maxRows: 1000 });
  }
  const common = { run: '01A', seq: 1, t: 0.5 };

  it('shows a change of state at once', () => {
    const run = open('queued');
    const seen: string[] = [];
    run.summaryChanged.connect((_, { status }) => void seen.push(status));
    stream.send({ ...common, type: 'status', status: 'running', started: '2026-11-21T09:00:01Z', pid: 7 });
    expect(seen).toEqual(['running']);
    expect(run.summary.started).toBe('2026-11-21T09:00:01Z');
  });

  it('counts time by the clock of the run', () => {
    const run = open('queued');
    expect(run.elapsed).toBeNull();
    stream.send({ ...common, t: 41, type: 'status', status: 'running' });
    vi.advanceTimersByTime(2000);
    expect(run.elapsed).toBeCloseTo(43, 1);
  });

  it('lets charts move at most twice a second', () => {
    const run = open('running');
    const drawn = vi.fn();
    run.seriesChanged.connect(drawn);
    for (let second = 0; second < 5; second++) {
      stream.send({ ...common, type: 'telemetry', columns: { t_s: [second], cpu_percent: [100] } });
    }
    expect(drawn).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(500);
    expect(drawn).toHaveBeenCalledTimes(2);
    expect(run.series.length).toBe(5);
  });

  it('replaces live rows by the profile when it ends, with the same order and filters', async () => {
    const run = open('running');
    stream.send(makeHotspots([{ id: 1, own: 3, name: 'live' }], 4));
    run.setQuery({ ...QUERY, text: 'l' });
    client.functions = [{ function: 'final', own_s: 3, origin: 'own' }];
    const replaced = vi.fn();
    run.rowsReplaced.connect(replaced);
    stream.send({ ...common, type: 'status', status: 'failed', reason: INFO.reason! });
    expect(run.isActive).toBe(false);
    expect(run.rows.row(0)!.function).toBe('live');
    client.runsById.set('01A', makeSummary({ status: 'failed', wall_s: 4.2 }));
    stream.send({ ...common, type: 'finished', info: INFO });
    expect(run.summary).toMatchObject({ status: 'failed', wall_s: 4.2, exit_code: 3, reason: INFO.reason });
    await settle();
    expect(replaced).toHaveBeenCalledTimes(1);
    expect(run.rows.row(0)!.function).toBe('final');
    expect(client.calls).toContain('table -own_s l show 0');
  });

  it('keeps the live rows of a run that left no profile', async () => {
    const run = open('running');
    stream.send(makeHotspots([{ id: 1, own: 3, name: 'live' }], 4));
    stream.send({ ...common, type: 'finished', info: { ...INFO, status: 'lost' } });
    await settle();
    expect(run.rows.row(0)!.function).toBe('live');
  });

  it('does not let older news of the store bring an ended run back to life', () => {
    const run = open('running');
    stream.send({ ...common, type: 'status', status: 'succeeded' });
    run.setSummary(makeSummary({ status: 'running' }));
    expect(run.summary.status).toBe('succeeded');
  });

  it('loads a finished run from the history, without its events', async () => {
    client.functions = [{ function: 'final', own_s: 3, origin: 'own' }];
    client.printed.stdout = 'done\n';
    const run = open('succeeded');
    await settle();
    expect(run.rows.row(0)!.function).toBe('final');
    expect([run.series.length, run.stdout.text]).toEqual([2, 'done\n']);
    expect(stream.listeners.size).toBe(0);
  });

  it('says how far its program is, at most twice a second', () => {
    const run = open('running');
    expect(run.progress).toBeNull();
    const changed = vi.fn();
    run.seriesChanged.connect(changed);
    for (const done of [10, 20, 30]) {
      stream.send({ ...common, type: 'progress', done, total: 1000, label: '64 alerts/s' });
    }
    expect([run.progress, changed.mock.calls.length]).toEqual([{ done: 30, total: 1000, label: '64 alerts/s' }, 1]);
    vi.advanceTimersByTime(500);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('says a warning once', () => {
    const run = open('running');
    const warning = { ...common, type: 'warning', code: 'foreign', message: 'It sets a profiler.', hint: '' } as const;
    stream.send(warning);
    stream.send({ ...warning, seq: 2 });
    expect(run.warnings).toEqual([{ code: 'foreign', message: 'It sets a profiler.', hint: '' }]);
  });

  it('listens no more once disposed', () => {
    const run = open('running');
    run.dispose();
    expect(stream.listeners.size).toBe(0);
    expect([run.stdout.isDisposed, run.rows.isDisposed]).toEqual([true, true]);
  });

  describe('with several tables', () => {
    const lines = makeLines([{ id: 8, source: 'n = n // 2', figures: { own_s: 2 } }], 4);
    const functions = makeHotspots([{ id: 1, own: 3, name: 'loop' }], 4);

    it('shows functions first, whichever come first, and another table when it is asked for', () => {
      const run = open('running');
      const replaced = vi.fn();
      run.rowsReplaced.connect(replaced);
      expect([run.tables, run.table, run.rows.isLoading]).toEqual([[], null, false]);
      stream.send(lines);
      expect([run.table, run.rows.table]).toEqual(['lines', 'lines']);
      stream.send(functions);
      expect([run.tables, run.table, run.rows.row(0)!.function]).toEqual([['functions', 'lines'], 'functions', 'loop']);
      run.showTable('lines');
      expect([run.rows.table, run.rows.row(0)!.source]).toEqual(['lines', 'n = n // 2']);
      expect(replaced).toHaveBeenCalledTimes(3);
    });

    it('stays with the table when the run ends, and fetches another one only when it is asked for', async () => {
      const run = open('running');
      stream.send(lines);
      stream.send(functions);
      run.showTable('lines');
      client.functions = [{ function: 'loop', own_s: 3, origin: 'own' }];
      client.tables['lines'] = [{ file: '/home/me/loop.py', line: 8, source: 'n = n // 2', own_s: 2, origin: 'own' }];
      stream.send({ ...common, type: 'finished', info: { ...INFO, status: 'succeeded' } });
      await settle();
      expect([run.tables, run.rows.table, run.rows.row(0)!.line]).toEqual([['functions', 'lines'], 'lines', 8]);
      expect(client.calls.filter(call => call.startsWith('table'))).toEqual(['table lines -own_s  show 0']);
      run.showTable('functions');
      expect(run.rows.table).toBe('lines');
      await settle();
      expect(run.rows.row(0)!.function).toBe('loop');
    });

    it('shows the table first that its profiler is there for', async () => {
      client.functions = [{ function: 'loop', total_s: 3, origin: 'own' }];
      client.tables['lines'] = [{ line: 8, hits: 2, time_s: 1, origin: 'own' }];
      const summary = makeSummary({ status: 'succeeded', profiler: 'line' });
      const run = new RunModel({ summary, client, stream, query: QUERY, maxRows: 1000, preferred: 'lines' });
      await settle();
      expect([run.tables, run.rows.table]).toEqual([['functions', 'lines'], 'lines']);
    });

    it('falls back to what the run has, in the order of what that measures', async () => {
      client.tables['lines'] = [{ file: '/home/me/a.py', line: 8, increment_bytes: 2e6, origin: 'own' }];
      const summary = makeSummary({ status: 'succeeded', profiler: 'memory' });
      client.runsById.set('01A', summary);
      const run = new RunModel({ summary, client, stream, query: QUERY, maxRows: 1000, table: 'functions' });
      expect(run.rows.isLoading).toBe(true);
      await settle();
      expect([run.tables, run.rows.table, run.rows.order.sort]).toEqual([['lines'], 'lines', 'increment_bytes']);
      expect(client.calls).toContain('table lines -increment_bytes  show 0');
    });

    it('gives lines the text of their file where they come without one, unless it was changed since', async () => {
      const file = '/home/me/loop.py';
      const source = { file, contents_path: null, text: 'first\n  second\n', changed: false };
      client.sources[file] = source;
      const run = open('running');
      stream.send(makeLines([{ id: 2, figures: { own_s: 2 } }], 4));
      expect(run.rows.row(0)!.source).toBeNull();
      await settle();
      expect(run.rows.row(0)!.source).toBe('  second');
      expect(client.calls.filter(call => call.startsWith('source'))).toEqual([`source ${file}`]);
      client.sources[file] = { ...source, changed: true };
      client.tables['lines'] = [{ file, line: 2, own_s: 2, origin: 'own' }];
      const ended = open('succeeded');
      await settle();
      ended.rows.row(0);
      await settle();
      expect(ended.rows.row(0)!.source).toBeNull();
    });

    it.each(['running', 'succeeded'] as const)('has none if nothing was measured in a run that is %s', async status => {
      const run = open(status);
      if (status === 'running') {
        stream.send({ ...common, type: 'finished', info: INFO });
        expect(run.rows.isLoading).toBe(true);
      }
      await settle();
      expect([run.tables, run.rows.isLoading, run.rows.length, run.rows.problem]).toEqual([[], false, 0, '']);
    });
  });

  it('offers its tree once it has ended, beside the tables, and keeps to what was chosen', async () => {
    client.functions = [{ function: 'main', own_s: 1, origin: 'own' }];
    client.tree = [{ name: 'main', total: 1 }];
    const summary = makeSummary({ status: 'succeeded' });
    client.runsById.set('01A', summary);
    const run = new RunModel({ summary, client, stream, query: QUERY, maxRows: 1000, table: 'tree' });
    expect([run.tree, run.view]).toEqual([null, null]);
    await vi.advanceTimersByTimeAsync(0);
    expect([run.view, run.table, run.rows.length, run.tree!.rows.length]).toEqual(['tree', 'functions', 1, 1]);
    run.showTable('functions');
    expect(run.view).toBe('functions');
    const { tree } = run;
    run.dispose();
    expect(tree!.isDisposed).toBe(true);
  });

  it('shows the tree of a run that has nothing else', async () => {
    client.tree = [{ name: 'main', total: 1 }];
    const run = open('succeeded');
    await vi.advanceTimersByTimeAsync(0);
    expect([run.view, run.table, run.rows.length]).toEqual(['tree', null, 0]);
  });
});
