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
