import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { PartialJSONValue } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRowsQuery, Measure } from './rows';

/** What the user has chosen; `schema/settings/plugin.json` describes it. */
export interface IHotspotsSettings {
  readonly maxRows: number;
  readonly measure: Measure;
  readonly hideLibrary: boolean;
  /** The profiler that is chosen where the user has not chosen one. */
  readonly defaultProfiler: string;
  readonly changed: ISignal<IHotspotsSettings, void>;
  /** What is chosen under a name of the schema, unchecked; undefined if it is not known. */
  value(name: string): unknown;
  set(name: string, value: PartialJSONValue): Promise<void>;
}

/** The settings, or their defaults where there is no registry or it cannot be read. */
export class HotspotsSettings implements IHotspotsSettings, IDisposable {
  get maxRows(): number {
    const value = this.value('maxRows');
    return typeof value === 'number' && value >= 1 ? Math.floor(value) : 10_000;
  }

  get measure(): Measure {
    return this.value('measure') === 'total' ? 'total' : 'own';
  }

  get hideLibrary(): boolean {
    return this.value('hideLibrary') === true;
  }

  get defaultProfiler(): string {
    const value = this.value('defaultProfiler');
    return typeof value === 'string' && value ? value : 'sampling';
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Take over what the registry has loaded. */
  use(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
    settings.changed.connect(() => this._changed.emit(), this);
    this._changed.emit();
  }

  async set(name: string, value: PartialJSONValue): Promise<void> {
    await this._settings?.set(name, value);
  }

  value(name: string): unknown {
    return this._settings?.composite[name];
  }

  private readonly _changed = new Signal<this, void>(this);
  private _settings: ISettingRegistry.ISettings | null = null;
  private _isDisposed = false;
}

/** The order and filters that a table starts with. */
export function initialQuery(settings: IHotspotsSettings): IRowsQuery {
  return {
    sort: settings.measure === 'own' ? 'own_s' : 'total_s',
    descending: true,
    text: '',
    hideLibrary: settings.hideLibrary
  };
}
