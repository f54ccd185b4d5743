// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';

import type { RunSummary } from '../../api/generated/rest';
import { makeSummary } from '../../testing/events';
import { placeAt, topsOf } from './body';
import { rowHeight, RunRow } from './row';

const trans = nullTranslator.load('test');
const actions = { open: () => undefined, again: () => undefined, delete: () => undefined, stop: () => undefined };

function linesOf(run: RunSummary): string[] {
  const box = document.createElement('div');
  const row = { run, place: 'alone', isShown: false, isFocused: false, top: 0, height: 38, trans, actions } as const;
  box.innerHTML = renderToStaticMarkup(<RunRow {...row} />);
  return [...box.querySelectorAll('.jp-Hotspots-run-name, .jp-Hotspots-run-figures, .jp-Hotspots-run-second')].map(
    ({ textContent }) => textContent
  );
}

const FAILED = makeSummary({
  status: 'failed',
  reason: 'ValueError: no stars',
  wall_s: 1.5,
  target: { kind: 'script', name: 'fit.py', path: '/home/me/fit.py', module: null, args: ['--night', '2'] },
  created: new Date().toISOString()
});

describe('RunRow', () => {
  it('tells of a failure when, under what and for how long it ran, and below why', () => {
    expect(linesOf(FAILED)).toEqual([
      'fit.py',
      '1.50 s',
      expect.stringMatching(/ · cprofile · --night 2$/),
      'ValueError: no stars'
    ]);
    expect(rowHeight(FAILED)).toBeGreaterThan(rowHeight(makeSummary({ status: 'succeeded' })));
  });

  it('says that a run was imported, and when it came', () => {
    const run = makeSummary({
      status: 'succeeded',
      by: 'import',
      started: '2001-01-01T00:00:00Z',
      created: FAILED.created
    });
    expect(linesOf(run)[2]).toMatch(/^imported (?!.*200\d).* · cprofile$/);
  });

  it('names the state of a run that was stopped', () => {
    const run = makeSummary({ status: 'cancelled', reason: 'It was cancelled.', created: FAILED.created });
    expect(linesOf(run)[2]).toMatch(/^cancelled · .* · cprofile$/);
  });
});

it('rows of two heights lie one below the other, and are found by where they are', () => {
  const runs = [FAILED, makeSummary({ status: 'succeeded' }), FAILED];
  const tops = topsOf(runs);
  expect(tops).toHaveLength(4);
  runs.forEach((run, index) => {
    expect(tops[index + 1]! - tops[index]!).toBe(rowHeight(run));
    expect([placeAt(tops, tops[index]!), placeAt(tops, tops[index + 1]! - 1)]).toEqual([index, index]);
  });
  expect([placeAt(tops, 1e6), placeAt(topsOf([]), 100)]).toEqual([2, 0]);
});
