import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { HotspotsError } from '../../api/errors';
import type { ProfilerDescription, ProfilerOption, RequestRecord, RunBody } from '../../api/generated/rest';
import type { IServerHalf } from '../../api/serverhalf';
import {
  ArgumentError,
  formatEnvironment,
  joinArguments,
  parseEnvironment,
  splitArguments
} from '../../runs/arguments';
import { Pace } from '../../runs/pace';
import type { IHotspotsSettings } from '../../runs/settings';
import type { OptionValue } from './options';
import { namesIn, optionTexts, optionValue } from './options';

/** What is typed into the launcher. */
export interface ILaunchFields {
  /** A script's path, or `-m package.module`. */
  readonly path: string;
  readonly args: string;
  /** Empty: the script's folder. */
  readonly cwd: string;
  /** `NAME=VALUE` lines. */
  readonly env: string;
  /** Empty: the server's. */
  readonly python: string;
}

/** Where something is typed: a field of its own, or one of the options of the profilers. */
export type LaunchField = keyof ILaunchFields | 'options';

/** What stands in the way of a start, and at which field. */
export interface ILaunchProblem {
  readonly field: LaunchField | null;
  readonly message: string;
  readonly hint: string;
}

const EMPTY: ILaunchFields = { path: '', args: '', cwd: '', env: '', python: '' };
const STATE_ID = 'jupyterlab-hotspots:launcher';

/** Scripts whose arguments are remembered. */
const REMEMBERED = 50;

/** What to run, and how: the launcher's state, kept over reloads. */
export class LauncherModel implements IDisposable {
  constructor(options: LauncherModel.IOptions) {
    this._server = options.server;
    this._settings = options.settings;
    this._state = options.state;
    this._trans = options.trans;
    this._pace = new Pace(500, () => this._save());
    this._server.changed.connect(this._onServerChanged, this);
    void this._restore();
  }

  get fields(): ILaunchFields {
    return this._fields;
  }

  /** Whether working directory, environment and Python are unfolded. */
  get isUnfolded(): boolean {
    return this._isUnfolded;
  }

  set isUnfolded(value: boolean) {
    this._isUnfolded = value;
    this._pace.ask();
    this._changed.emit();
  }

  /** Whether the form is folded to the script and its buttons, to leave the room to the run that is shown. */
  get isFolded(): boolean {
    return this._isFolded;
  }

  set isFolded(value: boolean) {
    if (value !== this._isFolded) {
      this._isFolded = value;
      this._changed.emit();
    }
  }

  get problem(): ILaunchProblem | null {
    return this._problem;
  }

  /** The profilers of the server that can run a script; empty as long as it has not answered. */
  get profilers(): readonly ProfilerDescription[] {
    return (this._server.description?.profilers ?? []).filter(({ targets }) => targets.includes('script'));
  }

  /** The Python that is used where none is given. */
  get defaultPython(): string {
    return this._server.description?.python ?? '';
  }

  /** Whether there is a server half that could start anything. */
  get canStart(): boolean {
    return this._server.state !== 'missing';
  }

  /** The names of the chosen profilers, in the order in which they are listed; none leaves the choice to the server. */
  get chosen(): readonly string[] {
    const installed = this.profilers.filter(profiler => profiler.installed).map(({ name }) => name);
    const among = (names: readonly string[]): string[] => installed.filter(name => names.includes(name));
    const wanted = [this._chosen, namesIn(this._settings.defaultProfiler)].map(among).find(({ length }) => length > 0);
    return wanted ?? installed.slice(0, 1);
  }

  /** Chosen profilers that cannot be used, because they are not installed: they stay chosen until they are, or are taken away. */
  get absent(): readonly ProfilerDescription[] {
    return this.profilers.filter(({ installed, name }) => !installed && this._chosen.includes(name));
  }

  /** Choose one profiler, or several: the script is run once under each. */
  chooseProfilers(...names: string[]): void {
    this._chosen = names;
    this._hasChosen = true;
    this._problem = null;
    this._pace.ask();
    this._changed.emit();
  }

