import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import { HotspotsError } from '../api/errors';
import type { OutputAnswer } from '../api/generated/rest';

/** Bytes fetched at once. */
export const CHUNK = 65_536;

/** Bytes kept at least while output streams in, if nobody asked for earlier ones. */
const KEPT = CHUNK;

/** Bytes behind the end past which what lies between is skipped. */
const TOO_FAR = 2 * CHUNK;

export type StreamName = 'stdout' | 'stderr';

/**
 * The end of one of a run's streams, and on request what came before it. Offsets count bytes.
 */
export class OutputStream implements IDisposable {
  constructor(client: IClient, run: string, name: StreamName) {
    this._client = client;
    this._run = run;
    this.name = name;
  }

  readonly name: StreamName;

  /** The text from `start` on. */
  get text(): string {
    return this._chunks.map(chunk => chunk.text).join('');
  }

  /** Where the text starts; 0 if nothing came before it. */
  get start(): number {
    return this._chunks[0]?.offset ?? 0;
  }

  /** How much the run has printed so far. */
  get size(): number {
    return this._size;
  }

  /** What went wrong; empty if nothing. */
  get problem(): string {
    return this._problem;
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

  /** The stream has grown: fetch what is new. */
  grow(size: number): void {
    if (size > this._size) {
      this._size = size;
      void this._follow();
    }
  }

  /** Fetch the end without knowing the size: for a run that was finished long ago. */
  async load(): Promise<void> {
    await this._request(-CHUNK, CHUNK, answer => {
      this._chunks = [answer];
      this._size = answer.size;
    });
  }

  /** Fetch the part before `start`. */
  async loadEarlier(): Promise<void> {
    const { start } = this;
    if (start <= 0) {
      return;
    }
    const offset = Math.max(0, start - CHUNK);
    this._keepsAll = true;
    await this._request(offset, start - offset, answer => {
      // What is asked for twice at once is taken once.
      if (this.start === start) {
        this._chunks.unshift(answer);
      }
    });
  }

  private async _follow(): Promise<void> {
    if (this._isFollowing) {
      return;
    }
    this._isFollowing = true;
    while (this._next < this._size && !this._isDisposed) {
      const before = this._next;
      const skips = this._size - before > TOO_FAR && !this._keepsAll;
      await this._request(skips ? this._size - CHUNK : before, CHUNK, answer => {
        if (skips) {
          this._chunks = [];
        }
        this._chunks.push(answer);
        this._size = Math.max(this._size, answer.size);
        this._trim();
      });
      // The last bytes may be the first half of a character: they come with the next ones.
      if (this._next === before) {
        break;
      }
    }
    this._isFollowing = false;
  }

  private get _next(): number {
    return this._chunks[this._chunks.length - 1]?.next ?? 0;
  }

  private _trim(): void {
    while (!this._keepsAll && this._chunks.length > 1 && this._next - this._chunks[1]!.offset >= KEPT) {
      this._chunks.shift();
    }
  }

  private async _request(offset: number, limit: number, take: (answer: OutputAnswer) => void): Promise<void> {
    try {
      const answer = await this._client.output(this._run, { stream: this.name, offset, limit });
      if (this._isDisposed) {
        return;
      }
      this._problem = '';
      take(answer);
    } catch (error) {
      if (this._isDisposed) {
        return;
      }
      this._problem = HotspotsError.from(error).message;
    }
    this._changed.emit();
  }

  private readonly _client: IClient;
  private readonly _run: string;
  private readonly _changed = new Signal<this, void>(this);
  private _chunks: OutputAnswer[] = [];
  private _size = 0;
  private _problem = '';
  private _keepsAll = false;
  private _isFollowing = false;
  private _isDisposed = false;
}
