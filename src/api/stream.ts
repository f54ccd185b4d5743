import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ClientMessage, DeletedEvent, Event as AnyEvent, RunEvent } from './generated/rest';

/** An event of one run, in its order (`seq` from 1). */
export type RunStreamEvent = Exclude<AnyEvent, RunEvent | DeletedEvent>;

/** News of the store that come unasked. */
export type StoreEvent = RunEvent | DeletedEvent;

/** How the connection stands. `waiting` comes with the moment of the next attempt (`Date.now()` scale). */
export type StreamState = { kind: 'closed' | 'connecting' | 'open' } | { kind: 'waiting'; until: number };

/** The events of runs, over one WebSocket that mends itself. */
export interface IEventStream extends IDisposable {
  readonly state: StreamState;
  readonly stateChanged: ISignal<this, StreamState>;
  /** Attempts that have failed since something last arrived. */
  readonly failures: number;
  /** A run of the store appeared, changed or was deleted. */
  readonly storeChanged: ISignal<this, StoreEvent>;
  /** Open again after a break: news of the store may have been missed. */
  readonly reopened: ISignal<this, void>;
  /** Connect, if that was not done yet. */
  open(): void;
  /** Try now instead of at the end of the wait. */
  retry(): void;
  /**
   * Get a run's events, from the first one on, each exactly once and in order, over any number of reconnections.
   */
  subscribe(run: string, listener: (event: RunStreamEvent) => void): IDisposable;
}

/** The part of a WebSocket that is used here. */
type Socket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'onopen' | 'onclose' | 'onmessage' | 'onerror'>;

interface ISubscription {
  /** The last event that was delivered. */
  seq: number;
  /** Whether events before the first one are still under way from a subscription that this one has replaced. */
  awaitsFirst: boolean;
  listener: (event: RunStreamEvent) => void;
}

const OPEN = 1;

export class EventStream implements IEventStream {
  constructor(options: EventStream.IOptions) {
    this._connect = options.connect;
    this._firstWait = options.firstWait ?? 500;
    this._longestWait = options.longestWait ?? 30_000;
    this._random = options.random ?? Math.random;
  }

  get state(): StreamState {
    return this._state;
  }

  get stateChanged(): ISignal<this, StreamState> {
    return this._stateChanged;
  }

  get failures(): number {
    return this._failures;
  }

  get storeChanged(): ISignal<this, StoreEvent> {
    return this._storeChanged;
  }

  get reopened(): ISignal<this, void> {
    return this._reopened;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._subscriptions.clear();
    this._drop();
    Signal.clearData(this);
  }

  open(): void {
    if (this._state.kind === 'closed' && !this._isDisposed) {
      this._try();
    }
  }

  retry(): void {
    if (this._state.kind === 'waiting') {
      clearTimeout(this._timer);
      this._try();
    }
  }

  subscribe(run: string, listener: (event: RunStreamEvent) => void): IDisposable {
    this._unsubscribe(run);
    const subscription = { seq: 0, awaitsFirst: this._asked.has(run), listener };
    this._subscriptions.set(run, subscription);
    this._send({ subscribe: run, seq: 0 });
    this.open();
    return new DisposableDelegate(() => {
      if (this._subscriptions.get(run) === subscription) {
        this._unsubscribe(run);
      }
    });
  }

  private _unsubscribe(run: string): void {
    if (this._subscriptions.delete(run)) {
      this._send({ unsubscribe: run });
    }
  }

  private _send(message: ClientMessage): void {
    if (this._socket?.readyState === OPEN) {
      this._socket.send(JSON.stringify(message));
      if (message.subscribe) {
        this._asked.add(message.subscribe);
      }
    }
  }

  private _try(): void {
    this._setState({ kind: 'connecting' });
    let socket: Socket;
    try {
      socket = this._connect();
    } catch {
      this._wait();
      return;
    }
    this._socket = socket;
    socket.onopen = () => {
      this._asked.clear();
      this._setState({ kind: 'open' });
      for (const [run, subscription] of this._subscriptions) {
        subscription.awaitsFirst = false;
        this._send({ subscribe: run, seq: subscription.seq });
      }
      if (this._wasOpen) {
        this._reopened.emit();
      }
      this._wasOpen = true;
    };
    socket.onmessage = message => {
      // Only what arrives proves that the connection works: a proxy may accept and close at once.
      this._failures = 0;
      this._receive(String(message.data));
    };
    socket.onclose = () => {
      this._drop();
      this._wait();
    };
    // An error is always followed by a close.
    socket.onerror = () => undefined;
  }

  private _receive(text: string): void {
    let event: AnyEvent;
    try {
      event = JSON.parse(text) as AnyEvent;
    } catch {
      return;
    }
    if (event.type === 'run' || event.type === 'deleted') {
      this._storeChanged.emit(event);
      return;
    }
    const subscription = this._subscriptions.get(event.run);
    // What was seen before a reconnection may come again.
    if (!subscription || event.seq <= subscription.seq) {
      return;
    }
    // Numbers rise, but some may be missing: a long backlog comes joined. Only the very first event always comes.
    if (subscription.awaitsFirst && event.seq !== 1) {
      return;
    }
    subscription.awaitsFirst = false;
    subscription.seq = event.seq;
    subscription.listener(event);
  }

  private _wait(): void {
    if (this._isDisposed) {
      return;
    }
    const longest = Math.min(this._longestWait, this._firstWait * 2 ** this._failures);
    // Many tabs of one server must not all come back in the same moment.
    const wait = longest * (0.75 + 0.25 * this._random());
    this._failures += 1;
    this._timer = setTimeout(() => this._try(), wait);
    this._setState({ kind: 'waiting', until: Date.now() + wait });
  }

  private _drop(): void {
    const socket = this._socket;
    this._socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private _setState(state: StreamState): void {
    this._state = state;
    this._stateChanged.emit(state);
  }

  private readonly _connect: () => Socket;
  private readonly _firstWait: number;
  private readonly _longestWait: number;
  private readonly _random: () => number;
  private readonly _subscriptions = new Map<string, ISubscription>();
  /** Runs whose events were asked for over the socket that is open. */
  private readonly _asked = new Set<string>();
  private readonly _stateChanged = new Signal<this, StreamState>(this);
  private readonly _storeChanged = new Signal<this, StoreEvent>(this);
  private readonly _reopened = new Signal<this, void>(this);
  private _state: StreamState = { kind: 'closed' };
  private _socket: Socket | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _failures = 0;
  private _wasOpen = false;
  private _isDisposed = false;
}

export namespace EventStream {
  export interface IOptions {
    /** Opens a new socket; called again after each break. */
    connect: () => Socket;
    /** Milliseconds before the first new attempt; doubled after each that fails. */
    firstWait?: number;
    /** Milliseconds that a wait may grow to. */
    longestWait?: number;
    /** 0–1; chooses within the last quarter of a wait. */
    random?: () => number;
  }
}
