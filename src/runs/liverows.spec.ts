import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { makeHotspots, makeLines } from '../testing/events';
import { LiveRows } from './liverows';
import type { IRowsQuery } from './rows';

const QUERY: IRowsQuery = { sort: 'own_s', descending: true, text: '', hideLibrary: false };

function names(rows: LiveRows): string[] {
  return Array.from({ length: rows.length }, (_, index) => rows.row(index)!.function);
}

describe('LiveRows', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function started(): LiveRows {
    const rows = new LiveRows('functions', QUERY, 1000);
    rows.fold(
      makeHotspots(
        [
          { id: 1, own: 3, total: 4, name: 'clip' },
          { id: 2, own: 6, total: 6, name: 'spectrum' },
          { id: 3, own: 1, total: 9, name: 'main', calls: 7 },
          { id: 4, own: 0.5, name: 'sort', origin: 'library' },
          { id: 5, own: 0.2, name: 'len', origin: 'builtin' }
        ],
        10
      )
    );
    return rows;
  }

  it('shows the first rows at once, ranked, with shares of the time so far', () => {
    const rows = started();
    expect(names(rows)).toEqual(['spectrum', 'clip', 'main', 'sort', 'len']);
    expect(rows.row(0)).toMatchObject({
      figures: { own_share: 0.6, total_share: 0.6 },
      file: '/home/me/spectrum.py',
      line: 2
    });
    expect(rows.row(4)).toMatchObject({ file: null, line: null });
  });

  it('lets rows move at most twice a second', () => {
    const rows = started();
    const changed = vi.fn();
    rows.changed.connect(changed);
    rows.fold(makeHotspots([{ id: 1, own: 20, total: 20 }], 25));
    rows.fold(makeHotspots([{ id: 1, own: 22, total: 22 }], 26));
    expect(names(rows)[0]).toBe('spectrum');
    expect(changed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(500);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(names(rows)[0]).toBe('clip');
    expect(rows.row(0)!.figures['own_s']).toBe(22);
  });

  it('keeps the selected row in its place while others move around it', () => {
    const rows = started();
    rows.pin(rows.row(1)!.key);
    rows.fold(
      makeHotspots(
        [
          { id: 1, own: 0.1 },
          { id: 3, own: 30 }
        ],
        50
      )
    );
    vi.advanceTimersByTime(500);
    expect(names(rows)).toEqual(['main', 'clip', 'spectrum', 'sort', 'len']);
    rows.pin(null);
    rows.fold(makeHotspots([{ id: 1, own: 0.15 }], 51));
    vi.advanceTimersByTime(500);
    expect(names(rows)).toEqual(['main', 'spectrum', 'sort', 'len', 'clip']);
  });

  it('hides library code and says how much of it there is', () => {
    const rows = started();
    rows.setQuery({ ...QUERY, hideLibrary: true });
    expect(names(rows)).toEqual(['spectrum', 'clip', 'main']);
    expect([rows.total, rows.matched, rows.hidden]).toEqual([5, 5, 2]);
  });

  it('filters by function or file, whatever the letter case', () => {
    const rows = started();
    rows.setQuery({ ...QUERY, text: ' SPECTRUM.py ' });
    expect(names(rows)).toEqual(['spectrum']);
    expect([rows.total, rows.matched]).toEqual([5, 1]);
  });

  it.each([
    ['spectrum home', ['spectrum']],
    ['ME  spec', ['spectrum']],
    ['spec clip', []],
    ['fetcher', ['read']]
  ])('shows for “%s” what holds every word, in names or file, as the server does afterwards', (text, expected) => {
    const rows = started();
    rows.fold(makeHotspots([{ id: 6, own: 0.1, name: 'read', qualname: 'Fetcher.read' }], 10));
    rows.setQuery({ ...QUERY, text });
    expect(names(rows)).toEqual(expected);
  });

  it('sorts by what is asked for, at once', () => {
    const rows = started();
    rows.setQuery({ ...QUERY, sort: 'total_s' });
    expect(names(rows)[0]).toBe('main');
    rows.setQuery({ ...QUERY, sort: 'function', descending: false });
    expect(names(rows)).toEqual(['clip', 'len', 'main', 'sort', 'spectrum']);
    rows.setQuery({ ...QUERY, sort: 'calls' });
    expect(names(rows)[0]).toBe('main');
  });

  it('shows no more rows than it may', () => {
    const rows = new LiveRows('functions', QUERY, 2);
    rows.fold(
      makeHotspots(
        [1, 2, 3].map(id => ({ id, own: id, name: `f${id}` })),
        10
      )
    );
    expect(names(rows)).toEqual(['f3', 'f2']);
    expect(rows.matched).toBe(3);
  });

  it('shows lines with the figures they have: the most telling first, with shares of the run and of the function', () => {
    const rows = new LiveRows('lines', { ...QUERY, sort: 'calls' }, 1000);
    rows.fold(
      makeLines(
        [
          { id: 8, source: 'while n > 1:', figures: { hits: 900, time_s: 1 } },
          { id: 9, source: '    n = n // 2', figures: { hits: 600, time_s: 3 } }
        ],
        8
      )
    );
    expect(rows.order).toEqual({ sort: 'time_s', descending: true });
    expect(rows.row(0)).toMatchObject({
      line: 9,
      source: '    n = n // 2',
      figures: { hits: 600, time_s: 3, share: 0.375, share_of_function: 0.75 }
    });
    rows.setQuery({ ...QUERY, sort: 'hits', text: 'while' });
    expect([rows.row(0)!.line, rows.length]).toEqual([8, 1]);
    rows.setQuery({ ...QUERY, sort: 'line', descending: false });
    expect([rows.row(0)!.line, rows.row(1)!.line]).toEqual([8, 9]);
  });

  it('takes shares of memory from what grows, and a figure that was not measured as none', () => {
    const rows = new LiveRows('lines', QUERY, 1000);
    rows.fold(
      makeLines(
        [
          { id: 1, figures: { increment_bytes: 3e6, rss_bytes: 9e6 } },
          { id: 2, figures: { increment_bytes: -1e6 } },
          { id: 3, figures: { increment_bytes: 1e6 } }
        ],
        8
      )
    );
    const figures = [0, 1, 2].map(index => rows.row(index)!.figures);
    expect(figures.map(({ share }) => share)).toEqual([0.75, 0.25, -0.25]);
    expect('rss_bytes' in figures[1]!).toBe(false);
  });

  it('puts rows that nobody sees into no order, until somebody looks', () => {
    const rows = new LiveRows('functions', QUERY, 1000);
    rows.isShown = false;
    rows.fold(makeHotspots([{ id: 1, own: 1, name: 'a' }], 10));
    expect([rows.hasRows, rows.length]).toEqual([true, 0]);
    rows.isShown = true;
    expect(names(rows)).toEqual(['a']);
  });
});
