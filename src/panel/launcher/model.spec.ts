import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ProfilerDescription } from '../../api/generated/rest';
import { ServerHalf } from '../../api/serverhalf';
import { HotspotsSettings } from '../../runs/settings';
import { MemoryClient } from '../../testing/client';
import { settle } from '../../testing/stream';
import { LauncherModel } from './model';

const PROFILER: ProfilerDescription = {
  name: 'cprofile',
  title: 'Function calls',
  question: 'Where does the time go?',
  tool: 'cProfile',
  measures: [],
  overhead: '',
  targets: ['script'],
  installed: true,
  version: null,
  install: null,
  note: null
};

describe('LauncherModel', () => {
  let client: MemoryClient;
  let server: ServerHalf;
  let saved: unknown;

  beforeEach(() => {
    vi.useFakeTimers();
    client = new MemoryClient();
    client.description.profilers = [
      { ...PROFILER, name: 'memray', installed: false, install: 'pip install memray' },
      PROFILER,
      { ...PROFILER, name: 'sampling' },
      { ...PROFILER, name: 'cells', targets: ['cell'] }
    ];
    server = new ServerHalf(client, '1.2.0');
    saved = undefined;
  });
  afterEach(() => void vi.useRealTimers());

  async function make(): Promise<LauncherModel> {
    const state = { save: async (_: string, value: unknown) => void (saved = value), fetch: async () => saved };
    const trans = nullTranslator.load('test');
    const model = new LauncherModel({ server, settings: new HotspotsSettings(), state: state as never, trans });
    await settle();
    return model;
  }

  it('asks for what was typed, and leaves to the server what was not', async () => {
    const model = await make();
    model.edit({ path: ' demo/pipeline.py ', args: `--alerts 'two words.parquet'` });
    expect(model.body()).toEqual({
      target: { kind: 'script', path: 'demo/pipeline.py', args: ['--alerts', 'two words.parquet'] },
      cwd: null,
      python: null,
      env: {}
    });
  });

  it('runs a module as Python would', async () => {
    const model = await make();
    model.edit({ path: '-m package.module', cwd: 'demo', env: 'THREADS=1', python: '/usr/bin/python3.12' });
    expect(model.body()).toEqual({
      target: { kind: 'module', module: 'package.module', args: [] },
      cwd: 'demo',
      python: '/usr/bin/python3.12',
      env: { THREADS: '1' }
    });
  });

  it.each([
    [{ path: '' }, 'path'],
    [{ path: 'a.py', args: '"open' }, 'args'],
    [{ path: 'a.py', env: 'NOT A VARIABLE' }, 'env']
  ])('says at which field %j is wrong', async (fields, field) => {
    const model = await make();
    model.edit(fields);
    expect(model.body()).toBeNull();
    expect(model.problem).toMatchObject({ field });
    expect(model.problem!.hint).not.toBe('');
    model.edit({ path: 'b.py' });
    expect(model.problem).toBeNull();
  });

  it('unfolds a folded field that is wrong', async () => {
    const model = await make();
    model.edit({ path: 'a.py', env: '1=2' });
    model.body();
    expect(model.isUnfolded).toBe(true);
  });

  it('offers what can run a script, and chooses what is installed', async () => {
    const model = await make();
    expect([model.profilers, model.profiler]).toEqual([[], '']);
    await server.check();
    expect(model.profilers.map(({ name }) => name)).toEqual(['memray', 'cprofile', 'sampling']);
    expect(model.profiler).toBe('cprofile');
    model.profiler = 'memray';
    expect(model.profiler).toBe('cprofile');
    model.profiler = 'sampling';
    expect(model.profiler).toBe('sampling');
  });

  it('brings back what a script was run with the last time', async () => {
    const model = await make();
    model.edit({ path: 'a.py', args: '--fast', cwd: 'demo' });
    model.started();
    model.choose('b.py');
    expect(model.fields.args).toBe('');
    model.choose('a.py');
    expect(model.fields).toMatchObject({ args: '--fast', cwd: 'demo' });
  });

  it('is as it was after a reload, but never over what was chosen meanwhile', async () => {
    const before = await make();
    before.edit({ path: 'a.py', args: '--fast' });
    before.started();
    vi.advanceTimersByTime(500);
    expect((await make()).fields).toMatchObject({ path: 'a.py', args: '--fast' });
    const state = { save: async () => undefined, fetch: async () => saved };
    const trans = nullTranslator.load('test');
    const quick = new LauncherModel({ server, settings: new HotspotsSettings(), state: state as never, trans });
    quick.choose('b.py');
    await settle();
    expect(quick.fields.path).toBe('b.py');
    quick.choose('a.py');
    expect(quick.fields.args).toBe('--fast');
  });

  it('takes a run over from the history', async () => {
    const model = await make();
    await server.check();
    const request = {
      target: { kind: 'script', path: '/home/me/a.py', args: ['--name', 'two words'] },
      profiler: 'sampling',
      options: {},
      cwd: '/home/me',
      python: '/usr/bin/python',
      env: { A: '1' },
      timeout_s: null
    } as const;
    model.take({ ...request, target: { ...request.target, args: [...request.target.args] } }, 'a.py');
    expect(model.fields).toEqual({
      path: 'a.py',
      args: `--name 'two words'`,
      cwd: '/home/me',
      env: 'A=1',
      python: ''
    });
    expect(model.profiler).toBe('sampling');
  });
});
