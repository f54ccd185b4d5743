import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IEventStream, RunStreamEvent, StoreEvent, StreamState } from '../api/stream';

/** A stream whose events a test sends by hand. */
export class HandStream implements IEventStream {
  readonly state: StreamState = { kind: 'open' };
  readonly failures = 0;
  readonly isDisposed = false;
  readonly stateChanged = new Signal<this, StreamState>(this);
  readonly storeChanged = new Signal<this, StoreEvent>(this);
  readonly reopened = new Signal<this, void>(this);
  readonly listeners = new Map<string, (event: RunStreamEvent) => void>();

  open(): void {
    // Always open.
  }

  retry(): void {
    // Always open.
  }

  dispose(): void {
    this.listeners.clear();
  }

  subscribe(run: string, listener: (event: RunStreamEvent) => void): IDisposable {
    this.listeners.set(run, listener);
    return new DisposableDelegate(() => void this.listeners.delete(run));
  }

  send(event: RunStreamEvent): void {
    this.listeners.get(event.run)?.(event);
  }
}

/** Let what was promised happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}
