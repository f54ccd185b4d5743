// Generated from schema/profile.schema.json by `npm run types`: do not edit.

/**
 * The result of a run. Times are seconds, sizes bytes, shares 0–1; what was not measured is absent, never 0.
 */
export interface ProfileDocument {
  /**
   * version of this form
   */
  schema: 1;
  run: RunInfo;
  functions?: FunctionRow[];
  lines?: LineRow[];
  tree?: NodeColumns;
  edges?: EdgeColumns;
  samples?: SampleColumns;
  sites?: SiteRow[];
  telemetry?: TelemetryColumns;
  warnings: ProfileWarning[];
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
 * A function (or module body, class body, lambda, built-in) and what was measured in all its calls together.
 */
export interface FunctionRow {
  /**
   * plain name (`co_name`), or what the profiler calls a built-in
   */
  function: string;
  /**
   * absolute path; the notebook for a cell; absent for built-ins
   */
  file?: string;
  /**
   * first line, 1-based; within the cell for a cell
   */
  line?: number;
  /**
   * nbformat id of the cell that defines it
   */
  cell?: string;
  /**
   * 0-based place of that cell in the notebook
   */
  cell_index?: number;
  /**
   * whose code it is
   */
  origin?: 'builtin' | 'library' | 'own';
  /**
   * dotted name within its module (`co_qualname`)
   */
  qualname?: string;
  /**
   * dotted name of its module
   */
  module?: string;
  /**
   * calls, recursive ones counted
   */
  calls?: number;
  /**
   * calls that were not recursive
   */
  primitive_calls?: number;
  /**
   * time in the function itself
   */
  own_s?: number;
  /**
   * time in the function with everything it called
   */
  total_s?: number;
  /**
   * `own_s` over the own time of all functions
   */
  own_share?: number;
  /**
   * `total_s` over the own time of all functions
   */
  total_share?: number;
  /**
   * samples that found it on top of the stack
   */
  samples?: number;
  /**
   * samples that found it anywhere on the stack
   */
  total_samples?: number;
  /**
   * the part of `own_s` on a CPU
   */
  cpu_s?: number;
  /**
   * the part of `own_s` holding the interpreter lock
   */
  gil_s?: number;
  /**
   * the part of `own_s` waiting
   */
  idle_s?: number;
  /**
   * the part of `own_s` in the interpreter
   */
  python_s?: number;
  /**
   * the part of `own_s` in native code
   */
  native_s?: number;
  /**
   * the part of `own_s` in the system or waiting for it
   */
  system_s?: number;
  /**
   * time on the GPU
   */
  gpu_s?: number;
  /**
   * allocated by it and alive at the high-water mark
   */
  peak_bytes?: number;
  /**
   * allocated by it or what it called, alive at the high-water mark
   */
  total_peak_bytes?: number;
  /**
   * allocated by it and alive at the end
   */
  leaked_bytes?: number;
  /**
   * allocated by it or what it called, alive at the end
   */
  total_leaked_bytes?: number;
  /**
   * allocated by it and freed at once
   */
  temporary_bytes?: number;
  /**
   * allocated by it in all, freed or not
   */
  allocated_bytes?: number;
  /**
   * copied by it
   */
  copied_bytes?: number;
  /**
   * allocations made by it (memray: alive at the high-water mark)
   */
  count?: number;
}
/**
 * A line of source and what was measured on it. A statement over several lines may count on each of them.
 */
export interface LineRow {
  /**
   * absolute path; the notebook for a cell
   */
  file?: string;
  /**
   * 1-based; within the cell for a cell
   */
  line: number;
  /**
   * nbformat id of the cell
   */
  cell?: string;
  /**
   * 0-based place of the cell in the notebook
   */
  cell_index?: number;
  /**
   * plain name of the function the line is in
   */
  function?: string;
  /**
   * first line of that function
   */
  function_line?: number;
  /**
   * whose code it is
   */
  origin?: 'builtin' | 'library' | 'own';
  /**
   * the line as it was when it ran, without its line break
   */
  source?: string;
  /**
   * how often it ran
   */
  hits?: number;
  /**
   * time on the line with everything it called
   */
  time_s?: number;
  /**
   * time on the line itself
   */
  own_s?: number;
  /**
   * of the run: see `shares.line_shares` for the whole
   */
  share?: number;
  /**
   * of its function's lines (line_profiler's % Time)
   */
  share_of_function?: number;
  /**
   * samples that found it running
   */
  samples?: number;
  /**
   * samples that found it anywhere on the stack
   */
  total_samples?: number;
  /**
   * the part of `own_s` on a CPU
   */
  cpu_s?: number;
  /**
   * the part of `own_s` holding the interpreter lock
   */
  gil_s?: number;
  /**
   * the part of `own_s` waiting
   */
  idle_s?: number;
  /**
   * the part of `own_s` in the interpreter
   */
  python_s?: number;
  /**
   * the part of `own_s` in native code
   */
  native_s?: number;
  /**
   * the part of `own_s` in the system or waiting for it
   */
  system_s?: number;
  /**
   * time on the GPU
   */
  gpu_s?: number;
  /**
   * most GPU memory in use
   */
  gpu_peak_bytes?: number;
  /**
   * resident memory of the process after the line
   */
  rss_bytes?: number;
  /**
   * change of resident memory over the line, signed
   */
  increment_bytes?: number;
  /**
   * how often memory was read after the line
   */
  occurrences?: number;
  /**
   * allocated there and alive at the high-water mark
   */
  peak_bytes?: number;
  /**
   * allocated there or in what it called, alive at the high-water mark
   */
  total_peak_bytes?: number;
  /**
   * average of the memory in use when it ran
   */
  average_bytes?: number;
  /**
   * allocated there and alive at the end
   */
  leaked_bytes?: number;
  /**
   * allocated there or in what it called, alive at the end
   */
  total_leaked_bytes?: number;
  /**
   * allocated there and freed at once
   */
  temporary_bytes?: number;
  /**
   * allocated there in all, freed or not
   */
  allocated_bytes?: number;
  /**
   * growth of memory over the whole run, signed
   */
  growth_bytes?: number;
  /**
   * copied there
   */
  copied_bytes?: number;
  /**
   * allocations made there (memray: alive at the high-water mark)
   */
  count?: number;
  /**
   * the part of the memory allocated by Python objects
   */
  python_share?: number;
  /**
   * how likely the line leaks
   */
  leak_score?: number;
  /**
   * how fast it leaks
   */
  leak_bytes_per_s?: number;
}
/**
 * A node of the tree: of calls, mostly; of references where the question is what keeps an object alive. Rows are in preorder: a node stands before its descendants, and they stand directly after it. Values are those of the node itself; with its descendants where the name says `total`. As columns: lists of equal length, null where nothing was measured.
 */
export interface NodeColumns {
  /**
   * row of the parent; absent for a root
   */
  parent?: (number | null)[];
  /**
   * plain name of the function, or what the node is
   */
  name: string[];
  /**
   * what the node is; a function where absent
   */
  kind?: (string | null)[];
  /**
   * absolute path; the notebook for a cell
   */
  file?: (string | null)[];
  /**
   * first line of the function
   */
  function_line?: (number | null)[];
  /**
   * the line that ran there, where lines are told apart
   */
  line?: (number | null)[];
  /**
   * nbformat id of the cell
   */
  cell?: (string | null)[];
  /**
   * 0-based place of the cell in the notebook
   */
  cell_index?: (number | null)[];
  /**
   * whose code it is
   */
  origin?: (string | null)[];
  /**
   * calls along this path
   */
  calls?: (number | null)[];
  /**
   * time in the node itself
   */
  own_s?: (number | null)[];
  /**
   * time in the node and its descendants
   */
  total_s?: (number | null)[];
  /**
   * samples that ended in this node
   */
  samples?: (number | null)[];
  /**
   * samples that ended in this node or below
   */
  total_samples?: (number | null)[];
  /**
   * the part of `own_s` holding the interpreter lock
   */
  gil_s?: (number | null)[];
  /**
   * the part of `own_s` waiting
   */
  idle_s?: (number | null)[];
  /**
   * size of the object itself
   */
  size_bytes?: (number | null)[];
  /**
   * allocated there and alive at the high-water mark
   */
  peak_bytes?: (number | null)[];
  /**
   * allocated there and alive at the end
   */
  leaked_bytes?: (number | null)[];
  /**
   * allocated there and freed at once
   */
  temporary_bytes?: (number | null)[];
  /**
   * allocations made there (memray: alive at the high-water mark)
   */
  count?: (number | null)[];
}
/**
 * One function called another: what was measured in the callee while it was called from this caller. Rows are numbers of rows of the functions table, which keeps 600,000 edges small. As columns: lists of equal length, null where nothing was measured.
 */
export interface EdgeColumns {
  /**
   * row of the caller in the functions table
   */
  caller: number[];
  /**
   * row of the callee in the functions table
   */
  callee: number[];
  /**
   * calls, recursive ones counted
   */
  calls?: (number | null)[];
  /**
   * calls that were not recursive
   */
  primitive_calls?: (number | null)[];
  /**
   * time in the callee itself when called from here
   */
  own_s?: (number | null)[];
  /**
   * time in the callee with everything it called, from here
   */
  total_s?: (number | null)[];
  /**
   * samples that found the callee called from here
   */
  samples?: (number | null)[];
  /**
   * allocations made below this call
   */
  count?: (number | null)[];
  /**
   * allocated below this call, alive at the high-water mark
   */
  peak_bytes?: (number | null)[];
}
/**
 * One moment on the run's time axis: where a thread was, or how much memory was in use. As columns: lists of equal length, null where nothing was measured.
 */
export interface SampleColumns {
  /**
   * since the code started
   */
  t_s: number[];
  /**
   * process id
   */
  process?: (number | null)[];
  /**
   * name or number of the thread
   */
  thread?: (string | null)[];
  /**
   * row of the tree the thread was in
   */
  node?: (number | null)[];
  /**
   * the time the sample stands for
   */
  duration_s?: (number | null)[];
  /**
   * whether the thread held the interpreter lock
   */
  gil?: (boolean | null)[];
  /**
   * whether the thread was waiting
   */
  idle?: (boolean | null)[];
  /**
   * resident memory
   */
  rss_bytes?: (number | null)[];
  /**
   * allocated and not freed
   */
  heap_bytes?: (number | null)[];
}
/**
 * An allocation site, or a type of objects: what it holds, and what it holds more than at the mark before.
 */
export interface SiteRow {
  /**
   * absolute path; the notebook for a cell
   */
  file?: string;
  /**
   * 1-based; within the cell for a cell
   */
  line?: number;
  /**
   * nbformat id of the cell
   */
  cell?: string;
  /**
   * 0-based place of the cell in the notebook
   */
  cell_index?: number;
  /**
   * plain name of the function
   */
  function?: string;
  /**
   * type of the objects, dotted
   */
  type?: string;
  /**
   * `malloc`, `mmap`, `pymalloc`, …
   */
  allocator?: string;
  /**
   * row of the tree: the stack, or what keeps it alive
   */
  node?: number;
  /**
   * whose code it is
   */
  origin?: 'builtin' | 'library' | 'own';
  /**
   * the line as it was when it ran, without its line break
   */
  source?: string;
  /**
   * of what all sites hold
   */
  share?: number;
  /**
   * held at the last mark
   */
  size_bytes?: number;
  /**
   * objects or blocks held at the last mark
   */
  count?: number;
  /**
   * more held than at the first mark, signed
   */
  growth_bytes?: number;
  /**
   * more objects or blocks than at the first mark, signed
   */
  growth_count?: number;
  /**
   * held at the high-water mark
   */
  peak_bytes?: number;
  /**
   * held at the end
   */
  leaked_bytes?: number;
  /**
   * allocated and freed at once
   */
  temporary_bytes?: number;
}
/**
 * One look at the resources of the target's process tree and of the machine it runs on. Null where a column is measured less often than the sample was taken (`telemetry/columns.py` says which are). As columns: lists of equal length, null where nothing was measured.
 */
export interface TelemetryColumns {
  /**
   * when the sample was taken, since the run was started
   */
  t_s: number[];
  /**
   * CPU time of the whole process tree since the sample before; 100 is one core kept busy. Processes that began and ended in between count through the parent that waited for them
   */
  cpu_percent?: (number | null)[];
  /**
   * resident memory (RSS) summed over the tree. Pages that processes share count once for each of them: after a fork the sum is larger than what the tree holds; see `pss_bytes`
   */
  rss_bytes?: (number | null)[];
  /**
   * unique memory (USS) summed over the tree: pages that no other process shares, free as soon as it ends
   */
  uss_bytes?: (number | null)[];
  /**
   * proportional memory (PSS) summed over the tree: a page shared by n processes counts 1/n for each. Linux only
   */
  pss_bytes?: (number | null)[];
  /**
   * threads of all processes of the tree
   */
  threads?: (number | null)[];
  /**
   * open file descriptors of all processes of the tree, sockets and pipes included
   */
  open_files?: (number | null)[];
  /**
   * processes of the tree that are alive; those that ended and were not waited for do not count
   */
  processes?: (number | null)[];
  /**
   * what the tree read from storage since the sample before; what the page cache served does not count. Linux only
   */
  read_bytes_per_s?: (number | null)[];
  /**
   * what the tree wrote towards storage since the sample before, counted when it reaches the page cache. Linux only
   */
  write_bytes_per_s?: (number | null)[];
  /**
   * received by the network interfaces of the host (in a container: of its network namespace), by whomever, without loopback
   */
  net_received_bytes_per_s?: (number | null)[];
  /**
   * sent by the network interfaces of the host (in a container: of its network namespace), by whomever, without loopback
   */
  net_sent_bytes_per_s?: (number | null)[];
  /**
   * use of all NVIDIA GPUs of the host, by whomever; 100 is one GPU kept busy. Needs the package nvidia-ml-py
   */
  gpu_percent?: (number | null)[];
  /**
   * memory in use on all NVIDIA GPUs of the host, by whomever
   */
  gpu_memory_bytes?: (number | null)[];
  /**
   * CPU of the whole host since the last measurement; 100 is every core kept busy
   */
  host_cpu_percent?: (number | null)[];
  /**
   * memory of the host that cannot be had without swapping: total less available
   */
  host_memory_used_bytes?: (number | null)[];
  /**
   * memory charged to the control group (container) with the tightest limit, page cache included: the figure that reaches `memory_limit_bytes` before processes are killed
   */
  cgroup_memory_bytes?: (number | null)[];
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
