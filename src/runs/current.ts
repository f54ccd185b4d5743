import type { IStateDB } from '@jupyterlab/statedb';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import type { RunBody, RunSummary } from '../api/generated/rest';
import type { IServerHalf } from '../api/serverhalf';
import type { IEventStream } from '../api/stream';
import type { IRunList } from './list';
import type { IRowsQuery, Measure } from './rows';
import { isActive, RunModel } from './run';
import { SampledShares } from './sampled';
import type { IHotspotsSettings } from './settings';
import { initialQuery } from './settings';
import type { TableName, ViewName } from './tables';
import { isViewName, tablesOf } from './tables';

const STATE_ID = 'jupyterlab-hotspots:current';

/** The profiler whose times are those of the bare script, and the one whose times need to be held against them. */
const SAMPLING = 'sampling';
const COUNTING = 'line';

/** The run that the panel shows, and how its rows are looked at. */
export interface ICurrentRun {
  readonly run: RunModel | null;
  /** Another run is shown, or none. */
  readonly changed: ISignal<ICurrentRun, RunModel | null>;
  /** Whether a request to start a run is under way. */
  readonly isStarting: boolean;
  readonly startingChanged: ISignal<ICurrentRun, boolean>;
  /** How rows are sorted and filtered; kept from run to run. */
  readonly query: IRowsQuery;
  readonly queryChanged: ISignal<ICurrentRun, IRowsQuery>;
  readonly measure: Measure;
  /** The runs that were started together with the one that is shown, in their order; it alone if it has no group. */
  readonly group: readonly RunSummary[];
  /** The runs of the group have changed. */
  readonly groupChanged: ISignal<ICurrentRun, void>;
  /** What a sampler says of the lines of the run that is shown, if one ran in its group. */
  readonly sampled: SampledShares;
  /** The runs of the group that go on, or wait for their turn. */
  readonly active: readonly RunSummary[];
  setQuery(change: Partial<IRowsQuery>): void;
  /** Show another table of the run, or its tree, and of later ones under the same profiler. */
  showTable(name: ViewName): void;
  /** Switch between own and total time; sorts by it. */
  setMeasure(measure: Measure): void;
  /** Show a run, running or finished. */
  show(summary: RunSummary): RunModel;
  showById(id: string): Promise<void>;
  /** Start a run and show it. Throws a `HotspotsError` if the server refuses. */
  start(body: RunBody): Promise<RunModel>;
  /** Ask for what was asked for once, again. */
  again(id: string): Promise<RunModel>;
  /** Find what was shown before the page was loaded: a run that goes on, else the last one. */
  restore(): Promise<void>;
}

export class CurrentRun implements ICurrentRun, IDisposable {
  constructor(options: CurrentRun.IOptions) {
    this._client = options.client;
    this._stream = options.stream;
    this._list = options.list;
    this._server = options.server ?? null;
    this._settings = options.settings;
    this._state = options.state;
    this._query = initialQuery(options.settings);
    this._measure = options.settings.measure;
    this._seenMeasure = options.settings.measure;
    this.sampled = new SampledShares(options.client);
    this._seenHideLibrary = options.settings.hideLibrary;
    this._list.changed.connect(this._onListChanged, this);
    this._list.runChanged.connect(this._onRunChanged, this);
    this._list.runDeleted.connect(this._onRunDeleted, this);
    this._settings.changed.connect(this._onSettingsChanged, this);
  }

  readonly sampled: SampledShares;

  get run(): RunModel | null {
    return this._run;
  }

  get changed(): ISignal<this, RunModel | null> {
    return this._changed;
  }

  get isStarting(): boolean {
    return this._isStarting;
  }

  get startingChanged(): ISignal<this, boolean> {
    return this._startingChanged;
  }

  get query(): IRowsQuery {
    return this._query;
  }

  get queryChanged(): ISignal<this, IRowsQuery> {
    return this._queryChanged;
  }

  get measure(): Measure {
    return this._measure;
  }

