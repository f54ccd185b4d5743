import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { HotspotsError } from './errors';
import type {
  BranchesAnswer,
  OutputAnswer,
  ProfilersAnswer,
  RunAnswer,
  RunBody,
  RunsAnswer,
  RunSummary,
  SourceAnswer,
  TableAnswer,
  TelemetryAnswer
} from './generated/rest';

/** Which runs `GET runs` is asked for. */
export interface IRunsQuery {
  text?: string;
  status?: string;
  limit?: number;
  /** The id that the page ends before: `next` of the page before it. */
  before?: string;
}

/** Which rows of a table are asked for. */
export interface ITableQuery {
  name: string;
  /** A column, with `-` in front for descending. */
  sort: string;
  filter: string;
  library: 'show' | 'hide';
  offset: number;
  limit: number;
}

/** Which children of a node of the tree are asked for. */
export interface IBranchesQuery {
  /** The row of the node; -1 for the roots. */
  parent: number;
  offset: number;
  limit: number;
}

/** Which bytes of a run's output are asked for. */
export interface IOutputQuery {
  stream: 'stdout' | 'stderr';
  /** The first byte; counted from the end if negative. */
  offset: number;
  limit: number;
}

/** The REST routes of the server half. */
export interface IClient {
  readonly settings: ServerConnection.ISettings;
  profilers(): Promise<ProfilersAnswer>;
  runs(query: IRunsQuery): Promise<RunsAnswer>;
  start(body: RunBody): Promise<RunSummary>;
  run(id: string): Promise<RunAnswer>;
  delete(id: string): Promise<void>;
  cancel(id: string): Promise<void>;
  table(id: string, query: ITableQuery): Promise<TableAnswer>;
  branches(id: string, query: IBranchesQuery): Promise<BranchesAnswer>;
  telemetry(id: string): Promise<TelemetryAnswer>;
  output(id: string, query: IOutputQuery): Promise<OutputAnswer>;
  source(id: string, file: string): Promise<SourceAnswer>;
  /** The profile as a file of another tool's format, or a table of it. */
  export(id: string, query: IExportQuery): Promise<IExportedFile>;
  /** The address of SnakeViz's page about a run, once the server has said that there is one. */
  snakeViz(id: string): Promise<string>;
}

/** What a run is exported as. */
export interface IExportQuery {
  /** The name of a format. */
  format: string;
  /** The table, for a format that holds one. */
  table?: string;
}

/** A file to be saved, and the name a person would give it. */
export interface IExportedFile {
  readonly name: string;
  readonly data: Blob;
}

/** The folder of our routes and of the WebSocket, under the server's base URL. */
const ROOM = 'hotspots';

export class Client implements IClient {
  constructor(settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this.settings = settings;
  }

  readonly settings: ServerConnection.ISettings;

  profilers(): Promise<ProfilersAnswer> {
    return this._json('GET', ['profilers']);
  }

  runs(query: IRunsQuery): Promise<RunsAnswer> {
    return this._json('GET', ['runs'], { query: { ...query } });
  }

  start(body: RunBody): Promise<RunSummary> {
    return this._json('POST', ['runs'], { body });
  }

  run(id: string): Promise<RunAnswer> {
    return this._json('GET', ['runs', id]);
  }

  async delete(id: string): Promise<void> {
    await this._request('DELETE', ['runs', id]);
  }

  async cancel(id: string): Promise<void> {
    await this._request('POST', ['runs', id, 'cancel']);
  }

  table(id: string, query: ITableQuery): Promise<TableAnswer> {
    return this._json('GET', ['runs', id, 'tables'], { query: { ...query } });
  }

  branches(id: string, query: IBranchesQuery): Promise<BranchesAnswer> {
    return this._json('GET', ['runs', id, 'tree'], { query: { ...query } });
  }

  telemetry(id: string): Promise<TelemetryAnswer> {
    return this._json('GET', ['runs', id, 'telemetry']);
  }

  output(id: string, query: IOutputQuery): Promise<OutputAnswer> {
    return this._json('GET', ['runs', id, 'output'], { query: { ...query } });
  }

  source(id: string, file: string): Promise<SourceAnswer> {
    return this._json('GET', ['runs', id, 'source'], { query: { file } });
  }

  async export(id: string, query: IExportQuery): Promise<IExportedFile> {
    const response = await this._response('GET', ['runs', id, 'export'], { query: { ...query } });
    return {
      name: fileName(response.headers.get('Content-Disposition')) ?? `${id}.${query.format}`,
      data: await response.blob()
    };
  }

  async snakeViz(id: string): Promise<string> {
    const { appendToken, token } = this.settings;
    const path = ['runs', id, 'snakeviz'];
    await this._request('GET', path);
    return this._url(path, appendToken && token ? { token } : {});
  }

  private async _json<T>(method: string, path: string[], options: Client.IRequest = {}): Promise<T> {
    const text = await this._request(method, path, options);
    try {
      return JSON.parse(text) as T;
    } catch {
      // A login page or a proxy's own page, with status 200.
      throw new HotspotsError('The server answered with something that is not JSON.', { reason: 'not_ours' });
    }
  }

  private async _request(method: string, path: string[], options: Client.IRequest = {}): Promise<string> {
    return (await this._response(method, path, options)).text();
  }

  /** The answer to a request. Throws a `HotspotsError` if there is none, or if it is a refusal. */
  private async _response(method: string, path: string[], options: Client.IRequest = {}): Promise<Response> {
    const init: RequestInit = { method };
    if (options.body !== undefined) {
      init.body = JSON.stringify(options.body);
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(this._url(path, options.query), init, this.settings);
    } catch (error) {
      throw new HotspotsError(error instanceof Error ? error.message : String(error), { reason: 'network' });
    }
    if (!response.ok) {
      throw HotspotsError.fromAnswer(response.status, response.statusText, await response.text());
    }
    return response;
  }

  /** The address of a route. */
  private _url(path: string[], query: Client.IRequest['query'] = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    return (
      URLExt.join(this.settings.baseUrl, ROOM, ...path.map(part => encodeURIComponent(part))) +
      URLExt.objectToQueryString(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))
    );
  }
}

/** The name in a `Content-Disposition` (RFC 6266): what is not ASCII stands in `filename*`. */
function fileName(disposition: string | null): string | null {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1];
  return extended ? decodeURIComponent(extended) : (plain ?? null);
}

export namespace Client {
  export interface IRequest {
    query?: Record<string, string | number | undefined>;
    body?: unknown;
  }

  /** Open the WebSocket of events as the server's settings say: its URL, its token, its protocols. */
  export function openSocket(settings: ServerConnection.ISettings): WebSocket {
    const token = settings.appendToken ? settings.token : '';
    const query = token ? URLExt.objectToQueryString({ token }) : '';
    return new settings.WebSocket(URLExt.join(settings.wsUrl, ROOM, 'events') + query);
  }
}
