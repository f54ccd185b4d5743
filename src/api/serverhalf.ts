import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from './client';
import { HotspotsError } from './errors';
import type { ProfilersAnswer } from './generated/rest';
import { VERSION } from './generated/version';

/** The messages this front end understands: `PROTOCOL` in the server's `messages.py`. */
const PROTOCOL = 1;

/**
 * How the server half stands: not asked yet; there; there but of another version; not there; not to be reached.
 */
export type ServerState = 'unknown' | 'ready' | 'other-version' | 'missing' | 'unreachable';

/** The server half of the extension: whether it is there and fits, and what it can do. */
export interface IServerHalf {
  readonly state: ServerState;
  /** What it said of itself; null as long as it has not answered. */
  readonly description: ProfilersAnswer | null;
  /** Why it cannot be used; null if it can, or was not asked. */
  readonly error: HotspotsError | null;
  readonly changed: ISignal<IServerHalf, void>;
  /** Ask it. */
  check(): Promise<void>;
}

export class ServerHalf implements IServerHalf, IDisposable {
  constructor(client: IClient, version: string = VERSION) {
    this._client = client;
    this._version = version;
  }

  get state(): ServerState {
    return this._state;
  }

  get description(): ProfilersAnswer | null {
    return this._description;
  }

  get error(): HotspotsError | null {
    return this._error;
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

  async check(): Promise<void> {
    try {
      const answer = await this._client.profilers();
      this._description = answer;
      this._error = null;
      this._state = answer.schema === PROTOCOL && answer.version === this._version ? 'ready' : 'other-version';
    } catch (thrown) {
      this._error = HotspotsError.from(thrown);
      // A route that does not exist: the extension is not installed, or not enabled, where the server runs.
      this._state = this._error.status === 404 ? 'missing' : 'unreachable';
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _client: IClient;
  private readonly _version: string;
  private readonly _changed = new Signal<this, void>(this);
  private _state: ServerState = 'unknown';
  private _description: ProfilersAnswer | null = null;
  private _error: HotspotsError | null = null;
  private _isDisposed = false;
}

/** Compare two versions like `1.10.0`; negative if the first is the older. */
export function compareVersions(one: string, other: string): number {
  const parts = (version: string): number[] => version.split(/[.\-+a-z]+/).map(part => Number(part) || 0);
  const first = parts(one);
  const second = parts(other);
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