  get group(): readonly RunSummary[] {
    const summary = this._run?.summary;
    if (!summary) {
      return [];
    }
    const members = summary.group === null ? [] : this._list.group(summary.group);
    return members.some(({ id }) => id === summary.id) ? members : [summary];
  }

  get groupChanged(): ISignal<this, void> {
    return this._groupChanged;
  }

  get active(): readonly RunSummary[] {
    return this.group.filter(isActive);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._run?.dispose();
    this.sampled.dispose();
    this._list.changed.disconnect(this._onListChanged, this);
    this._list.runChanged.disconnect(this._onRunChanged, this);
    this._list.runDeleted.disconnect(this._onRunDeleted, this);
    this._settings.changed.disconnect(this._onSettingsChanged, this);
    Signal.clearData(this);
  }

  setQuery(change: Partial<IRowsQuery>): void {
    const { hideLibrary } = this._query;
    this._query = { ...this._query, ...change };
    this._run?.setQuery(this._query);
    this._queryChanged.emit(this._query);
    if (this._query.hideLibrary !== hideLibrary) {
      this._hasChosenLibrary = true;
      this._save();
    }
  }

  showTable(name: ViewName): void {
    if (this._run) {
      this._tables = { ...this._tables, [this._run.summary.profiler]: name };
      this._run.showTable(name);
      this._save();
    }
  }

  setMeasure(measure: Measure): void {
    this._measure = measure;
    const sorted = this._query.sort === 'own_s' || this._query.sort === 'total_s';
    this.setQuery(sorted ? { sort: measure === 'own' ? 'own_s' : 'total_s' } : {});
  }

  show(summary: RunSummary): RunModel {
    if (this._run?.id === summary.id) {
      return this._run;
    }
    const before = this._run;
    // Another run is another question: what hid its rows would only puzzle.
    if (before && this._query.text) {
      this._query = { ...this._query, text: '' };
      this._queryChanged.emit(this._query);
    }
    this._run = new RunModel({
      summary,
      client: this._client,
      stream: this._stream,
      query: this._query,
      maxRows: this._settings.maxRows,
      table: this._tables[summary.profiler] ?? null,
      preferred: this._preferredTable(summary)
    });
    this._run.summaryChanged.connect((_, changed) => this._list.put(changed), this);
    this._changed.emit(this._run);
    before?.dispose();
    this._onGroupChanged();
    this._save();
    return this._run;
  }

  async showById(id: string): Promise<void> {
    this.show(this._list.find(id) ?? (await this._client.run(id)).summary);
  }

  async start(body: RunBody): Promise<RunModel> {
    this._setStarting(true);
    try {
      const summary = await this._client.start(body);
      this._list.put(summary);
      return this.show(summary);
    } finally {
      this._setStarting(false);
    }
  }

  async again(id: string): Promise<RunModel> {
    const { request } = await this._client.run(id);
    const { target, profiler, options, cwd, python, env, timeout_s } = request;
    return this.start({ target, profiler, options, cwd, python, env, timeout_s });
  }

  async restore(): Promise<void> {
    const saved = (await this._state?.fetch(STATE_ID)) as Partial<ISaved> | undefined;
    // What was chosen in the meantime goes before what was there the last time.
    this._tables = { ...tablesIn(saved?.tables), ...this._tables };
    const library = saved?.library as Partial<ILibraryChoice> | undefined;
    // And a setting that was changed since goes before both.
    if (!this._hasChosenLibrary && library && library.setting === this._settings.hideLibrary) {
      this.setQuery({ hideLibrary: library.isHidden === true });
    }
    if (this._run) {
      return;
    }
    const { runs } = await this._client.runs({ status: 'running', limit: 1 });
    const running = runs[0];
    if (running) {
      this._showFirst(running);
      return;
    }
    const id = saved?.run;
    if (typeof id === 'string') {
      // It may have been deleted since: then there is nothing to restore.
      const answer = await this._client.run(id).catch(() => null);
      if (answer) {
        this._showFirst(answer.summary);
      }
    }
  }

