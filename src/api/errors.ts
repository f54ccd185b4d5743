import type { ErrorAnswer } from './generated/rest';

/**
 * What the server refused, or why it could not be asked: one sentence what happened, one what to do.
 */
export class HotspotsError extends Error {
  constructor(message: string, options: { hint?: string; reason?: string; status?: number } = {}) {
    super(message);
    this.name = 'HotspotsError';
    this.hint = options.hint ?? '';
    this.reason = options.reason ?? 'error';
    this.status = options.status ?? 0;
  }

  /** What to do about it; empty if nothing can be. */
  readonly hint: string;
  /** Machine-readable: `not_found`, `bad_request`, `conflict`, `unavailable`, `network`, … */
  readonly reason: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;

  /**
   * Read the body of a refusal.
   *
   * A proxy, a hub or a server without our half answers with something that is not ours: then only the status is known.
   */
  static fromAnswer(status: number, statusText: string, body: string): HotspotsError {
    try {
      const answer = JSON.parse(body) as Partial<ErrorAnswer>;
      if (typeof answer.message === 'string' && answer.message) {
        return new HotspotsError(answer.message, { hint: answer.hint, reason: answer.reason, status });
      }
    } catch {
      // Not JSON: not our server's own answer.
    }
    return new HotspotsError(`${status} ${statusText}`.trim(), {
      reason: status === 404 ? 'not_found' : 'error',
      status
    });
  }

  /** Whatever was thrown, as an error with a message and a hint. */
  static from(error: unknown): HotspotsError {
    if (error instanceof HotspotsError) {
      return error;
    }
    return new HotspotsError(error instanceof Error ? error.message : String(error));
  }
}
