import type { IDisposable } from '@lumino/disposable';

/**
 * Lets something happen at once the first time it is asked for, and then at most once in an interval.
 */
export class Pace implements IDisposable {
  /**
   * @param interval - Milliseconds between two times at least.
   * @param action - What happens.
   */
  constructor(interval: number, action: () => void) {
    this._interval = interval;
    this._action = action;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._timer = undefined;
  }

  /** Ask for it: now if the last time is long enough ago, else at the end of the interval. */
  ask(): void {
    if (this._isDisposed || this._timer !== undefined) {
      return;
    }
    const wait = this._last + this._interval - Date.now();
    if (wait <= 0) {
      this._act();
    } else {
      this._timer = setTimeout(() => this._act(), wait);
    }
  }

  /** Do it now, whenever the last time was. */
  now(): void {
    if (!this._isDisposed) {
      this._act();
    }
  }

  private _act(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._last = Date.now();
    this._action();
  }

  private readonly _interval: number;
  private readonly _action: () => void;
  private _last = -Infinity;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
}
