import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Pace } from './pace';

describe('Pace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('acts at once the first time, then at most once an interval', () => {
    const action = vi.fn();
    const pace = new Pace(500, action);
    pace.ask();
    expect(action).toHaveBeenCalledTimes(1);
    pace.ask();
    pace.ask();
    vi.advanceTimersByTime(499);
    expect(action).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5000);
    expect(action).toHaveBeenCalledTimes(2);
  });

  it('does nothing once disposed', () => {
    const action = vi.fn();
    const pace = new Pace(500, action);
    pace.ask();
    pace.ask();
    pace.dispose();
    vi.advanceTimersByTime(1000);
    pace.now();
    expect(action).toHaveBeenCalledTimes(1);
  });
});
