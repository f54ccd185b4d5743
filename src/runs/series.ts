import type { Limits, TelemetryAnswer } from '../api/generated/rest';

type Columns = TelemetryAnswer['columns'];

/** Points kept of a run; more than any screen shows, few enough to draw at once. */
const MOST_POINTS = 8192;

/**
 * Telemetry of one run, as columns over one time axis (`t_s`, seconds since the run started).
 *
 * It stays bounded however long a run is: when it is full, neighbours are joined two by two. A joined point keeps the
 * *larger* value, so that a peak is never lost.
 */
export class Series {
  constructor(most: number = MOST_POINTS) {
    this._most = most;
  }

  /** Seconds since the run started, ascending. */
  get times(): readonly number[] {
    return this._times;
  }

  /** What the samples are measured against; null until it is known. */
  get limits(): Readonly<Limits> | null {
    return this._limits;
  }

  /** How many points there are. */
  get length(): number {
    return this._times.length;
  }

  /** A column, null where nothing was measured; undefined if the column was never seen. */
  column(name: string): readonly (number | null)[] | undefined {
    return this._columns.get(name);
  }

  /** The last value of a column that is not null. */
  last(name: string): number | null {
    const values = this._columns.get(name);
    for (let index = (values?.length ?? 0) - 1; index >= 0; index--) {
      const value = values![index];
      if (value !== null && value !== undefined) {
        return value;
      }
    }
    return null;
  }

  /** The largest value of a column. */
  peak(name: string): number | null {
    return this._peaks.get(name) ?? null;
  }

  /** Take in a peak that is known from elsewhere: what lies between two samples, none of them sees. */
  atLeast(name: string, value: number): void {
    this._peaks.set(name, Math.max(value, this._peaks.get(name) ?? -Infinity));
  }

  /** A limit that is a number above 0, by the first name that has one. */
  limit(...names: (keyof Limits)[]): number | null {
    for (const name of names) {
      const value = this._limits?.[name];
      if (typeof value === 'number' && value > 0) {
        return value;
      }
    }
    return null;
  }

  /** Add samples. Columns may come and go: what is missing is null. */
  add(columns: Columns, limits?: Limits | null): void {
    if (limits) {
      this._limits = limits;
    }
    const times = columns['t_s'] ?? [];
    for (const name of Object.keys(columns)) {
      if (name !== 't_s' && !this._columns.has(name)) {
        this._columns.set(name, new Array<number | null>(this._times.length).fill(null));
      }
    }
    for (let index = 0; index < times.length; index++) {
      const time = times[index];
      if (typeof time !== 'number' || time <= (this._times[this._times.length - 1] ?? -Infinity)) {
        continue;
      }
      this._push(time, columns, index);
    }
  }

  private _push(time: number, columns: Columns, index: number): void {
    const joins = this._joined > 0;
    if (!joins) {
      this._times.push(time);
    }
    const place = this._times.length - 1;
    for (const [name, values] of this._columns) {
      const cell = columns[name]?.[index];
      const value = typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
      values[place] = joins ? larger(values[place], value) : value;
      if (value !== null && value > (this._peaks.get(name) ?? -Infinity)) {
        this._peaks.set(name, value);
      }
    }
    this._joined = (this._joined + 1) % this._step;
    if (this._times.length >= this._most && this._joined === 0) {
      this._halve();
    }
  }

  private _halve(): void {
    const pairs = Math.floor(this._times.length / 2);
    for (let pair = 0; pair < pairs; pair++) {
      this._times[pair] = this._times[2 * pair]!;
      for (const values of this._columns.values()) {
        values[pair] = larger(values[2 * pair], values[2 * pair + 1]);
      }
    }
    this._times.length = pairs;
    for (const values of this._columns.values()) {
      values.length = pairs;
    }
    this._step *= 2;
  }

  private readonly _most: number;
  private readonly _times: number[] = [];
  private readonly _columns = new Map<string, (number | null)[]>();
  private readonly _peaks = new Map<string, number>();
  private _limits: Limits | null = null;
  /** How many samples make one point. */
  private _step = 1;
  /** How many samples the last point has so far; 0 if it is complete. */
  private _joined = 0;
}

function larger(one: number | null | undefined, other: number | null | undefined): number | null {
  if (one === null || one === undefined) {
    return other ?? null;
  }
  return other === null || other === undefined ? one : Math.max(one, other);
}
