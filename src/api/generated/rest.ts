// Generated from schema/rest.schema.json by `npm run types`: do not edit.

/**
 * Anything the WebSocket sends, told apart by `type`.
 */
export type Event =
  | StatusEvent
  | TelemetryEvent
  | HotspotsEvent
  | ProgressEvent
  | OutputEvent
  | WarningEvent
  | FinishedEvent
  | RunEvent
  | DeletedEvent;

/**
 * Every message of the REST routes and the WebSocket. Generated from server/messages.py.
 */
export interface HotspotsMessages {
  ErrorAnswer?: ErrorAnswer;
  ProfilersAnswer?: ProfilersAnswer;
  RunBody?: RunBody;
  ImportBody?: ImportBody;
  RunSummary?: RunSummary;
  RunsAnswer?: RunsAnswer;
  RunAnswer?: RunAnswer;
  TableAnswer?: TableAnswer;
  TreeAnswer?: TreeAnswer;
  BranchesAnswer?: BranchesAnswer;
  TelemetryAnswer?: TelemetryAnswer;
  OutputAnswer?: OutputAnswer;
  SourceAnswer?: SourceAnswer;
  ClientMessage?: ClientMessage;
  Event?: Event;
}
/**
 * Every error: one sentence what happened, a machine-readable reason, one sentence what to do ("" if nothing).
 */
export interface ErrorAnswer {
  message: string;
  reason: string;
  hint: string;
}
/**
 * `GET profilers`: also how the front end finds out whether the server half fits it. `version` is the package's, `schema` the protocol's; `python` the interpreter runs use by default, `root` the absolute path that relative paths start from.
 */
export interface ProfilersAnswer {
  version: string;
  schema: number;
  profilers: ProfilerDescription[];
  formats: FormatDescription[];
  python: string;
  root: string;
}
/**
 * One profiler: the question it answers, what it measures and costs, where it works, whether it is installed.
 */
export interface ProfilerDescription {
  name: string;
  title: string;
  question: string;
  tool: string;
  measures: string[];
  overhead: string;
  targets: ('cell' | 'function' | 'module' | 'notebook' | 'process' | 'script')[];
  systems: string[];
  pythons: string;
  live: boolean;
  options: ProfilerOption[];
  installed: boolean;
  version: string | null;
  install: string | null;
  note: string | null;
}
/**
 * Something a user may set for a run under a profiler; `texts` is a list; a number has bounds.
 */
export interface ProfilerOption {
  name: string;
  title: string;
  kind: 'flag' | 'number' | 'text' | 'texts';
  help: string;
  default: string | number | boolean | null;
  minimum?: number | null;
  maximum?: number | null;
}
/**
 * A file format: whether runs are imported from it and exported to it; with `tables`, it holds one table.
 */
export interface FormatDescription {
  name: string;
  title: string;
  suffix: string;
  reads: boolean;
  writes: boolean;
  tables: boolean;
}
/**
 * `POST runs`. What is null is chosen by the server: the script's folder to work in, the server's own Python. `profiler` may name several, separated by commas: then the target is run once under each, one after another, as a group, and the answer is the first run. An option goes to each profiler that has one of that name.
 */
export interface RunBody {
  target: TargetBody;
  profiler?: string;
  options?: {
    [k: string]: number | string | boolean | (number | string | boolean | null)[] | null;
  };
  cwd?: string | null;
  python?: string | null;
  env?: {
    [k: string]: string;
  };
  timeout_s?: number | null;
}
/**
 * What to run: a script has a `path` (absolute, or relative to the server's root), a module its dotted name. A process that runs already has a `pid`; it is looked at for `timeout_s` seconds, or until that is cancelled.
 */
export interface TargetBody {
  kind: 'cell' | 'function' | 'module' | 'notebook' | 'process' | 'script';
  path?: string | null;
  module?: string | null;
  args?: string[];
  pid?: number | null;
}
/**
 * `POST import`: a file of another profiler that the server can read; without `format` it is found out.
 */
export interface ImportBody {
  path: string;
  format?: string | null;
}
/**
 * A run as one row of a list. Times of day are ISO-8601 in UTC, durations seconds, sizes bytes; null means not known (yet).
 */
export interface RunSummary {
  id: string;
  status: 'cancelled' | 'failed' | 'lost' | 'queued' | 'running' | 'succeeded';
  reason: string | null;
  target: TargetSummary;
  profiler: string;
  cwd: string;
  created: string;
  started: string | null;
  ended: string | null;
  wall_s: number | null;
  cpu_s: number | null;
  peak_rss_bytes: number | null;
  exit_code: number | null;
  signal: number | null;
  by: string;
  group: string | null;
}
/**
 * What was run: `name` is what a person sees, `path` is absolute, `module` is dotted.
 */
