// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CurrentRun } from '../../runs/current';
import { RunList } from '../../runs/list';
import { PAGE } from '../../runs/runtree';
import { HotspotsSettings } from '../../runs/settings';
import { MemoryClient } from '../../testing/client';
import { makeSummary } from '../../testing/events';
import { HandStream, settle } from '../../testing/stream';
import { TreeView } from './tree';

Object.assign(globalThis, {
  IS_REACT_ACT_ENVIRONMENT: true,
  // There is no layout here: what is seen keeps the size that the view begins with.
  ResizeObserver: class {
    observe(): void {}
    disconnect(): void {}
  }
});

describe('TreeView', () => {
  let client: MemoryClient;
  let current: CurrentRun;
  let view: TreeView;
  let opened: unknown[];

  beforeEach(() => {
    client = new MemoryClient();
    client.tree = [
      {
        ...{ name: '<module>', total: 10, file: '/home/me/fit.py', line: 9 },
        below: [
          { name: 'main', total: 4, file: '/home/me/fit.py', line: 7, below: [{ name: 'solve', total: 4 }] },
          { name: '<built-in method builtins.sum>', total: 3, origin: 'builtin' },
          ...Array.from({ length: PAGE + 5 }, (_, index) => ({ name: `f${index}`, total: 0.01 }))
        ]
      }
    ];
    const stream = new HandStream();
    const list = new RunList({ client, stream });
    current = new CurrentRun({ client, stream, list, settings: new HotspotsSettings(), state: null });
    opened = [];
    view = new TreeView({
      current,
      trans: nullTranslator.load('test'),
      open: ({ file, line }) => void opened.push(`${file}:${line}`)
    });
  });
  afterEach(() => {
    act(() => view.dispose());
    current.dispose();
  });

  async function show(): Promise<void> {
    await act(async () => {
      Widget.attach(view, document.body);
      MessageLoop.flush();
      await view.renderPromise;
      const summary = makeSummary({ status: 'succeeded' });
      client.runsById.set(summary.id, summary);
      current.show(summary);
      current.showTable('tree');
      await settle();
    });
    await act(settle);
  }
  const tree = (): HTMLElement => view.node.querySelector('[role=tree]')!;
  const rows = (): HTMLElement[] => [...view.node.querySelectorAll<HTMLElement>('[role=treeitem]')];
  /** The row that the keyboard is at, as it is announced. */
  const active = (): HTMLElement => document.getElementById(tree().getAttribute('aria-activedescendant')!)!;
  const press = (key: string): Promise<void> =>
    act(async () => {
      tree().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await settle();
    });

  it('draws what is in view of a node with many children, and says what each row is', async () => {
    await show();
    expect(rows().length).toBeLessThan(PAGE / 2);
    const [module, main, sum] = rows();
    expect(module!.getAttribute('aria-expanded')).toBe('true');
    expect(main!.getAttribute('aria-label')).toBe('main, Total 40.0 %, Time 4.00 s, Own 0.00 µs, fit.py:7');
    const attributes = ['aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded'];
    expect(attributes.map(name => main!.getAttribute(name))).toEqual(['2', '1', String(PAGE + 7), 'false']);
    expect(sum!.querySelector('.jp-Hotspots-tree-text')!.textContent).toBe('sum');
    expect([main!, sum!].map(row => row.classList.contains('jp-mod-library'))).toEqual([false, true]);
    expect(sum!.hasAttribute('aria-expanded')).toBe(false);
  });

  it('is walked through by the arrow keys', async () => {
    await show();
    act(() => tree().focus());
    expect(active().textContent).toContain('<module>');
    await press('ArrowRight');
    expect(active().textContent).toContain('main');
    await press('ArrowRight');
    expect([active().getAttribute('aria-expanded'), rows()[2]!.textContent]).toEqual([
      'true',
      expect.stringContaining('solve')
    ]);
    await press('ArrowRight');
    expect(active().textContent).toContain('solve');
    await press('ArrowRight');
    expect(active().textContent).toContain('solve');
    await press('ArrowLeft');
    await press('ArrowLeft');
    expect([active().getAttribute('aria-expanded'), rows()[2]!.textContent]).toEqual([
      'false',
      expect.stringContaining('sum')
    ]);
    await press('Enter');
    expect(opened).toEqual(['/home/me/fit.py:7']);
    await press('ArrowLeft');
    await press(' ');
    expect(rows()).toHaveLength(1);
  });

  it('fetches more children at its end, and stays where they begin', async () => {
    await show();
    act(() => tree().focus());
    await press('End');
    await act(async () => {
      Object.defineProperty(tree(), 'clientHeight', { value: 400 });
      tree().scrollTop = 22 * PAGE;
      tree().dispatchEvent(new Event('scroll'));
      await settle();
    });
    expect(active().textContent).toBe('7 more…');
    await press('Enter');
    expect(active().textContent).toContain(`f${PAGE - 2}`);
    expect(client.calls.filter(call => call.startsWith('branches'))).toEqual(['branches 0 0', `branches 0 ${PAGE}`]);
  });

  it('opens the file of a row that is clicked, and unfolds what has none', async () => {
    await show();
    await act(async () => rows()[1]!.click());
    expect([opened, view.selected?.name]).toEqual([['/home/me/fit.py:7'], 'main']);
    await act(async () => rows()[1]!.querySelector<HTMLElement>('.jp-Hotspots-tree-caret')!.click());
    await act(settle);
    expect(rows()[2]!.textContent).toContain('solve');
    expect(opened).toHaveLength(1);
  });
});