  /** Add a profiler to those that are chosen, or take it away; one always stays. */
  toggleProfiler(name: string): void {
    const { chosen } = this;
    const absent = this.absent.map(profiler => profiler.name);
    if (absent.includes(name)) {
      this.chooseProfilers(...chosen, ...absent.filter(other => other !== name));
      return;
    }
    const rest = chosen.filter(other => other !== name);
    const next = rest.length < chosen.length ? (rest.length > 0 ? rest : chosen) : [...chosen, name];
    this.chooseProfilers(...next, ...absent);
  }

  /** The command that installs a profiler where the script will run. */
  installCommand({ install, name }: ProfilerDescription): string {
    const python = this._fields.python.trim() || this.defaultPython || 'python';
    // The `pip` that a terminal finds may be that of another Python.
    const pip = /^(?:-m )?(pip\s.*)$/.exec(install ?? '')?.[1];
    return pip ? `${joinArguments([python])} -m ${pip}` : (install ?? name);
  }

  /** Whether the options of the chosen profilers are unfolded. */
  get showsOptions(): boolean {
    return this._showsOptions;
  }

  set showsOptions(value: boolean) {
    this._showsOptions = value;
    this._pace.ask();
    this._changed.emit();
  }

  /** The options of the chosen profilers; one that several have is there once. */
  get options(): readonly ProfilerOption[] {
    const { chosen } = this;
    const all = this.profilers.filter(({ name }) => chosen.includes(name)).flatMap(({ options }) => options);
    return all.filter(({ name }, index) => all.findIndex(option => option.name === name) === index);
  }

  /** What was typed for an option; empty where its default holds. */
  option(name: string): string {
    return this._options[name] ?? '';
  }

  setOption(name: string, text: string): void {
    this._options = { ...this._options, [name]: text };
    this._problem = null;
    this._pace.ask();
    this._changed.emit();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._pace.isDisposed;
  }

  dispose(): void {
    this._pace.dispose();
    this._server.changed.disconnect(this._onServerChanged, this);
    Signal.clearData(this);
  }

  /** Something was typed. */
  edit(change: Partial<ILaunchFields>): void {
    this._touched = true;
    this._fields = { ...this._fields, ...change };
    this._problem = null;
    this._pace.ask();
    this._changed.emit();
  }

  /** Choose a script; what it was run with the last time comes back. */
  choose(path: string): void {
    const known = this._remembered.find(fields => fields.path === path);
    if (path !== this._fields.path) {
      this.edit(known ?? { ...EMPTY, path });
    }
  }

  /** Take over a run from the history. */
  take(request: RequestRecord, path: string): void {
    const { target, cwd, env, python, profiler, options } = request;
    this.edit({
      path: target.kind === 'module' ? `-m ${target.module ?? ''}` : path,
      args: joinArguments(target.args ?? []),
      cwd,
      env: formatEnvironment(env),
      python: python === this.defaultPython ? '' : python
    });
    this._options = optionTexts(options);
    this.chooseProfilers(...namesIn(profiler));
  }

  /**
   * What was typed, as the server wants it; null, with `problem` set, if it cannot be read.
   */
  body(): RunBody | null {
    const { path, args, cwd, env, python } = this._fields;
    const target = path.trim();
    const module = /^-m\s+(\S+)$/.exec(target)?.[1];
    if (target === '') {
      this.setProblem({
        field: 'path',
        message: this._trans.__('There is no script to run.'),
        hint: this._trans.__('Type its path, or choose the open file.')
      });
      return null;
    }
    const options = this._readOptions();
    if (!options) {
      return null;
    }
    const profiler = this.chosen.join(',');
    try {
      const words = splitArguments(args);
      return {
        target: module ? { kind: 'module', module, args: words } : { kind: 'script', path: target, args: words },
        ...(profiler ? { profiler } : {}),
        ...(Object.keys(options).length > 0 ? { options } : {}),
        cwd: cwd.trim() || null,
        python: python.trim() || null,
        env: parseEnvironment(env)
      };
    } catch (error) {
      this.setProblem(this._describe(error));
      return null;
    }
  }

  /** A run was started with these fields: remember them. */
  started(): void {
    const fields = this._fields;
    this._remembered = [fields, ...this._remembered.filter(({ path }) => path !== fields.path)].slice(0, REMEMBERED);
    this._pace.ask();
  }

