// @vitest-environment jsdom
import '../../testing/browser';

import { beforeEach, describe, expect, it } from 'vitest';

import { ProgressRow } from './progress';

describe('ProgressRow', () => {
  let row: ProgressRow;
  beforeEach(() => void (row = new ProgressRow('How far the program is')));

  const text = (): string => row.node.querySelector('span')!.textContent;

  it('is not there for a program that says nothing', () => {
    expect(row.isHidden).toBe(true);
    row.setProgress({ done: 1, total: 2, label: '' });
    expect(row.isHidden).toBe(false);
    row.setProgress(null);
    expect(row.isHidden).toBe(true);
  });

  it('is a bar with its name, and figures like all others', () => {
    row.setProgress({ done: 1200, total: 10_000, label: '64 alerts/s' });
    const bar = row.node.querySelector('progress')!;
    expect([bar.value, bar.max, bar.getAttribute('aria-label')]).toEqual([1200, 10_000, 'How far the program is']);
    expect(text()).toBe('1\u202f200 / 10\u202f000 · 64 alerts/s');
  });

  it('shows a share where the program counts in parts', () => {
    row.setProgress({ done: 0.25, total: 1, label: '' });
    expect(text()).toBe('25.0 %');
  });
});
