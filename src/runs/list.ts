import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import { HotspotsError } from '../api/errors';
import type { RunSummary } from '../api/generated/rest';
import type { IEventStream, StoreEvent } from '../api/stream';
import { inOrder } from './groups';
import { occurIn, wordsOf } from './words';

/** Runs fetched at once. */
const PAGE = 100;

/** Runs fetched at once when those that are shown are asked for again: as many as the server gives at once. */
const MOST = 1000;

/** The history, newest first, as far as it was loaded; kept up to date by the events of the store. */
export interface IRunList {
  readonly runs: readonly RunSummary[];
  /** How many runs match the search in all. */
  readonly total: number;
  readonly text: string;
  readonly hasMore: boolean;
  /** Whether the first page has arrived. */
  readonly isLoaded: boolean;
  /** What went wrong; empty if nothing. */
  readonly problem: string;
  readonly changed: ISignal<IRunList, void>;
  /** A run appeared or changed, wherever it was begun. */
  readonly runChanged: ISignal<IRunList, RunSummary>;
  readonly runDeleted: ISignal<IRunList, string>;
  search(text: string): Promise<void>;
  refresh(): Promise<void>;
  loadMore(): Promise<void>;
  /** Delete a run and what it has measured. Throws a `HotspotsError`. */
  delete(id: string): Promise<void>;
  /** Take in a run that the server has just answered with. */
  put(summary: RunSummary): void;
  find(id: string): RunSummary | undefined;
  /** The runs of a group, as far as they were seen, in the order in which they were asked for. */
  group(id: string): RunSummary[];
}

export class RunList implements IRunList, IDisposable {
  constructor(options: { client: IClient; stream: IEventStream }) {
    this._client = options.client;
    options.stream.storeChanged.connect(this._onStoreChanged, this);
    // Whatever happened while the connection was away is not told again.
    options.stream.reopened.connect(() => void this.refresh(), this);
  }

  get runs(): readonly RunSummary[] {
    return this._runs;
  }

  get total(): number {
    return this._total;
  }

  get text(): string {
    return this._text;
  }

  get hasMore(): boolean {
    return this._before !== null;
  }

  get isLoaded(): boolean {
    return this._isLoaded;
  }

  get problem(): string {
    return this._problem;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runChanged(): ISignal<this, RunSummary> {
    return this._runChanged;
  }

  get runDeleted(): ISignal<this, string> {
    return this._runDeleted;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  find(id: string): RunSummary | undefined {
    return this._runs.find(run => run.id === id);
  }

  group(id: string): RunSummary[] {
    return inOrder(this._groups.get(id)?.values() ?? []);
  }

  async search(text: string): Promise<void> {
    this._text = text;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    // As many as were there, so that a reader deep in the list stays where he is.
    await this._load(null, Math.max(PAGE, Math.min(this._runs.length, MOST)));
  }

  async loadMore(): Promise<void> {
    if (this._before !== null && !this._isLoading) {
      await this._load(this._before, PAGE);
    }
  }

  async delete(id: string): Promise<void> {
    await this._client.delete(id);
    this._remove(id);
  }

  put(summary: RunSummary): void {
    this._remember(summary);
    const index = this._runs.findIndex(run => run.id === summary.id);
    if (index >= 0) {
      this._runs = this._runs.with(index, summary);
    } else if (matchesText(summary, this._text) && this._belongs(summary)) {
      // Ids sort by the time they were made.
      const place = this._runs.findIndex(run => run.id < summary.id);
      this._runs = this._runs.toSpliced(place < 0 ? this._runs.length : place, 0, summary);
      this._total += 1;
    }
    this._changed.emit();
    this._runChanged.emit(summary);
  }

  /** Whether a run lies in the part of the history that is loaded. */
  private _belongs(summary: RunSummary): boolean {
    const last = this._runs[this._runs.length - 1];
    return this._before === null || last === undefined || summary.id > last.id;
  }

  /** A search may hide some runs of a group: whoever shows one of them needs the others too. */
  private _remember(summary: RunSummary): void {
    if (summary.group !== null) {
      const members = this._groups.get(summary.group) ?? new Map<string, RunSummary>();
      this._groups.set(summary.group, members.set(summary.id, summary));
    }
  }

  private _remove(id: string): void {
    this._groups.forEach(members => members.delete(id));
    if (this.find(id)) {
      this._runs = this._runs.filter(run => run.id !== id);
      this._total = Math.max(0, this._total - 1);
      this._changed.emit();
    }
    this._runDeleted.emit(id);
  }

  private async _load(before: string | null, limit: number): Promise<void> {
    const generation = ++this._generation;
    this._isLoading = true;
    try {
      const text = this._text.trim();
      const answer = await this._client.runs({ text, limit, before: before ?? undefined });
      if (generation !== this._generation || this._isDisposed) {
        return;
      }
      answer.runs.forEach(run => this._remember(run));
      this._runs = before === null ? answer.runs : [...this._runs, ...answer.runs];
      this._total = answer.total;
      this._before = answer.next;
      this._problem = '';
      this._isLoaded = true;
    } catch (error) {
      if (generation !== this._generation || this._isDisposed) {
        return;
      }
      this._problem = HotspotsError.from(error).message;
    }
    this._isLoading = false;
    this._changed.emit();
  }

  private _onStoreChanged(_: IEventStream, event: StoreEvent): void {
    if (event.type === 'run') {
      this.put(event.summary);
    } else {
      this._remove(event.run);
    }
  }

  private readonly _client: IClient;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _runChanged = new Signal<this, RunSummary>(this);
  private readonly _runDeleted = new Signal<this, string>(this);
  private readonly _groups = new Map<string, Map<string, RunSummary>>();
  private _runs: RunSummary[] = [];
  private _total = 0;
  private _text = '';
  private _before: string | null = null;
  private _isLoading = false;
  private _isLoaded = false;
  private _problem = '';
  private _generation = 0;
  private _isDisposed = false;
}

/** Whether a run matches a search: its words occur in name, path, module, arguments, profiler, status or reason; or it is its id. */
export function matchesText(summary: RunSummary, text: string): boolean {
  const words = wordsOf(text);
  const { id, target, profiler, status, reason } = summary;
  return (
    (words.length === 1 && words[0] === id.toLowerCase()) ||
    occurIn(words, [target.name, target.path, target.module, ...target.args, profiler, status, reason])
  );
}
