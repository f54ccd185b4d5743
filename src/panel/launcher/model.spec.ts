import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ProfilerDescription, ProfilerOption } from '../../api/generated/rest';
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
  systems: ['Linux'],
  pythons: '3.10–3.14',
  live: true,
  options: [],
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

  it('offers what can run a script, and chooses what is installed: the one of the settings first', async () => {
    const model = await make();
    expect([model.profilers, model.chosen]).toEqual([[], []]);
    await server.check();
    expect(model.profilers.map(({ name }) => name)).toEqual(['memray', 'cprofile', 'sampling']);
    expect(model.chosen).toEqual(['sampling']);
    model.chooseProfilers('memray');
    expect(model.chosen).toEqual(['sampling']);
    model.chooseProfilers('cprofile');
    expect(model.chosen).toEqual(['cprofile']);
  });

  it('takes several, in the order of the list, and always keeps one', async () => {
    const model = await make();
    await server.check();
    model.edit({ path: 'a.py' });
    model.toggleProfiler('cprofile');
    expect(model.body()).toMatchObject({ profiler: 'cprofile,sampling' });
    model.toggleProfiler('sampling');
    model.toggleProfiler('cprofile');
    expect(model.chosen).toEqual(['cprofile']);
  });

  it('remembers the profilers and their options over a reload', async () => {
    const before = await make();
    await server.check();
    before.chooseProfilers('sampling', 'cprofile');
    before.setOption('rate', '500');
    vi.advanceTimersByTime(500);
    const after = await make();
    expect([after.chosen, after.option('rate')]).toEqual([['cprofile', 'sampling'], '500']);
  });

  it('keeps a chosen profiler that is not installed now, and uses it once it is', async () => {
    saved = { profiler: 'memray,cprofile' };
    const model = await make();
    await server.check();
    expect([model.chosen, model.absent.map(({ name }) => name)]).toEqual([['cprofile'], ['memray']]);
    model.toggleProfiler('sampling');
    vi.advanceTimersByTime(500);
    const after = await make();
    expect([after.chosen, after.absent.length]).toEqual([['cprofile', 'sampling'], 1]);
    client.description.profilers[0] = { ...client.description.profilers[0]!, installed: true };
    await server.check();
    expect(after.chosen).toEqual(['memray', 'cprofile', 'sampling']);
    after.toggleProfiler('memray');
    expect([after.chosen, after.absent]).toEqual([['cprofile', 'sampling'], []]);
  });

  it('unfolds the form for a problem in what is folded', async () => {
    const model = await make();
    model.isFolded = true;
    model.setProblem({ field: 'path', message: '', hint: '' });
    expect(model.isFolded).toBe(true);
    model.setProblem({ field: 'args', message: '', hint: '' });
    expect(model.isFolded).toBe(false);
  });

  describe('with options', () => {
    const option = (name: string, kind: ProfilerOption['kind']): ProfilerOption => ({
      ...{ name, kind, title: name, help: '', default: null }
    });
    beforeEach(() => {
      client.description.profilers = [
        { ...PROFILER, name: 'sampling', options: [option('rate', 'number'), option('native', 'flag')] },
        { ...PROFILER, name: 'line', options: [option('select', 'texts'), option('rate', 'number')] }
      ];
    });

    it('sends those that were set, by their kinds, and only those of what is chosen', async () => {
      const model = await make();
      await server.check();
      model.edit({ path: 'a.py' });
      model.setOption('rate', ' 500 ');
      model.setOption('native', 'true');
      model.setOption('select', 'pkg.mod:fit, pkg.other,');
      expect(model.body()!.options).toEqual({ rate: 500, native: true });
      model.toggleProfiler('line');
      expect(model.options.map(({ name }) => name)).toEqual(['rate', 'native', 'select']);
      expect(model.body()!.options).toEqual({ rate: 500, native: true, select: ['pkg.mod:fit', 'pkg.other'] });
      model.setOption('rate', '');
      model.chooseProfilers('line');
      expect(model.body()!.options).toEqual({ select: ['pkg.mod:fit', 'pkg.other'] });
    });

    it('unfolds them where one is no number', async () => {
      const model = await make();
      await server.check();
      model.edit({ path: 'a.py' });
      model.setOption('rate', 'often');
      expect(model.body()).toBeNull();
      expect([model.problem!.field, model.showsOptions]).toEqual(['options', true]);
      expect(model.problem!.message).toContain('often');
    });
  });

  it('names the command that installs a profiler where the script will run', async () => {
    const model = await make();
    await server.check();
    const memray = { ...PROFILER, name: 'memray', install: '-m pip install memray' };
    expect(model.installCommand(memray)).toBe('/usr/bin/python -m pip install memray');
    model.edit({ python: '/opt/my env/bin/python' });
    expect(model.installCommand(memray)).toBe(`'/opt/my env/bin/python' -m pip install memray`);
    expect(model.installCommand({ ...memray, install: "pip install 'scalene>=2'" })).toContain(
      "/bin/python' -m pip install 'scalene>=2'"
    );
    expect(model.installCommand({ ...memray, install: 'apt install austin' })).toBe('apt install austin');
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
      options: { rate: 250 },
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
    expect([model.chosen, model.option('rate')]).toEqual([['sampling'], '250']);
  });
});