export interface TargetSummary {
  kind: 'cell' | 'function' | 'module' | 'notebook' | 'process' | 'script';
  name: string;
  path: string | null;
  module: string | null;
  args: string[];
}
/**
 * `GET runs`, newest first. `total` counts all that match; `next` is the next page's `before`, null at the end.
 */
export interface RunsAnswer {
  runs: RunSummary[];
  total: number;
  next: string | null;
}
/**
 * `GET runs/ID`. `last_seq` is the newest event written so far.
 */
export interface RunAnswer {
  summary: RunSummary;
  request: RequestRecord;
  warnings: ProfileWarning[];
  last_seq: number;
}
/**
 * What was asked for when the run was made, enough to run it again.
 */
export interface RequestRecord {
  target: TargetBody;
  profiler: string;
  options: {
    [k: string]: number | string | boolean | (number | string | boolean | null)[] | null;
  };
  cwd: string;
  python: string;
  env: {
    [k: string]: string;
  };
  timeout_s: number | null;
}
/**
 * Something the reader of a profile should know, with what to do about it.
 */
export interface ProfileWarning {
  /**
   * machine-readable
   */
  code: string;
  /**
   * what happened, a sentence
   */
  message: string;
  /**
   * what to do about it, a sentence; empty if nothing can be
   */
  hint?: string;
}
/**
 * `GET runs/ID/tables`: one page of a table. `total` rows in the table, `matched` by the filter, of which `hidden` are library code that was asked to be hidden; `data` holds rows `offset…` of the rest.
 */
export interface TableAnswer {
  name: string;
  columns: ColumnDescription[];
  total: number;
  matched: number;
  hidden: number;
  offset: number;
  data: {
    [k: string]: (number | string | boolean | null)[];
  };
}
/**
 * A column of a table; what it means is said in `profiles/rows.py`.
 */
export interface ColumnDescription {
  name: string;
  type: 'boolean' | 'integer' | 'list' | 'number' | 'string';
  unit: '' | 'bytes' | 'bytes/s' | 'count' | 'percent' | 'row' | 's' | 'share';
}
/**
 * `GET runs/ID/tree`: the call tree in preorder, or the call graph's edges where there is no tree.
 */
export interface TreeAnswer {
  nodes: {
    [k: string]: (number | string | boolean | null)[];
  };
}
/**
 * `GET runs/ID/tree?parent=ROW`: the children of a node, or the roots, the largest first. Attributes: measure: the column that says what a node costs by itself. unit: of `measure`, of `total` and of `whole`. is_summed: whether `total` is that of a node and its descendants; else of the node alone. whole: what shares are of: the total of all roots. siblings: how many children there are, of which `data` holds a page. data: columns of the tree, and further `row`, `total`, `children`, how many each of them has, and where allocations were counted `total_count`.
 */
export interface BranchesAnswer {
  measure: string | null;
  unit: '' | 'bytes' | 'bytes/s' | 'count' | 'percent' | 'row' | 's' | 'share';
  is_summed: boolean;
  whole: number | null;
  siblings: number;
  offset: number;
  data: {
    [k: string]: (number | string | boolean | null)[];
  };
}
/**
 * `GET runs/ID/telemetry`: all samples so far, and what they are measured against (null before the first one).
 */
export interface TelemetryAnswer {
  columns: {
    [k: string]: (number | string | boolean | null)[];
  };
  limits: Limits | null;
}
/**
 * What a run may use and what there is; `cpu_limit_cores` is null where all of the host's cores may be used. GPUs are found about a second after the start: until then there are none.
 */
export interface Limits {
  memory_limit_bytes: number | null;
  memory_limit_source: string | null;
  cpu_limit_cores: number | null;
  host_cores: number;
  host_memory_bytes: number | null;
  gpus?: Gpu[];
}
/**
 * A GPU of the host.
 */
export interface Gpu {
  name: string;
  memory_bytes: number | null;
}
/**
 * `GET runs/ID/output`: bytes `offset…next` of the stream's `size` so far, as text.
 */
export interface OutputAnswer {
  stream: string;
  offset: number;
  next: number;
  size: number;
  text: string;
}
/**
 * `GET runs/ID/source`: a file of the profile. `changed`: it was written after the run started.
 */
export interface SourceAnswer {
  file: string;
  contents_path: string | null;
  text: string;
  changed: boolean;
}
/**
 * What a client sends over the WebSocket: a run's id under `subscribe` or under `unsubscribe`. `seq` is the last event the client has seen of that run; 0 asks for all of them.
 */
export interface ClientMessage {
  subscribe?: string | null;
  unsubscribe?: string | null;
  seq?: number;
}
/**
 * The run changed its status; `running` comes with the target's `pid` and when it `started`.
 */
