import type { IThemeManager } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

/** The theme's colours and fonts as plain values: what is drawn on a canvas cannot use CSS variables. */
export interface ICanvasTheme {
  readonly background: string;
  readonly text: string;
  readonly dimText: string;
  readonly faintText: string;
  readonly border: string;
  readonly header: string;
  readonly selection: string;
  readonly accent: string;
  readonly focus: string;
  readonly shadow: string;
  /** The ramp of heat, from the least to the most. */
  readonly heat: readonly string[];
  readonly fontFamily: string;
  readonly codeFontFamily: string;
  /** Pixels. */
  readonly fontSize: number;
}

/** Steps of the ramp of heat: `--jp-hotspots-heat-1` … in `style/heat.css`. */
const HEAT_STEPS = 6;

/** Gives the theme as plain values, and says when it has changed. */
export interface ICanvasThemeSource {
  readonly theme: ICanvasTheme;
  readonly changed: ISignal<ICanvasThemeSource, ICanvasTheme>;
}

export class CanvasThemeSource implements ICanvasThemeSource, IDisposable {
  constructor(themes: IThemeManager | null) {
    this._themes = themes;
    themes?.themeChanged.connect(this._refresh, this);
  }

  /** Read when it is first needed: style sheets are loaded by then. */
  get theme(): ICanvasTheme {
    this._theme ??= readTheme();
    return this._theme;
  }

  get changed(): ISignal<this, ICanvasTheme> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._themes?.themeChanged.disconnect(this._refresh, this);
    Signal.clearData(this);
  }

  private _refresh(): void {
    this._theme = readTheme();
    this._changed.emit(this._theme);
  }

  private readonly _themes: IThemeManager | null;
  private readonly _changed = new Signal<this, ICanvasTheme>(this);
  private _theme: ICanvasTheme | null = null;
  private _isDisposed = false;
}

function readTheme(): ICanvasTheme {
  // An element inside the page resolves what a custom property alone does not: `var()`, `color-mix()`, `calc()`.
  const probe = document.createElement('div');
  probe.className = 'jp-Hotspots jp-Hotspots-probe';
  document.body.appendChild(probe);
  const style = getComputedStyle(probe);
  const color = (variable: string): string => {
    probe.style.color = `var(${variable})`;
    return style.color;
  };
  probe.style.fontFamily = 'var(--jp-code-font-family)';
  const codeFontFamily = style.fontFamily;
  probe.style.fontFamily = 'var(--jp-ui-font-family)';
  probe.style.fontSize = 'var(--jp-ui-font-size1)';
  const theme: ICanvasTheme = {
    background: color('--jp-layout-color1'),
    text: color('--jp-ui-font-color1'),
    dimText: color('--jp-ui-font-color2'),
    faintText: color('--jp-ui-font-color3'),
    border: color('--jp-border-color2'),
    header: color('--jp-layout-color1'),
    selection: color('--jp-hotspots-selection'),
    accent: color('--jp-hotspots-line'),
    focus: color('--jp-brand-color1'),
    shadow: color('--jp-hotspots-shadow'),
    heat: Array.from({ length: HEAT_STEPS }, (_, step) => color(`--jp-hotspots-heat-${step + 1}`)),
    fontFamily: style.fontFamily,
    codeFontFamily,
    fontSize: parseFloat(style.fontSize) || 13
  };
  probe.remove();
  return theme;
}

/**
 * The step of the ramp of heat that a share of 0–1 has: `--jp-hotspots-heat-1` is the first. Square root: most shares are
 * small, and they must still differ.
 */
export function heatStep(share: number): number {
  return 1 + Math.round(Math.sqrt(Math.min(1, Math.max(0, share))) * (HEAT_STEPS - 1));
}

/** The colour of a share of 0–1. */
export function heatColor(theme: ICanvasTheme, share: number): string {
  return theme.heat[heatStep(share) - 1]!;
}
