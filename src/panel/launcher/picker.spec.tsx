// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import { act } from 'react';
import React from 'react';
import type { Root } from 'react-dom/client';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ProfilerDescription } from '../../api/generated/rest';
import { ServerHalf } from '../../api/serverhalf';
import { HotspotsSettings } from '../../runs/settings';
import { MemoryClient } from '../../testing/client';
import { useSignals } from '../hooks';
import { LauncherModel } from './model';
import { ProfilerPicker } from './picker';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
Element.prototype.scrollIntoView = () => undefined;

const trans = nullTranslator.load('test');

function describeProfiler(name: string, change: Partial<ProfilerDescription> = {}): ProfilerDescription {
  return {
    ...{ name, title: name, question: `What does ${name} say?`, tool: `${name}-tool`, measures: ['lines'] },
    ...{ overhead: '×1.1–2', targets: ['script'], systems: ['Linux'], pythons: '3.10–3.14', live: true, options: [] },
    ...{ installed: true, version: '1.0', install: null, note: null },
    ...change
  };
}

function Shown({ model }: { model: LauncherModel }): JSX.Element {
  useSignals(model.changed);
  return <ProfilerPicker model={model} trans={trans} />;
}

describe('ProfilerPicker', () => {
  let model: LauncherModel;
  let root: Root;
  const copied = vi.fn();

  beforeEach(async () => {
    const client = new MemoryClient();
    client.description.profilers = [
      describeProfiler('sampling'),
      describeProfiler('memray', { installed: false, install: 'pip install memray' }),
      describeProfiler('line', { note: 'It counts.', live: false })
    ];
    const server = new ServerHalf(client, '1.2.0');
    await server.check();
    model = new LauncherModel({ server, settings: new HotspotsSettings(), state: null, trans });
    copied.mockReset();
    Object.assign(navigator, { clipboard: { writeText: async (text: string) => copied(text) } });
    const host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    await act(async () => root.render(<Shown model={model} />));
  });
  afterEach(async () => {
    await act(async () => root.unmount());
    document.body.replaceChildren();
    model.dispose();
  });

  const button = (): HTMLElement => document.querySelector('button')!;
  const list = (): HTMLElement | null => document.querySelector('[role=listbox]');
  const option = (name: string): HTMLElement => document.querySelector(`[data-profiler=${name}]`)!;
  const click = (node: Element): Promise<void> =>
    act(async () => void node.dispatchEvent(new MouseEvent('click', { bubbles: true })));
  const press = (key: string): Promise<void> =>
    act(async () => void list()!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));

  it('says what is chosen, and opens a list of questions with what each measures and costs', async () => {
    expect(button().getAttribute('aria-label')).toBe('What to find out: What does sampling say? (sampling)');
    await click(button());
    expect(button().getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(list());
    expect(option('line').textContent).toContain('What does line say?line · line-tool×1.1–2lines');
  });

  it('takes one by a click, and closes', async () => {
    await click(button());
    await click(option('line'));
    expect([model.chosen, list()]).toEqual([['line'], null]);
    expect(document.activeElement).toBe(button());
  });

  it('adds one by its box or by Space, and stays open', async () => {
    await click(button());
    await click(option('line').querySelector('.jp-Hotspots-box')!);
    expect([model.chosen, list() === null]).toEqual([['sampling', 'line'], false]);
    await press(' ');
    expect(model.chosen).toEqual(['line']);
    await press('Escape');
    expect([list(), model.chosen]).toEqual([null, ['line']]);
  });

  it('describes the one under the cursor, and takes it with Enter', async () => {
    await click(button());
    await press('End');
    const details = document.querySelector('.jp-Hotspots-profilers-details')!;
    expect(details.textContent).toContain('rows once the script has ended');
    expect(details.textContent).toContain('It counts.');
    await press('Enter');
    expect(model.chosen).toEqual(['line']);
  });

  it('gives the command that installs what is not installed, and does not take it', async () => {
    await click(button());
    expect(option('memray').getAttribute('aria-disabled')).toBe('true');
    expect(option('memray').textContent).toContain('/usr/bin/python -m pip install memray');
    await press('ArrowDown');
    await press(' ');
    await press('Enter');
    expect(copied).toHaveBeenCalledWith('/usr/bin/python -m pip install memray');
    expect([model.chosen, list() === null]).toEqual([['sampling'], false]);
    expect(document.querySelector('[role=status]')!.textContent).toContain('memray');
  });

  it('says what installs a chosen one that is not there now, and lets go of it', async () => {
    await act(async () => model.chooseProfilers('memray', 'line'));
    const line = document.querySelector<HTMLElement>('.jp-Hotspots-absent')!;
    expect(line.textContent).toContain('memray is not installed here: /usr/bin/python -m pip install memray');
    await click(line);
    expect(copied).toHaveBeenCalledWith('/usr/bin/python -m pip install memray');
    await click(button());
    expect(option('memray').getAttribute('aria-selected')).toBe('true');
    await click(option('memray').querySelector('.jp-Hotspots-box')!);
    expect([model.chosen, model.absent]).toEqual([['line'], []]);
    expect(document.querySelector('.jp-Hotspots-absent')).toBeNull();
  });

  it('closes when something else is clicked', async () => {
    await click(button());
    await act(async () => void document.body.dispatchEvent(new Event('pointerdown', { bubbles: true })));
    expect(list()).toBeNull();
  });
});