export interface StatusEvent {
  type: 'status';
  status: 'cancelled' | 'failed' | 'lost' | 'queued' | 'running' | 'succeeded';
  reason?: string;
  /**
   * why it did not succeed, machine-readable; absent for a success
   */
  reason_code?:
    | 'exit_code'
    | 'raised'
    | 'syntax_error'
    | 'signal'
    | 'out_of_memory'
    | 'timed_out'
    | 'over_budget'
    | 'cancelled'
    | 'cannot_start'
    | 'agent_failed'
    | 'supervisor_died'
    | 'never_started';
  pid?: number;
  started?: string;
  run: string;
  seq: number;
  t: number;
}
/**
 * The samples since the last event of this kind; `limits` comes with the first one and when it has changed.
 */
export interface TelemetryEvent {
  type: 'telemetry';
  columns: {
    [k: string]: (number | string | boolean | null)[];
  };
  limits?: Limits;
  run: string;
  seq: number;
  t: number;
}
/**
 * Rows of a live table: `define` names rows seen for the first time, `update` gives values *so far*, by row id. `elapsed_s` is the code's time so far (the whole for shares); `complete` says whether every row is in the table or only the largest.
 */
export interface HotspotsEvent {
  type: 'hotspots';
  table: string;
  define: {
    [k: string]: (number | string | boolean | null)[];
  };
  update: {
    [k: string]: (number | string | boolean | null)[];
  };
  elapsed_s: number;
  complete: boolean;
  run: string;
  seq: number;
  t: number;
}
/**
 * How far the target says it is.
 */
export interface ProgressEvent {
  type: 'progress';
  done: number;
  total: number;
  label: string;
  run: string;
  seq: number;
  t: number;
}
/**
 * How much the run has printed so far, in bytes.
 */
export interface OutputEvent {
  type: 'output';
  stdout: number;
  stderr: number;
  run: string;
  seq: number;
  t: number;
}
/**
 * Something the run's reader should know; `children_left` names the processes in `pids`.
 */
export interface WarningEvent {
  type: 'warning';
  code: string;
  message: string;
  hint: string;
  pids?: number[];
  run: string;
  seq: number;
  t: number;
}
/**
 * The last event of a run: everything known about it in the end.
 */
export interface FinishedEvent {
  type: 'finished';
  info: RunInfo;
  run: string;
  seq: number;
  t: number;
}
/**
 * One execution of a target under a profiler. Times of day are ISO-8601 in UTC, durations seconds, sizes bytes. What is not known, not yet known or does not apply is None, and absent in JSON: never 0.
 */
export interface RunInfo {
  /**
   * ULID: sorts by time of creation
   */
  id: string;
  status: 'cancelled' | 'failed' | 'lost' | 'queued' | 'running' | 'succeeded';
  target: TargetInfo;
  /**
   * name of the profiler, as `jupyter hotspots profilers` lists it
   */
  profiler: string;
  /**
   * when the run was asked for, ISO-8601 UTC
   */
  created: string;
  reason?: string | null;
  reason_code?:
    | (
        | 'exit_code'
        | 'raised'
        | 'syntax_error'
        | 'signal'
        | 'out_of_memory'
        | 'timed_out'
        | 'over_budget'
        | 'cancelled'
        | 'cannot_start'
        | 'agent_failed'
        | 'supervisor_died'
        | 'never_started'
      )
    | null;
  started?: string | null;
  ended?: string | null;
  wall_s?: number | null;
  code_s?: number | null;
  startup_s?: number | null;
  import_s?: number | null;
  cpu_s?: number | null;
  peak_rss_bytes?: number | null;
  exit_code?: number | null;
  signal?: number | null;
  python?: string | null;
  implementation?: string | null;
  executable?: string | null;
  host?: string | null;
  platform?: string | null;
  cpus?: number | null;
  memory_bytes?: number | null;
  pid?: number | null;
  cwd?: string | null;
  by?: string | null;
  group?: string | null;
  version?: string | null;
  profiler_version?: string | null;
  options?: {} | null;
  error?: string | null;
}
/**
 * What was run.
 */
export interface TargetInfo {
  kind: 'cell' | 'function' | 'module' | 'notebook' | 'process' | 'script';
  /**
   * what a person sees: a file name, a module, `module:function`, a pid
   */
  name: string;
  path?: string | null;
  module?: string | null;
  /**
   * what the target finds after its own name in sys.argv
   */
  args?: string[];
}
/**
 * Unasked: a run of the store appeared or changed.
 */
export interface RunEvent {
  type: 'run';
  summary: RunSummary;
  run: string;
  seq: number;
  t: number;
}
/**
 * Unasked: a run was deleted from the store.
 */
export interface DeletedEvent {
  type: 'deleted';
  run: string;
  seq: number;
  t: number;
}
