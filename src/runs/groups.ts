import type { RunSummary } from '../api/generated/rest';

/** Where a run stands among those of its group, as they are listed. */
export type GroupPlace = 'alone' | 'first' | 'middle' | 'last';

/** A run of a list, and where it stands in its group. */
export interface IListedRun {
  readonly run: RunSummary;
  readonly place: GroupPlace;
}

/**
 * Runs with those of one group side by side, in the order in which they were asked for, at the place of the newest.
 */
export function listByGroup(runs: readonly RunSummary[]): IListedRun[] {
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    if (run.group !== null) {
      groups.set(run.group, [...(groups.get(run.group) ?? []), run]);
    }
  }
  const listed: IListedRun[] = [];
  for (const run of runs) {
    const members = run.group === null ? undefined : groups.get(run.group);
    if (run.group === null || !members || members.length === 1) {
      listed.push({ run, place: 'alone' });
    } else if (members[0] === run) {
      const last = members.length - 1;
      inOrder(members).forEach((member, index) =>
        listed.push({ run: member, place: index === 0 ? 'first' : index === last ? 'last' : 'middle' })
      );
    }
  }
  return listed;
}

/** Runs in the order in which they were asked for: ids sort by the time they were made. */
export function inOrder(runs: Iterable<RunSummary>): RunSummary[] {
  return [...runs].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** What the runs of a group are called among themselves: by their profiler, numbered where one ran more than once. */
export function namesInGroup(runs: readonly RunSummary[]): string[] {
  const count = (profiler: string, end: number): number =>
    runs.slice(0, end).filter(run => run.profiler === profiler).length;
  return runs.map(({ profiler }, index) =>
    count(profiler, runs.length) > 1 ? `${profiler} ${count(profiler, index) + 1}` : profiler
  );
}
