import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRowsQuery, Measure } from './rows';

/** The panel's sections, by the names used in settings. */
export const SECTIONS = ['launcher', 'telemetry', 'hotspots', 'output', 'history'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** What the user has chosen; `schema/settings/plugin.json` describes it. */
export interface IHotspotsSettings {
  readonly panelSide: 'left' | 'right';
  readonly sections: readonly SectionName[];
  readonly mostRows: number;
  readonly measure: Measure;
  readonly hideLibrary: boolean;
  readonly profiler: string;
  readonly changed: ISignal<IHotspotsSettings, void>;
  /** Remember the order of the sections. */
  setSections(sections: readonly SectionName[]): Promise<void>;
}

/** The settings, or their defaults where there is no registry or it cannot be read. */
export class HotspotsSettings implements IHotspotsSettings, IDisposable {
  get panelSide(): 'left' | 'right' {
    return this._value('panelSide') === 'right' ? 'right' : 'left';
  }

  get sections(): readonly SectionName[] {
    const given = this._value('sections');
    const known = (Array.isArray(given) ? given : []).filter((name): name is SectionName =>
      SECTIONS.includes(name as SectionName)
    );
    // Whatever a hand-edited list forgets is still there, at the end.
    return [...new Set([...known, ...SECTIONS])];
  }

  get mostRows(): number {
    const value = this._value('maxRows');
    return typeof value === 'number' && value >= 1 ? Math.floor(value) : 10_000;
  }

  get measure(): Measure {
    return this._value('measure') === 'total' ? 'total' : 'own';
  }

  get hideLibrary(): boolean {
    return this._value('hideLibrary') === true;
  }

  get profiler(): string {
    const value = this._value('profiler');
    return typeof value === 'string' ? value : '';
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

  async setSections(sections: readonly SectionName[]): Promise<void> {
    await this._settings?.set('sections', [...sections]);
  }

  private _value(name: string): unknown {
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