  private _showFirst(summary: RunSummary): void {
    // The user may have been faster.
    if (!this._run && !this._isDisposed) {
      this.show(summary);
    }
  }

  private _setStarting(isStarting: boolean): void {
    this._isStarting = isStarting;
    this._startingChanged.emit(isStarting);
  }

  private _preferredTable({ profiler }: RunSummary): TableName | null {
    const described = this._server?.description?.profilers.find(({ name }) => name === profiler);
    return (described && tablesOf(described)[0]) ?? null;
  }

  private _save(): void {
    const library: ILibraryChoice = { isHidden: this._query.hideLibrary, setting: this._settings.hideLibrary };
    void this._state?.save(STATE_ID, {
      run: this._run?.id ?? null,
      tables: { ...this._tables },
      library: { ...library }
    });
  }

  /** The run of the same script under the sampler, once it has ended, says how much of the time a line truly takes. */
  private _onGroupChanged(): void {
    const isCounted = this._run?.summary.profiler === COUNTING;
    const sampled = this.group.find(run => isCounted && run.profiler === SAMPLING && !isActive(run));
    void this.sampled.use(sampled ?? null);
    this._groupChanged.emit();
  }

  private _onListChanged(): void {
    if (this._run && this._run.summary.group !== null) {
      this._onGroupChanged();
    }
  }

  private _onRunChanged(_: IRunList, summary: RunSummary): void {
    if (this._run?.id === summary.id && this._run.summary !== summary) {
      this._run.setSummary(summary);
    }
  }

  private _onRunDeleted(_: IRunList, id: string): void {
    this._onListChanged();
    if (this._run?.id === id) {
      const run = this._run;
      this._run = null;
      this._changed.emit(null);
      run.dispose();
      this._onGroupChanged();
      this._save();
    }
  }

  private _onSettingsChanged(): void {
    const { measure, hideLibrary } = this._settings;
    // Only what the user has just changed: the other switches stay as they are in the panel.
    if (measure !== this._seenMeasure) {
      this._seenMeasure = measure;
      this.setMeasure(measure);
    }
    if (hideLibrary !== this._seenHideLibrary) {
      this._seenHideLibrary = hideLibrary;
      this.setQuery({ hideLibrary });
    }
  }

  private readonly _client: IClient;
  private readonly _stream: IEventStream;
  private readonly _list: IRunList;
  private readonly _server: IServerHalf | null;
  private readonly _settings: IHotspotsSettings;
  private readonly _state: IStateDB | null;
  private readonly _changed = new Signal<this, RunModel | null>(this);
  private readonly _startingChanged = new Signal<this, boolean>(this);
  private readonly _groupChanged = new Signal<this, void>(this);
  private readonly _queryChanged = new Signal<this, IRowsQuery>(this);
  private _run: RunModel | null = null;
  private _query: IRowsQuery;
  /** The table, or the tree, that was chosen, by profiler. */
  private _tables: Readonly<Record<string, ViewName>> = {};
  private _measure: Measure;
  private _seenMeasure: Measure;
  private _seenHideLibrary: boolean;
  private _hasChosenLibrary = false;
  private _isStarting = false;
  private _isDisposed = false;
}

interface ISaved {
  run: unknown;
  tables: unknown;
  library: unknown;
}

/** Whether library code was hidden, and what the setting was then. */
interface ILibraryChoice {
  isHidden: boolean;
  setting: boolean;
}

/** What was saved of the chosen tables, as far as it makes sense. */
function tablesIn(saved: unknown): Record<string, ViewName> {
  const entries = Object.entries(typeof saved === 'object' && saved !== null ? saved : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, ViewName] => typeof entry[1] === 'string' && isViewName(entry[1]))
  );
}

export namespace CurrentRun {
  export interface IOptions {
    client: IClient;
    stream: IEventStream;
    list: IRunList;
    settings: IHotspotsSettings;
    state: IStateDB | null;
    /** Says what each profiler is there for. */
    server?: IServerHalf;
  }
}