  setProblem(problem: ILaunchProblem | null): void {
    this._problem = problem;
    // A problem in a folded field cannot be mended unseen.
    if (problem?.field && problem.field !== 'path') {
      this._isFolded = false;
    }
    if (problem?.field === 'cwd' || problem?.field === 'env' || problem?.field === 'python') {
      this._isUnfolded = true;
    } else if (problem?.field === 'options') {
      this._showsOptions = true;
    }
    this._changed.emit();
  }

  /** What was typed for the options, by their kinds; null, with `problem` set, if it cannot be read. */
  private _readOptions(): Record<string, OptionValue> | null {
    const values: Record<string, OptionValue> = {};
    for (const option of this.options) {
      const text = this.option(option.name).trim();
      if (text === '') {
        continue;
      }
      const value = optionValue(option, text);
      if (value === null) {
        this.setProblem({
          field: 'options',
          message: this._trans.__('“%1” is not a number: %2', option.title, text),
          hint: this._trans.__('Write it in digits, or leave it empty.')
        });
        return null;
      }
      values[option.name] = value;
    }
    return values;
  }

  private _describe(error: unknown): ILaunchProblem {
    if (!(error instanceof ArgumentError)) {
      const { message, hint } = HotspotsError.from(error);
      return { field: null, message, hint };
    }
    switch (error.kind) {
      case 'quote':
        return {
          field: 'args',
          message: this._trans.__(
            'The quote %1 at character %2 of the arguments is not closed.',
            error.what,
            error.position + 1
          ),
          hint: this._trans.__('Close it, or put a backslash in front of it.')
        };
      case 'backslash':
        return {
          field: 'args',
          message: this._trans.__('The arguments end with a backslash.'),
          hint: this._trans.__('Remove it, or double it to pass one.')
        };
      case 'name':
        return {
          field: 'env',
          message: this._trans.__('Line %1 of the environment is not NAME=VALUE: %2', error.position, error.what),
          hint: this._trans.__('Write one variable a line, its name before the equals sign.')
        };
    }
  }

  private _save(): void {
    void this._state?.save(STATE_ID, {
      fields: { ...this._fields },
      profiler: this._chosen.join(),
      options: { ...this._options },
      showsOptions: this._showsOptions,
      isUnfolded: this._isUnfolded,
      remembered: this._remembered.map(fields => ({ ...fields }))
    });
  }

  private async _restore(): Promise<void> {
    const saved = (await this._state?.fetch(STATE_ID).catch(() => undefined)) as Partial<ISaved> | undefined;
    if (!saved || this.isDisposed) {
      return;
    }
    this._remembered = (saved.remembered ?? []).map(fields => ({ ...EMPTY, ...fields }));
    // What was typed or chosen in the meantime goes before what was there the last time.
    if (!this._touched) {
      this._fields = { ...EMPTY, ...saved.fields };
      this._isUnfolded = saved.isUnfolded ?? false;
    }
    if (!this._hasChosen) {
      this._chosen = namesIn(saved.profiler ?? '');
      this._options = { ...saved.options, ...this._options };
      this._showsOptions = saved.showsOptions ?? false;
    }
    this._changed.emit();
  }

  private _onServerChanged(): void {
    this._changed.emit();
  }

  private readonly _server: IServerHalf;
  private readonly _settings: IHotspotsSettings;
  private readonly _state: IStateDB | null;
  private readonly _trans: TranslationBundle;
  private readonly _pace: Pace;
  private readonly _changed = new Signal<this, void>(this);
  private _fields = EMPTY;
  private _chosen: readonly string[] = [];
  private _hasChosen = false;
  private _options: Readonly<Record<string, string>> = {};
  private _showsOptions = false;
  private _isUnfolded = false;
  private _isFolded = false;
  private _problem: ILaunchProblem | null = null;
  private _remembered: readonly ILaunchFields[] = [];
  private _touched = false;
}

interface ISaved {
  fields: Partial<ILaunchFields>;
  /** Names, separated by commas. */
  profiler: string;
  options: Record<string, string>;
  showsOptions: boolean;
  isUnfolded: boolean;
  remembered: Partial<ILaunchFields>[];
}

export namespace LauncherModel {
  export interface IOptions {
    server: IServerHalf;
    settings: IHotspotsSettings;
    state: IStateDB | null;
    trans: TranslationBundle;
  }
}
