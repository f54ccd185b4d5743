import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import { HotspotsError } from '../api/errors';
import type { HotspotsEvent, ProfileWarning, RunInfo, RunSummary } from '../api/generated/rest';
import type { IEventStream, RunStreamEvent } from '../api/stream';
import { LiveRows } from './liverows';
import { NoRows } from './norows';
import { OutputStream } from './output';
import { Pace } from './pace';
import { PagedRows } from './pagedrows';
import type { IRows, IRowsQuery } from './rows';
import { Series } from './series';
import { SourceTexts } from './sourcetexts';
import type { IMeasuredTable } from './measured';
import { measuredTables } from './measured';
import { treeOf } from './runtree';
import type { RunTree } from './runtree';
import type { TableName, ViewName } from './tables';
import { isTableName, TABLES } from './tables';

/** Milliseconds between two times that charts may move. */
const SERIES_INTERVAL = 500;

/** Milliseconds after the last status that `finished` is waited for. */
const FINISHED_IS_LATE = 2000;

/** Whether a run may still change. */
export function isActive(summary: RunSummary): boolean {
  return summary.status === 'queued' || summary.status === 'running';
}

/** Whether there is something to run again: what was imported ran elsewhere, nobody knows how. */
export function canRunAgain(summary: RunSummary): boolean {
  return summary.by !== 'import';
}

/** How far a program says it is: `done` of `total`, and a few words. */
export interface IProgress {
  done: number;
  total: number;
  label: string;
}

/**
 * One run as the panel shows it: live while it goes on, from the history afterwards.
 *
 * A live run is folded from its events, from the first one on, so it is the same whether it was started here, found
 * running after a reload, or begun on the command line.
 */
export class RunModel implements IDisposable {
  constructor(options: RunModel.IOptions) {
    this._client = options.client;
    this._maxRows = options.maxRows;
    this._summary = options.summary;
    this._query = options.query;
    this._wanted = options.table ?? null;
    this._preferred = options.preferred ?? null;
    this._texts = new SourceTexts(options.client, this.id);
    this.stdout = new OutputStream(options.client, this.id, 'stdout');
    this.stderr = new OutputStream(options.client, this.id, 'stderr');
    this._pace = new Pace(SERIES_INTERVAL, () => this._seriesChanged.emit());
    this._notePeak();
    this._rows = new NoRows(options.query, !isActive(this._summary));
    if (isActive(this._summary)) {
      this._live = new Map();
      this._subscription = options.stream.subscribe(this.id, event => this._take(event));
    } else {
      void this._loadFinished();
    }
  }

  readonly stdout: OutputStream;
  readonly stderr: OutputStream;

  get id(): string {
    return this._summary.id;
  }

  get summary(): RunSummary {
    return this._summary;
  }

  get isActive(): boolean {
    return isActive(this._summary);
  }

  /** The rows of the table that is shown. */
  get rows(): IRows {
    return this._rows;
  }

  /** The tables that have rows, in the order in which they are offered. */
  get tables(): readonly TableName[] {
    return TABLES.filter(name => (this._measured === null ? this._live?.get(name)?.hasRows : this._measured.has(name)));
  }

  /** The table whose rows are there, or will be as soon as the first of them have come; null if there is none. */
  get table(): TableName | null {
    return this._choose(this.tables);
  }

  /** The tree of the profile; null if there is none, and as long as the run goes on. */
  get tree(): RunTree | null {
    return this._tree;
  }

  /** What is shown: the tree, or that table. */
  get view(): ViewName | null {
    return this._tree && (this._wanted === 'tree' || this.tables.length === 0) ? 'tree' : this.table;
  }

  get series(): Series {
    return this._series;
  }

  get warnings(): readonly ProfileWarning[] {
    return this._warnings;
  }

  /** What went wrong while the run was fetched; empty if nothing. */
  get problem(): string {
    return this._problem;
  }

  /** How far the program says it is; null if it says nothing. */
  get progress(): IProgress | null {
    return this._progress;
  }

  /** Seconds since the run was started; null while it waits for its turn, or when it is not known. */
  get elapsed(): number | null {
    if (!this.isActive) {
      return this._summary.wall_s ?? this._clock?.t ?? null;
    }
    // By the run's own clock: the clocks of server and browser may differ.
    return this._clock === null ? null : this._clock.t + (performance.now() - this._clock.at) / 1000;
  }

  /** The summary has changed: status, reason, figures. */
  get summaryChanged(): ISignal<this, RunSummary> {
    return this._summaryChanged;
  }

  /** Other rows took the place of `rows`. */
  get rowsReplaced(): ISignal<this, IRows> {
    return this._rowsReplaced;
  }

  /** There are other tables, or a tree, or another one is shown. */
  get tablesChanged(): ISignal<this, void> {
    return this._tablesChanged;
  }

  get seriesChanged(): ISignal<this, void> {
    return this._seriesChanged;
  }

