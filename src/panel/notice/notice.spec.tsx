// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act } from 'react';
import type { Mock } from 'vitest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { HotspotsError } from '../../api/errors';
import { VERSION } from '../../api/generated/version';
import { ServerHalf } from '../../api/serverhalf';
import { CurrentRun } from '../../runs/current';
import { RunList } from '../../runs/list';
import { HotspotsSettings } from '../../runs/settings';
import { MemoryClient } from '../../testing/client';
import { makeSummary } from '../../testing/events';
import { HandStream } from '../../testing/stream';
import { NoticeBoard } from '.';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

describe('NoticeBoard', () => {
  let client: MemoryClient;
  let server: ServerHalf;
  let current: CurrentRun;
  let board: NoticeBoard;
  let shown: Mock<() => void>;

  beforeEach(async () => {
    client = new MemoryClient();
    client.description.version = VERSION;
    server = new ServerHalf(client);
    const stream = new HandStream();
    const list = new RunList({ client, stream });
    current = new CurrentRun({ client, stream, list, settings: new HotspotsSettings(), state: null });
    shown = vi.fn();
    board = new NoticeBoard({ server, stream, current, trans: nullTranslator.load('test'), showOutput: shown });
    await act(async () => {
      Widget.attach(board, document.body);
      MessageLoop.flush();
      await board.renderPromise;
    });
  });
  afterEach(() => act(() => board.dispose()));

  /** Ask the server half, which answers as `client` says. */
  const check = (failure: HotspotsError | null = null): Promise<void> =>
    act(async () => {
      client.failure = failure;
      await server.check();
    });
  const press = (name: string): Promise<void> =>
    act(async () =>
      [...board.node.querySelectorAll('button')]
        .find(({ title, textContent }) => [title, textContent].includes(name))!
        .click()
    );
  const alerts = (): string[] => [...board.node.querySelectorAll('[role=alert]')].map(({ textContent }) => textContent);
  const remarks = (): string[] =>
    [...board.node.querySelectorAll('[role=status]')].map(({ textContent }) => textContent);

  it('says nothing while all is well', async () => {
    await check();
    expect(board.node.textContent).toBe('');
  });

  it('says that the server half is not there and what to do, until it is', async () => {
    await check(new HotspotsError('404 Not Found', { status: 404 }));
    expect(alerts()).toEqual([expect.stringContaining('The server half of Hotspots is not there.')]);
    expect(alerts()[0]).toContain('jupyter server extension list');
    expect(board.node.querySelector('[title=Close]')).toBeNull();
    await press('Check again');
    expect(board.node.textContent).toBe('');
  });

  it('says why the server does not answer', async () => {
    await check(new HotspotsError('The network is away.', { status: 0 }));
    expect(alerts()).toEqual([expect.stringContaining('The server does not answer. The network is away.')]);
  });

  it.each([
    ['0.0.1', 'Restart Jupyter Server', 'Check again'],
    ['99.0.0', 'Reload this page', 'Reload']
  ])('says which half is the older one: a server half of version %s', async (version, hint, action) => {
    client.description.version = version;
    await check();
    expect(remarks()).toEqual([
      expect.stringContaining(`The panel is version ${VERSION}, the server half version ${version}.`)
    ]);
    expect(remarks()[0]).toContain(hint);
    expect(remarks()[0]).toContain(action);
  });

  it('keeps a notice closed, but says it of another version again', async () => {
    client.description.version = '0.0.1';
    await check();
    await press('Close');
    await check();
    expect(remarks()).toEqual([]);
    client.description.version = '0.0.2';
    await check();
    expect(remarks()).toHaveLength(1);
  });

  it('says why a run failed', async () => {
    const summary = makeSummary({ status: 'failed', reason: 'It was killed.' });
    client.runsById.set(summary.id, summary);
    await act(async () => void current.show(summary));
    expect(alerts()).toEqual(['pipeline.py failed. It was killed. ']);
  });

  it('says the last line of the error stream, and leads to the rest', async () => {
    const said = 'pipeline.py: error: argument --night: invalid int value';
    client.printed = { stdout: '', stderr: `usage: pipeline.py [-h]\n\u001b[31m${said}\u001b[0m\n\n` };
    const summary = makeSummary({ status: 'failed', reason: 'It exited with status 2.' });
    client.runsById.set(summary.id, summary);
    await act(async () => void current.show(summary));
    const line = board.node.querySelector('code')!;
    expect([line.textContent, line.title]).toEqual([said, said]);
    await press('Show output');
    expect(shown).toHaveBeenCalledOnce();
  });

  it('does not say twice what an exception said', async () => {
    client.printed = { stdout: '', stderr: 'Traceback\nValueError: no stars\n' };
    const summary = makeSummary({ status: 'failed', reason: 'ValueError: no stars (pipeline.py, line 3)' });
    client.runsById.set(summary.id, summary);
    await act(async () => void current.show(summary));
    expect(board.node.querySelector('code')).toBeNull();
    expect(alerts()[0]).toContain('Show output');
  });
});
