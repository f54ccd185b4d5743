// @vitest-environment jsdom
import '../testing/browser';

import { AccordionToolbar, CommandToolbarButton } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { AccordionPanel, Widget } from '@lumino/widgets';
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Section } from './section';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

class NamedSection extends Section {
  rename(label: string): void {
    this.setHeading(label);
  }
}

describe('Section', () => {
  let section: NamedSection;
  let accordion: AccordionPanel;
  const pressed = vi.fn();

  beforeEach(async () => {
    pressed.mockReset();
    section = new NamedSection({ name: 'telemetry', label: 'Now', toolbarLabel: 'Toolbar' });
    const commands = new CommandRegistry();
    commands.addCommand('press', { label: 'press', describedBy: { args: {} }, execute: pressed });
    section.toolbar.addItem('button', new CommandToolbarButton({ commands, id: 'press' }));
    const label = new Widget();
    label.node.append(document.createElement('b'));
    section.toolbar.insertItem(0, 'label', label);
    accordion = new AccordionPanel({ layout: AccordionToolbar.createLayout({}) });
    accordion.addWidget(section);
    await act(async () => Widget.attach(accordion, document.body));
  });
  afterEach(() => act(() => accordion.dispose()));

  const title = (): HTMLElement => accordion.titles[0]!;

  it.each([
    ['the label', '.lm-AccordionPanel-titleLabel'],
    ['the room between label and buttons', '.jp-Toolbar-spacer'],
    ['the name of the run', 'b'],
    ['the toolbar itself', '.jp-Toolbar']
  ])('folds and unfolds by a click on %s', (_, selector) => {
    const click = (): void => title().querySelector<HTMLElement>(selector)!.click();
    click();
    expect([section.isHidden, title().getAttribute('aria-expanded')]).toEqual([true, 'false']);
    click();
    expect([section.isHidden, title().getAttribute('aria-expanded')]).toEqual([false, 'true']);
  });

  it.each(['Enter', ' '])('folds by the key “%s”', key => {
    const keyCode = key === ' ' ? 32 : 13;
    title().dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true }));
    expect(section.isHidden).toBe(true);
  });

  it('does not fold by a click on a button', () => {
    title().querySelector<HTMLElement>('jp-button')!.click();
    expect(section.isHidden).toBe(false);
    expect(pressed).toHaveBeenCalledOnce();
  });

  it('gets another heading, which keeps the focus', () => {
    title().focus();
    section.rename('Last run');
    expect(title().textContent).toContain('Last run');
    expect(document.activeElement).toBe(title());
    expect(title().contains(section.toolbar.node)).toBe(true);
  });
});