  get warningsChanged(): ISignal<this, void> {
    return this._warningsChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._patience);
    this._subscription?.dispose();
    this._pace.dispose();
    this._rows.dispose();
    this._next?.dispose();
    this._live?.forEach(rows => rows.dispose());
    this._texts.dispose();
    this._tree?.dispose();
    this.stdout.dispose();
    this.stderr.dispose();
    Signal.clearData(this);
  }

  /** News of this run from elsewhere: the list of runs, or an answer of the server. */
  setSummary(summary: RunSummary): void {
    const hasEnded = this.isActive && !isActive(summary);
    // News of the store may be a little older than the run's own events: a run that has ended stays so.
    if (!this.isActive && isActive(summary)) {
      return;
    }
    this._summary = summary;
    this._notePeak();
    this._summaryChanged.emit(summary);
    if (hasEnded) {
      // `finished` follows the last status at once; this is for a run whose supervisor could not write it.
      this._patience = setTimeout(() => this._finish(), FINISHED_IS_LATE);
    }
  }

  /** The rows in another order or with other filters. */
  setQuery(query: IRowsQuery): void {
    this._query = query;
    this._live?.forEach(rows => rows.setQuery(query));
    if (!(this._rows instanceof LiveRows)) {
      this._rows.setQuery(query);
    }
    this._next?.setQuery(query);
  }

  /** Show another table, or the tree, if the run has it. */
  showTable(name: ViewName): void {
    this._wanted = name;
    this._showWanted();
  }

  /** A short run is over before its first sample; the system has kept its peak. */
  private _notePeak(): void {
    const { peak_rss_bytes: peak } = this._summary;
    if (peak !== null && !this.isActive) {
      this._series.atLeast('rss_bytes', peak);
    }
  }

  private _take(event: RunStreamEvent): void {
    this._clock = { t: event.t, at: performance.now() };
    switch (event.type) {
      case 'status':
        this.setSummary({
          ...this._summary,
          status: event.status,
          reason: event.reason ?? this._summary.reason,
          started: event.started ?? this._summary.started
        });
        break;
      case 'telemetry':
        this._series.add(event.columns, event.limits);
        this._pace.ask();
        break;
      case 'hotspots':
        this._fold(event);
        break;
      case 'progress':
        this._progress = { done: event.done, total: event.total, label: event.label };
        this._pace.ask();
        break;
      case 'output':
        this.stdout.grow(event.stdout);
        this.stderr.grow(event.stderr);
        break;
      case 'warning':
        this._warn({ code: event.code, message: event.message, hint: event.hint });
        break;
      case 'finished':
        this.setSummary(ended(this._summary, event.info));
        this._finish();
        break;
    }
  }

  private _warn(warning: ProfileWarning): void {
    const { code, message } = warning;
    if (!this._warnings.some(known => known.code === code && known.message === message)) {
      this._warnings = [...this._warnings, warning];
      this._warningsChanged.emit();
    }
  }

  private _fold(event: HotspotsEvent): void {
    const { table } = event;
    if (!this._live || !isTableName(table)) {
      return;
    }
    const rows = this._live.get(table) ?? this._addLive(this._live, table);
    const isNew = !rows.hasRows;
    rows.fold(event);
    if (isNew && rows.hasRows) {
      this._showWanted();
    }
  }

  private _addLive(live: Map<TableName, LiveRows>, table: TableName): LiveRows {
    const rows = new LiveRows(table, this._query, this._maxRows, { texts: this._texts });
    rows.isShown = false;
    live.set(table, rows);
    return rows;
  }

  /** Bring the rows of the table that is to be shown, at once from a live run, else when they are there. */
  private _showWanted(): void {
    const { table } = this;
    if (this._measured === null) {
      const rows = table && this._live?.get(table);
      if (rows && rows !== this._rows) {
        this._hide(this._rows);
        rows.isShown = true;
        this._rows = rows;
        this._rowsReplaced.emit(rows);
      }
    } else if (table && (this._next ?? this._rows).table !== table) {
      void this._fetchTable(this._measured.get(table)!);
    }
    this._tablesChanged.emit();
  }

  private _choose(tables: readonly TableName[]): TableName | null {
    return (
      tables.find(name => name === this._wanted) ?? tables.find(name => name === this._preferred) ?? tables[0] ?? null
    );
  }

  private _hide(rows: IRows): void {
    if (rows instanceof LiveRows) {
      rows.isShown = false;
    } else {
      rows.dispose();
    }
  }

  /** The live rows make way for the profile's own, once their first page is there. */
  private _finish(): void {
    clearTimeout(this._patience);
    if (this._isFinishing || this._isDisposed) {
      return;
    }
    this._isFinishing = true;
    this._pace.now();
    if (this._rows instanceof NoRows) {
      this._rows.load();
    }
    void this._loadTables();
    void this._loadSummary();
  }

  private async _loadTables(): Promise<void> {
    let problem = '';
    let measured: readonly IMeasuredTable[] = [];
    let tree: RunTree | null = null;
    try {
      [measured, tree] = await Promise.all([
        measuredTables(this._client, this.id),
        // A profile that cannot be read has no tables either, which is said; a tree alone is not missed.
        treeOf(this._client, this.id).catch(() => null)
      ]);
    } catch (error) {
      const { message, hint } = HotspotsError.from(error);
      problem = `${message} ${hint}`.trim();
    }
    if (this._isDisposed) {
      tree?.dispose();
      return;
    }
    this._tree = tree;
    const name = this._choose(measured.map(table => table.name));
    const first = measured.find(table => table.name === name);
    if (first) {
      this._measured = new Map(measured.map(table => [table.name, table]));
      await this._fetchTable(first);
    } else if (this._rows instanceof NoRows) {
      // A run without a profile keeps the rows that arrived while it went on.
      this._rows.settle(problem);
    }
    this._tablesChanged.emit();
  }

  /** Fetch the first rows of a table of the profile, and show it then. */
  private async _fetchTable({ name, columns }: IMeasuredTable): Promise<void> {
    this._next?.dispose();
    const next = new PagedRows({
      client: this._client,
      run: this.id,
      table: name,
      columns,
      query: this._query,
      maxRows: this._maxRows,
      texts: this._texts
    });
    this._next = next;
    await next.ready;
    if (this._isDisposed || this._next !== next) {
      return;
    }
    this._next = null;
    if (next.problem !== '' && this._rows instanceof LiveRows) {
      next.dispose();
      return;
    }
    this._hide(this._rows);
    this._live?.forEach(rows => rows.dispose());
    this._live = null;
    this._rows = next;
    this._rowsReplaced.emit(next);
  }

  private async _loadFinished(): Promise<void> {
    await Promise.all([
      this._loadTables(),
      this._loadSummary(),
      this._loadSeries(),
      this.stdout.load(),
      this.stderr.load()
    ]);
  }

  private async _loadSummary(): Promise<void> {
    try {
      const { summary, warnings } = await this._client.run(this.id);
      if (!this._isDisposed) {
        warnings.forEach(warning => this._warn(warning));
        this.setSummary(summary);
      }
    } catch (error) {
      this._fail(error);
    }
  }

  private async _loadSeries(): Promise<void> {
    try {
      const { columns, limits } = await this._client.telemetry(this.id);
      if (!this._isDisposed) {
        this._series.add(columns, limits);
        this._pace.now();
      }
    } catch (error) {
      this._fail(error);
    }
  }

  private _fail(error: unknown): void {
    if (!this._isDisposed) {
      const { message, hint } = HotspotsError.from(error);
      this._problem = `${message} ${hint}`.trim();
      this._warningsChanged.emit();
    }
  }

  private readonly _client: IClient;
  private readonly _maxRows: number;
  private readonly _pace: Pace;
  private readonly _series = new Series();
  private readonly _subscription: IDisposable | null = null;
  private readonly _summaryChanged = new Signal<this, RunSummary>(this);
  private readonly _rowsReplaced = new Signal<this, IRows>(this);
  private readonly _tablesChanged = new Signal<this, void>(this);
  private readonly _seriesChanged = new Signal<this, void>(this);
  private readonly _warningsChanged = new Signal<this, void>(this);
  private _summary: RunSummary;
  private _rows: IRows;
  private _query: IRowsQuery;
  /** The table, or the tree, that the user has chosen; null if none was. */
  private _wanted: ViewName | null;
  /** The table that the profiler is asked for first of all. */
  private readonly _preferred: TableName | null;
  private readonly _texts: SourceTexts;
  /** The tables that have come while the run goes on; null afterwards. */
  private _live: Map<TableName, LiveRows> | null = null;
  /** The tables of the profile; null as long as they are not known. */
  private _measured: ReadonlyMap<TableName, IMeasuredTable> | null = null;
  private _tree: RunTree | null = null;
  /** Rows on their way that will be shown. */
  private _next: PagedRows | null = null;
  private _isFinishing = false;
  private _warnings: readonly ProfileWarning[] = [];
  private _problem = '';
  private _progress: IProgress | null = null;
  private _patience: ReturnType<typeof setTimeout> | undefined;
  private _clock: { t: number; at: number } | null = null;
  private _isDisposed = false;
}

/** A summary with what is known of its run in the end. */
function ended(summary: RunSummary, info: RunInfo): RunSummary {
  return {
    ...summary,
    status: info.status,
    reason: info.reason ?? null,
    started: info.started ?? summary.started,
    ended: info.ended ?? null,
    wall_s: info.wall_s ?? null,
    cpu_s: info.cpu_s ?? null,
    peak_rss_bytes: info.peak_rss_bytes ?? null,
    exit_code: info.exit_code ?? null,
    signal: info.signal ?? null
  };
}

export namespace RunModel {
  export interface IOptions {
    summary: RunSummary;
    client: IClient;
    stream: IEventStream;
    query: IRowsQuery;
    maxRows: number;
    /** The table, or the tree, that is shown if the run has it. */
    table?: ViewName | null;
    /** The one that is shown else; without it the first one that there is. */
    preferred?: TableName | null;
  }
}
