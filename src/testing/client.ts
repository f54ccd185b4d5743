import type { ServerConnection } from '@jupyterlab/services';

import type {
  IBranchesQuery,
  IClient,
  IExportedFile,
  IExportQuery,
  IOutputQuery,
  IRunsQuery,
  ITableQuery
} from '../api/client';
import { HotspotsError } from '../api/errors';
import type {
  BranchesAnswer,
  ColumnDescription,
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

/** A row of a table, by column. */
export type MemoryRow = Record<string, string | number>;

/** A node of a tree: its total, and what lies below it. */
export interface IMemoryNode {
  name: string;
  total: number;
  file?: string;
  line?: number;
  kind?: string;
  origin?: string;
  below?: IMemoryNode[];
}

/** A server half in memory that answers as ours does, for tests of what is built on it. */
export class MemoryClient implements IClient {
  readonly settings = {} as ServerConnection.ISettings;
  readonly runsById = new Map<string, RunSummary>();
  /** Functions of every profile, by own time. */
  functions: MemoryRow[] = [];
  /** Other tables of every profile, and tables of single runs. */
  tables: Record<string, MemoryRow[]> = {};
  readonly tablesByRun = new Map<string, Record<string, MemoryRow[]>>();
  /** The roots of the tree of every profile, in the order in which the server gives them. */
  tree: IMemoryNode[] = [];
  printed = { stdout: '', stderr: '' };
  sources: Record<string, SourceAnswer> = {};
  description: ProfilersAnswer = {
    version: '1.2.0',
    schema: 1,
    profilers: [],
    formats: [],
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

  async table(id: string, query: ITableQuery): Promise<TableAnswer> {
    const { name, sort, filter, library, offset, limit } = query;
    if (limit > 0) {
      this._call(`table${name === 'functions' ? '' : ` ${name}`} ${sort} ${filter} ${library} ${offset}`);
    }
    const all = this.tablesByRun.get(id)?.[name] ?? (name === 'functions' ? this.functions : this.tables[name]) ?? [];
    const text = (row: MemoryRow): string => [row['function'], row['source'], row['type']].join(' ');
    const matched = all.filter(row => text(row).includes(filter));
    const shown = matched.filter(({ origin }) => library === 'show' || origin === 'own');
    const page = shown.slice(offset, offset + limit);
    const names = [...new Set(all.flatMap(row => Object.keys(row)))];
    return {
      name,
      columns: names.map(column => describe(column, all)),
      total: all.length,
      matched: matched.length,
      hidden: matched.length - shown.length,
      offset,
      data: Object.fromEntries(names.map(column => [column, page.map(row => row[column] ?? null)]))
    };
  }

  async branches(_: string, { parent, offset, limit }: IBranchesQuery): Promise<BranchesAnswer> {
    if (parent >= 0 || offset > 0) {
      this._call(`branches ${parent} ${offset}`);
    }
    const nodes: IMemoryNode[] = [];
    const add = (node: IMemoryNode): void => {
      nodes.push(node);
      node.below?.forEach(add);
    };
    this.tree.forEach(add);
    const isOfObjects = nodes.some(({ kind }) => kind === 'object');
    const siblings = parent < 0 ? this.tree : (nodes[parent]?.below ?? []);
    const page = siblings.slice(offset, offset + limit);
    return {
      measure: isOfObjects ? 'size_bytes' : 'own_s',
      unit: isOfObjects ? 'bytes' : 's',
      is_summed: !isOfObjects,
      whole: this.tree.reduce((sum, { total }) => sum + total, 0),
      siblings: siblings.length,
      offset,
      data: {
        name: page.map(({ name }) => name),
        file: page.map(({ file }) => file ?? null),
        line: page.map(({ line }) => line ?? null),
        kind: page.map(({ kind }) => kind ?? null),
        origin: page.map(({ origin }) => origin ?? null),
        own_s: page.map(({ total, below = [] }) => total - below.reduce((sum, each) => sum + each.total, 0)),
        total: page.map(({ total }) => total),
        row: page.map(node => nodes.indexOf(node)),
        children: page.map(({ below }) => below?.length ?? 0)
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

  async export(id: string, { format }: IExportQuery): Promise<IExportedFile> {
    this._call(`export ${id} ${format}`);
    return { name: `pipeline.${format}`, data: new Blob([format]) };
  }

  async snakeViz(id: string): Promise<string> {
    this._call(`snakeviz ${id}`);
    return `/hotspots/runs/${id}/snakeviz/`;
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

function describe(name: string, rows: readonly MemoryRow[]): ColumnDescription {
  const isText = rows.some(row => typeof row[name] === 'string');
  const unit = name.endsWith('_s') ? 's' : name.endsWith('_bytes') ? 'bytes' : name.endsWith('share') ? 'share' : '';
  return { name, type: isText ? 'string' : 'number', unit: isText ? '' : unit };
}
