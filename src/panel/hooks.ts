import type { ISignal } from '@lumino/signaling';
import { useLayoutEffect, useReducer } from 'react';

/** Render again whenever one of some signals is emitted. The signals must stay the same from render to render. */
export function useSignals(...signals: (ISignal<unknown, unknown> | null | undefined)[]): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => {
    const onSignal = (): void => again();
    signals.forEach(signal => signal?.connect(onSignal));
    // Something may have happened between rendering and listening.
    again();
    return () => signals.forEach(signal => signal?.disconnect(onSignal));
  }, signals);
}
