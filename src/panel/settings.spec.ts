import { describe, expect, it, vi } from 'vitest';

import { makeSettings } from '../testing/settings';
import { openAtStart } from './opening';
import { SECTIONS } from './sections';
import { keepSectionOrder, panelSide, sectionOrder } from './settings';

describe('settings of the panel', () => {
  it('are their defaults where nothing was chosen, or something else', () => {
    for (const settings of [makeSettings({}), makeSettings({ panelSide: 'top', sections: 'all' })]) {
      expect([panelSide(settings), sectionOrder(settings)]).toEqual(['left', [...SECTIONS]]);
    }
  });

  it('keep sections that a hand-edited order forgets, at the end', () => {
    const settings = makeSettings({ sections: ['history', 'nonsense', 'output', 'history'] });
    expect(sectionOrder(settings)).toEqual(['history', 'output', 'launcher', 'telemetry', 'hotspots']);
  });

  it('remember an order, and say that it has changed', async () => {
    const settings = makeSettings({});
    const changed = vi.fn();
    settings.changed.connect(changed);
    await keepSectionOrder(settings, [...SECTIONS].reverse());
    expect(sectionOrder(settings)).toEqual([...SECTIONS].reverse());
    expect(changed).toHaveBeenCalledTimes(1);
  });
});

describe('openAtStart', () => {
  it.each([
    [true, false, ['jp-hotspots-panel']],
    [true, true, []],
    [false, false, []],
    [undefined, false, []]
  ])('chosen: %s, open already: %s', async (chosen, isVisible, expected) => {
    const opened: string[] = [];
    const shell = { activateById: (id: string) => void opened.push(id) };
    await openAtStart(
      { id: 'jp-hotspots-panel', isVisible },
      makeSettings({ openAtStart: chosen }),
      shell,
      Promise.resolve()
    );
    expect(opened).toEqual(expected);
  });

  it('waits for the layout, which may have the panel open already', async () => {
    const panel = { id: 'jp-hotspots-panel', isVisible: false };
    const opened: string[] = [];
    let restore = (): void => undefined;
    const restored = new Promise<void>(resolve => void (restore = resolve));
    const done = openAtStart(
      panel,
      makeSettings({ openAtStart: true }),
      { activateById: id => void opened.push(id) },
      restored
    );
    panel.isVisible = true;
    restore();
    await done;
    expect(opened).toEqual([]);
  });
});
