import { beforeEach, describe, expect, it } from 'vitest';

import type { RunBody } from '../api/generated/rest';
import { MemoryClient } from '../testing/client';
import { makeSummary } from '../testing/events';
import { HandStream, settle } from '../testing/stream';
import { CurrentRun } from './current';
import { RunList } from './list';
import { HotspotsSettings } from './settings';

const BODY: RunBody = { target: { kind: 'script', path: 'pipeline.py' } };

describe('CurrentRun', () => {
  let client: MemoryClient;
  let stream: HandStream;
  let current: CurrentRun;
  let saved: unknown;

  beforeEach(() => {
    client = new MemoryClient();
    stream = new HandStream();
    saved = undefined;
    const state = {
      save: async (_: string, value: unknown) => void (saved = value),
      fetch: async () => saved,
      remove: async () => void (saved = undefined)
    };
    current = new CurrentRun({
      client,
      stream,
      list: new RunList({ client, stream }),
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
    expect(saved).toBeUndefined();
  });
});
