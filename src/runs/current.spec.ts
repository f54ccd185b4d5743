import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { RunBody, RunSummary } from '../api/generated/rest';
import { MemoryClient } from '../testing/client';
import { makeSummary } from '../testing/events';
import { makeSettings } from '../testing/settings';
import { HandStream, settle } from '../testing/stream';
import { CurrentRun } from './current';
import { RunList } from './list';
import { rowsOf } from './rows';
import { HotspotsSettings } from './settings';

const BODY: RunBody = { target: { kind: 'script', path: 'pipeline.py' } };

describe('CurrentRun', () => {
  let client: MemoryClient;
  let stream: HandStream;
  let list: RunList;
  let current: CurrentRun;
  let saved: unknown;

  beforeEach(() => {
    client = new MemoryClient();
    stream = new HandStream();
    saved = undefined;
    list = new RunList({ client, stream });
    const state = {
      save: async (_: string, value: unknown) => void (saved = value),
      fetch: async () => saved,
      remove: async () => void (saved = undefined)
    };
    current = new CurrentRun({
      client,
      stream,
      list,
      settings: new HotspotsSettings(),
      state: state as never
    });
  });

  it('shows a run as soon as the server has taken it', async () => {
    const run = await current.start(BODY);
    expect(current.run).toBe(run);
    expect(stream.listeners.has('01Z')).toBe(true);
  });

  it('lets go of the run it showed before', async () => {
    const first = current.show(makeSummary({ id: '01A' }));
    current.show(makeSummary({ id: '01B' }));
    expect(first.isDisposed).toBe(true);
    expect([...stream.listeners.keys()]).toEqual(['01B']);
  });

  it('finds a run that goes on after a reload', async () => {
    client.runsById.set('01R', makeSummary({ id: '01R', status: 'running' }));
    await current.restore();
    expect(current.run?.id).toBe('01R');
    expect(stream.listeners.has('01R')).toBe(true);
  });

  it('finds the run that was shown last, unless it was deleted', async () => {
    saved = { run: '01S' };
    await current.restore();
    expect(current.run).toBeNull();
    client.runsById.set('01S', makeSummary({ id: '01S', status: 'succeeded' }));
    await current.restore();
    expect(current.run?.id).toBe('01S');
  });

  it('hides library code after a reload as before, unless the setting has changed since', async () => {
    current.setQuery({ hideLibrary: true });
    const remake = async (chosen: Record<string, unknown>): Promise<boolean> => {
      const state = { save: async () => undefined, fetch: async () => saved };
      const again = new CurrentRun({ client, stream, list, settings: makeSettings(chosen), state: state as never });
      await again.restore();
      return again.query.hideLibrary;
    };
    expect(await remake({})).toBe(true);
    saved = { ...(saved as object), library: { isHidden: false, setting: false } };
    expect(await remake({ hideLibrary: true })).toBe(true);
    saved = { ...(saved as object), library: { isHidden: false, setting: true } };
    expect(await remake({ hideLibrary: true })).toBe(false);
  });

  it('starts the same again', async () => {
    client.runsById.set('01A', makeSummary({ status: 'failed', cwd: '/home/me' }));
    await current.again('01A');
    const start = client.calls.find(call => call.startsWith('start'))!;
    expect(JSON.parse(start.slice(6))).toMatchObject({ profiler: 'cprofile', cwd: '/home/me' });
  });

  it('sorts by the time that is switched to, and leaves another order alone', () => {
    current.setMeasure('total');
    expect(current.query.sort).toBe('total_s');
    current.setQuery({ sort: 'calls' });
    current.setMeasure('own');
    expect(current.query.sort).toBe('calls');
  });

  it('shows nothing once the run was deleted', async () => {
    current.show(makeSummary({ id: '01A', status: 'succeeded' }));
    await settle();
    stream.storeChanged.emit({ type: 'deleted', run: '01A', seq: 0, t: 0 });
    expect(current.run).toBeNull();
    expect(saved).toMatchObject({ run: null });
  });

  describe('with runs that were started together', () => {
    const group = { group: '01G', status: 'succeeded' } as const;
    const sampling = makeSummary({ ...group, id: '01S', profiler: 'sampling' });
    const line = makeSummary({ ...group, id: '01T', profiler: 'line' });
    const tell = (summary: RunSummary): void =>
      stream.storeChanged.emit({ type: 'run', run: summary.id, seq: 0, t: 0, summary });

    it('knows them as they come, in their order, whatever the history is searched for', async () => {
      client.runsById.set(line.id, line);
      await list.search('something else');
      current.show(sampling);
      expect(current.group.map(({ id }) => id)).toEqual(['01S']);
      tell(line);
      tell(sampling);
      expect(current.group.map(({ id }) => id)).toEqual(['01S', '01T']);
      expect(current.active).toEqual([]);
      tell({ ...line, status: 'queued' });
      expect(current.active.map(({ id }) => id)).toEqual(['01T']);
      stream.storeChanged.emit({ type: 'deleted', run: '01T', seq: 0, t: 0 });
      expect(current.group.map(({ id }) => id)).toEqual(['01S']);
    });

    it('finds them after a reload, when the history has come', async () => {
      client.runsById.set(sampling.id, sampling);
      client.runsById.set(line.id, line);
      saved = { run: line.id };
      await current.restore();
      const changed = vi.fn();
      current.groupChanged.connect(changed);
      await list.refresh();
      expect(changed).toHaveBeenCalled();
      expect(current.group.map(({ id }) => id)).toEqual(['01S', '01T']);
    });

    it('holds the sampled share against the counted one, once the sampler has ended', async () => {
      client.tablesByRun.set('01S', {
        lines: [
          { file: '/home/me/loop.py', line: 8, own_s: 6, time_s: 8, origin: 'own' },
          { file: '/home/me/loop.py', line: 9, own_s: 2, time_s: 2, origin: 'own' }
        ]
      });
      tell({ ...sampling, status: 'running' });
      tell(line);
      current.show(line);
      await settle();
      expect(current.sampled.isKnown).toBe(false);
      tell(sampling);
      await settle();
      const [at8, at9, at10] = [8, 9, 10].map(number =>
        current.sampled.of(rowsOf('lines', { file: ['/home/me/loop.py'], line: [number] })[0]!)
      );
      expect([at8, at9, at10]).toEqual([1, 0.25, null]);
      current.show(sampling);
      await settle();
      expect(current.sampled.isKnown).toBe(false);
    });
  });

  it('shows the table again that was chosen under a profiler, after a reload too', async () => {
    client.tables = { lines: [{ line: 1, own_s: 1, origin: 'own' }] };
    client.functions = [{ function: 'main', own_s: 1, origin: 'own' }];
    const ended = { status: 'succeeded', profiler: 'sampling' } as const;
    current.show(makeSummary({ ...ended, id: '01A' }));
    await settle();
    current.showTable('lines');
    await settle();
    const next = current.show(makeSummary({ ...ended, id: '01B' }));
    await settle();
    expect(next.rows.table).toBe('lines');
    const other = current.show(makeSummary({ ...ended, id: '01C', profiler: 'cprofile' }));
    await settle();
    expect(other.rows.table).toBe('functions');
    expect(saved).toMatchObject({ run: '01C', tables: { sampling: 'lines' } });
  });
});
