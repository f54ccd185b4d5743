import type { ServerConnection } from '@jupyterlab/services';

import type { IClient, IOutputQuery, IRunsQuery, ITableQuery } from '../api/client';
import { HotspotsError } from '../api/errors';
import type {
  OutputAnswer,
  ProfilersAnswer,
  RunAnswer,
  RunBody,
  RunsAnswer,
  RunSummary,
  SourceAnswer,
  TableAnswer,
  TelemetryAnswer
} from '../api/generated/rest';
import { makeSummary } from './events';

/** A server half in memory that answers as ours does, for tests of what is built on it. */
export class MemoryClient implements IClient {
  readonly settings = {} as ServerConnection.ISettings;
  readonly runsById = new Map<string, RunSummary>();
  /** Functions of every profile, by own time. */
  functions: { function: string; qualname?: string; own_s: number; origin: string }[] = [];
  printed = { stdout: '', stderr: '' };
  sources: Record<string, SourceAnswer> = {};
  description: ProfilersAnswer = {
    version: '1.2.0',
    schema: 1,
    profilers: [],
    python: '/usr/bin/python',
    root: '/home/me'
  };
  /** What the next call throws. */
  failure: HotspotsError | null = null;
  readonly calls: string[] = [];

  async profilers(): Promise<ProfilersAnswer> {
    this._call('profilers');
    return this.description;
  }

  async runs({ text = '', status, limit = 100, before }: IRunsQuery): Promise<RunsAnswer> {
    this._call(`runs ${text} ${before ?? ''}`.trim());
    const all = [...this.runsById.values()]
      .filter(run => run.target.name.includes(text) && (!status || run.status === status))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const rest = all.filter(({ id }) => before === undefined || id < before);
    const page = rest.slice(0, limit);
    return { runs: page, total: all.length, next: rest.length > limit ? page[page.length - 1]!.id : null };
  }

  async start(body: RunBody): Promise<RunSummary> {
    this._call(`start ${JSON.stringify(body)}`);
    const summary = makeSummary({ id: '01Z', status: 'queued' });
    this.runsById.set(summary.id, summary);
    return summary;
  }

  async run(id: string): Promise<RunAnswer> {
    this._call(`run ${id}`);
    const summary = this.runsById.get(id);
    if (!summary) {
      throw new HotspotsError('There is no such run.', { reason: 'not_found', status: 404 });
    }
    const { cwd, profiler, target } = summary;
    const request = { target, profiler, options: {}, cwd, python: '/usr/bin/python', env: {}, timeout_s: null };
    return { summary, request, warnings: [], last_seq: 0 };
  }

  async delete(id: string): Promise<void> {
    this._call(`delete ${id}`);
    this.runsById.delete(id);
  }

  async cancel(id: string): Promise<void> {
    this._call(`cancel ${id}`);
  }

  async table(_: string, query: ITableQuery): Promise<TableAnswer> {
    this._call(`table ${query.sort} ${query.filter} ${query.library} ${query.offset}`);
    const matched = this.functions.filter(row => row.function.includes(query.filter));
    const shown = matched.filter(({ origin }) => query.library === 'show' || origin === 'own');
    const page = shown.slice(query.offset, query.offset + query.limit);
    return {
      name: query.name,
      columns: [],
      total: this.functions.length,
      matched: matched.length,
      hidden: matched.length - shown.length,
      offset: query.offset,
      data: {
        function: page.map(row => row.function),
        qualname: page.map(row => row.qualname ?? null),
        own_s: page.map(row => row.own_s),
        origin: page.map(row => row.origin)
      }
    };
  }

  async telemetry(id: string): Promise<TelemetryAnswer> {
    this._call(`telemetry ${id}`);
    return { columns: { t_s: [0, 1], rss_bytes: [1e6, 2e6] }, limits: null };
  }

  async output(_: string, { stream, offset, limit }: IOutputQuery): Promise<OutputAnswer> {
    this._call(`output ${stream} ${offset} ${limit}`);
    const bytes = new TextEncoder().encode(this.printed[stream]);
    const start = offset < 0 ? Math.max(0, bytes.length + offset) : offset;
    const part = bytes.slice(start, start + limit);
    return {
      stream,
      offset: start,
      next: start + part.length,
      size: bytes.length,
      text: new TextDecoder().decode(part)
    };
  }

  async source(_: string, file: string): Promise<SourceAnswer> {
    this._call(`source ${file}`);
    return this.sources[file]!;
  }

  private _call(call: string): void {
    this.calls.push(call);
    const failure = this.failure;
    this.failure = null;
    if (failure) {
      throw failure;
    }
  }
}
