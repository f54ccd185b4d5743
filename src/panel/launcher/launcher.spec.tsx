// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ServerHalf } from '../../api/serverhalf';
import { CurrentRun } from '../../runs/current';
import { RunList } from '../../runs/list';
import { HotspotsSettings } from '../../runs/settings';
import { MemoryClient } from '../../testing/client';
import { makeSummary } from '../../testing/events';
import { HandStream } from '../../testing/stream';
import { LauncherBody } from './body';
import type { PathCompleter } from './completion';
import { LauncherModel } from './model';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

describe('LauncherBody', () => {
  let current: CurrentRun;
  let model: LauncherModel;
  let body: LauncherBody;
  const stop = vi.fn();

  beforeEach(async () => {
    const client = new MemoryClient();
    const stream = new HandStream();
    const settings = new HotspotsSettings();
    const trans = nullTranslator.load('test');
    current = new CurrentRun({ client, stream, list: new RunList({ client, stream }), settings, state: null });
    model = new LauncherModel({ server: new ServerHalf(client), settings, state: null, trans });
    const completer = { complete: async () => [] } as unknown as PathCompleter;
    stop.mockReset();
    body = new LauncherBody({ model, current, completer, trans, openFile: () => null, start: vi.fn(), stop });
    await act(async () => {
      Widget.attach(body, document.body);
      MessageLoop.flush();
      await body.renderPromise;
    });
  });
  afterEach(() => act(() => body.dispose()));

  const button = (name: string): HTMLButtonElement =>
    [...body.node.querySelectorAll('button')].find(
      node => (node.getAttribute('aria-label') ?? node.textContent).split(':')[0] === name
    )!;
  const field = (name: string): HTMLElement | null => body.node.querySelector(`[data-field="${name}"]`);

  it('has Stop in its place all the time, and it stops only what runs', async () => {
    const places = (): string[] =>
      [...button('Stop').parentElement!.children].map(({ className }) => className.split(' ')[0]!);
    const before = places();
    expect(button('Stop').getAttribute('aria-disabled')).toBe('true');
    button('Stop').click();
    expect(stop).not.toHaveBeenCalled();
    await act(async () => void current.show(makeSummary()));
    expect([button('Stop').getAttribute('aria-disabled'), places()]).toEqual(['false', before]);
    button('Stop').click();
    expect(stop).toHaveBeenCalledOnce();
    await act(async () => current.run!.setSummary(makeSummary({ status: 'cancelled' })));
    expect([button('Stop').getAttribute('aria-disabled'), places()]).toEqual(['true', before]);
    button('Stop').click();
    expect(stop).toHaveBeenCalledOnce();
  });

  it('folds to the script, its buttons and a line that tells the rest, and keeps the focus', async () => {
    await act(async () => model.edit({ path: 'fit.py', args: '--night 20240716', cwd: 'data' }));
    field('args')!.focus();
    await act(async () => (model.isFolded = true));
    const fold = button('Arguments and question');
    expect(fold.textContent).toContain('--night 20240716 · in data');
    expect([field('args'), document.activeElement]).toEqual([null, fold]);
    expect(field('path')).not.toBeNull();
    await act(async () => fold.click());
    expect([model.isFolded, fold.getAttribute('aria-expanded')]).toEqual([false, 'true']);
    expect(field('args')).not.toBeNull();
  });
});
