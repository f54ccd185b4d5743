import type { HotspotsEvent, RunSummary } from '../api/generated/rest';

/** A run as the server describes it. */
export function makeSummary(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: '01A',
    status: 'running',
    reason: null,
    target: { kind: 'script', name: 'pipeline.py', path: '/home/me/pipeline.py', module: null, args: [] },
    profiler: 'cprofile',
    cwd: '/home/me',
    created: '2026-11-21T09:00:00Z',
    started: null,
    ended: null,
    wall_s: null,
    cpu_s: null,
    peak_rss_bytes: null,
    exit_code: null,
    signal: null,
    by: 'lab',
    group: null,
    ...change
  };
}

/** An event of a live table: rows by id, named where they are new. */
export function makeHotspots(
  rows: {
    id: number;
    own: number;
    total?: number;
    calls?: number;
    name?: string;
    qualname?: string;
    origin?: string;
  }[],
  elapsed: number,
  seq = 1
): HotspotsEvent {
  const named = rows.filter(({ name }) => name !== undefined);
  return {
    type: 'hotspots',
    run: '01A',
    seq,
    t: elapsed,
    table: 'functions',
    define: {
      id: named.map(({ id }) => id),
      function: named.map(({ name }) => name!),
      qualname: named.map(({ qualname }) => qualname ?? null),
      file: named.map(({ name, origin }) => (origin === 'builtin' ? null : `/home/me/${name}.py`)),
      line: named.map(({ id, origin }) => (origin === 'builtin' ? null : id)),
      origin: named.map(({ origin }) => origin ?? 'own')
    },
    update: {
      id: rows.map(({ id }) => id),
      calls: rows.map(({ calls }) => calls ?? 1),
      primitive_calls: rows.map(({ calls }) => calls ?? 1),
      own_s: rows.map(({ own }) => own),
      total_s: rows.map(({ own, total }) => total ?? own)
    },
    elapsed_s: elapsed,
    complete: true
  };
}

/** An event of a live table of lines: rows by id, which is also their line, with whatever figures they have. */
export function makeLines(
  rows: { id: number; source?: string; figures: Record<string, number> }[],
  elapsed: number
): HotspotsEvent {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  return {
    type: 'hotspots',
    run: '01A',
    seq: 1,
    t: elapsed,
    table: 'lines',
    define: {
      id: rows.map(({ id }) => id),
      file: rows.map(() => '/home/me/loop.py'),
      line: rows.map(({ id }) => id),
      function: rows.map(() => 'loop'),
      origin: rows.map(() => 'own'),
      source: rows.map(({ source }) => source ?? null)
    },
    update: {
      id: rows.map(({ id }) => id),
      ...Object.fromEntries(names.map(name => [name, rows.map(({ figures }) => figures[name] ?? null)]))
    },
    elapsed_s: elapsed,
    complete: true
  };
}
