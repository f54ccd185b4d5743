import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import type { RunSummary } from '../api/generated/rest';
import type { IRow } from './rows';
import { rowsOf } from './rows';

/** Lines fetched of the sampled run: those beyond took a part of the time that cannot be seen. */
const MOST = 10_000;

/**
 * Each line's share of the time as a sampler saw it, to stand beside what a counting profiler says of the same script:
 * counting makes lines that run often look slower than they are.
 *
 * Counted times contain what a line called, so these do too where the sampler tells.
 */
export class SampledShares implements IDisposable {
  constructor(client: IClient) {
    this._client = client;
  }

  /** Whether there are shares. */
  get isKnown(): boolean {
    return this._shares !== null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** The share of a row's line; null if it was never sampled, 0–1 otherwise. */
  of({ file, line }: IRow): number | null {
    return this._shares?.get(placeKey(file, line)) ?? null;
  }

  /** Take them from a run that has ended; from none, forget them. */
  async use(run: RunSummary | null): Promise<void> {
    if ((run?.id ?? null) === this._run) {
      return;
    }
    this._run = run?.id ?? null;
    this._set(null);
    if (!run) {
      return;
    }
    const query = { name: 'lines', sort: '', filter: '', library: 'show', offset: 0, limit: MOST } as const;
    // A sampled run without lines only leaves the column away.
    const answer = await this._client.table(run.id, query).catch(() => null);
    if (answer && answer.total > 0 && this._run === run.id && !this._isDisposed) {
      this._set(sharesOf(rowsOf('lines', answer.data)));
    }
  }

  private _set(shares: ReadonlyMap<string, number> | null): void {
    if (shares !== this._shares) {
      this._shares = shares;
      this._changed.emit();
    }
  }

  private readonly _client: IClient;
  private readonly _changed = new Signal<this, void>(this);
  private _run: string | null = null;
  private _shares: ReadonlyMap<string, number> | null = null;
  private _isDisposed = false;
}

function sharesOf(rows: readonly IRow[]): Map<string, number> {
  const whole = rows.reduce((sum, { figures }) => sum + (figures['own_s'] ?? 0), 0);
  const shares = new Map<string, number>();
  for (const { file, line, figures } of rows) {
    const inclusive = figures['time_s'];
    const share = inclusive !== undefined && whole > 0 ? Math.min(1, inclusive / whole) : figures['share'];
    if (share !== undefined) {
      // A line may be in two functions, a generator in what runs it: the outer one contains the inner one.
      const key = placeKey(file, line);
      shares.set(key, Math.max(share, shares.get(key) ?? 0));
    }
  }
  return shares;
}

function placeKey(file: string | null, line: number | null): string {
  return `${file ?? ''}\u0000${line ?? ''}`;
}
