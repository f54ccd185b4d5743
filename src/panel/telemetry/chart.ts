import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import uPlot from 'uplot';

import type { Series } from '../../runs/series';
import type { ICanvasThemeSource } from '../theme';

/** One chart: which column, and how it is written and scaled. */
export interface IChartKind {
  readonly label: string;
  /** Whether the chart is there before its first value. */
  readonly isAlways: boolean;
  /** What the label stands for, for the tooltip and for screen readers. */
  readonly description: string;
  /** The value at a point; null where there is none. */
  readonly values: (series: Series) => readonly (number | null)[];
  /** The value now. */
  readonly last: (series: Series) => number | null;
  /** What is told of a run that has ended, and what it is called: its mean, its peak. */
  readonly overall: { readonly label: string; readonly value: (series: Series) => number | null };
  readonly format: (value: number | null) => string;
  /** What stands behind the figure, as `of 4 GB`; empty for nothing. */
  readonly suffix: (series: Series) => string;
  /** The limit that is drawn as a line; null for none. */
  readonly limit: (series: Series) => number | null;
  /** The least that the scale shows, so that a small ripple is not drawn as a mountain. */
  readonly least: number;
}

/** Pixels. */
const HEIGHT = 32;

/** A limit is drawn once values come this near; before, it would only press the curve flat. */
const NEAR_LIMIT = 0.5;

/**
 * A line over time with its figure beside it.
 */
export class Chart extends Widget {
  constructor(kind: IChartKind, theme: ICanvasThemeSource) {
    super();
    this.addClass('jp-Hotspots-chart');
    this._kind = kind;
    this._theme = theme;
    this._figure.className = 'jp-Hotspots-chart-figure';
    const label = document.createElement('span');
    label.className = 'jp-Hotspots-chart-label';
    label.append(kind.label, this._which);
    const text = document.createElement('div');
    text.className = 'jp-Hotspots-chart-text';
    this._suffix.className = 'jp-Hotspots-chart-suffix';
    text.append(label, this._figure, this._suffix);
    this._plotNode.className = 'jp-Hotspots-chart-plot';
    this.node.append(text, this._plotNode);
    this.node.setAttribute('role', 'img');
    this.node.title = kind.description;
    theme.changed.connect(this._redraw, this);
  }

  override dispose(): void {
    this._theme.changed.disconnect(this._redraw, this);
    this._plot?.destroy();
    this._plot = null;
    super.dispose();
  }

  /** Whether there is anything to draw, or will be. */
  isOf(series: Series): boolean {
    return this._kind.isAlways || this._kind.values(series).length > 0;
  }

  /** Show a series, or that there is none. While it goes on the figure is the last value, afterwards the overall one. */
  setSeries(series: Series | null, isLive: boolean): void {
    const { last, overall } = this._kind;
    this._series = series;
    this._shown = series ? (isLive ? last : overall.value)(series) : null;
    this._which.textContent = series && !isLive ? overall.label : '';
    this._write(this._shown);
    this._draw();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._observer = new ResizeObserver(() => this._resize());
    this._observer.observe(this._plotNode);
  }

  protected override onBeforeDetach(msg: Message): void {
    this._observer?.disconnect();
    this._observer = null;
    super.onBeforeDetach(msg);
  }

  private _write(value: number | null): void {
    const { format, suffix, label } = this._kind;
    this._figure.textContent = format(value);
    this._suffix.textContent = this._series ? suffix(this._series) : '';
    const words = [label, this._which.textContent, this._figure.textContent, this._suffix.textContent];
    this.node.setAttribute('aria-label', words.filter(Boolean).join(' '));
  }

  private _draw(): void {
    if (!this._plot) {
      this._resize();
    }
    this._plot?.setData(this._data());
  }

  private _data(): uPlot.AlignedData {
    const series = this._series;
    return series && series.length > 1
      ? [series.times as number[], this._kind.values(series) as (number | null)[]]
      : [[], []];
  }

  private _redraw(): void {
    this._plot?.redraw(false);
  }

  private _resize(): void {
    const width = Math.floor(this._plotNode.clientWidth);
    if (width <= 0) {
      return;
    }
    if (this._plot) {
      this._plot.setSize({ width, height: HEIGHT });
    } else {
      this._plot = new uPlot(this._options(width), this._data(), this._plotNode);
    }
  }

  private _options(width: number): uPlot.Options {
    const { least } = this._kind;
    return {
      width,
      height: HEIGHT,
      padding: [3, 1, 1, 1],
      pxAlign: false,
      legend: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      cursor: { x: true, y: false, drag: { x: false, y: false }, points: { show: false } },
      axes: [{ show: false }, { show: false }],
      scales: {
        x: { time: false },
        y: { range: (_, __, max) => [0, Math.max(least, max ?? 0, this._visibleLimit() ?? 0) * 1.04] }
      },
      series: [
        {},
        {
          stroke: () => this._theme.theme.accent,
          fill: () => withAlpha(this._theme.theme.accent, 0.14),
          width: 1.25,
          spanGaps: true,
          points: { show: false }
        }
      ],
      hooks: {
        draw: [plot => this._drawLimit(plot)],
        setCursor: [plot => this._onCursor(plot)]
      }
    };
  }

  private _visibleLimit(): number | null {
    const limit = this._series ? this._kind.limit(this._series) : null;
    if (!this._series || limit === null) {
      return null;
    }
    const highest = this._kind.values(this._series).reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
    return highest >= NEAR_LIMIT * limit ? limit : null;
  }

  private _drawLimit(plot: uPlot): void {
    const limit = this._visibleLimit();
    if (limit === null) {
      return;
    }
    const y = Math.round(plot.valToPos(limit, 'y', true)) + 0.5;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = this._theme.theme.dimText;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }

  /** Under the pointer, the figure is that of the moment pointed at. */
  private _onCursor(plot: uPlot): void {
    const index = plot.cursor.idx;
    const series = this._series;
    const value =
      series && index !== null && index !== undefined ? (this._kind.values(series)[index] ?? null) : this._shown;
    this._plotNode.classList.toggle('jp-mod-pointed', index !== null && index !== undefined);
    this._figure.textContent = this._kind.format(value);
  }

  private readonly _kind: IChartKind;
  private readonly _theme: ICanvasThemeSource;
  private readonly _figure = document.createElement('span');
  private readonly _which = document.createElement('small');
  private readonly _suffix = document.createElement('span');
  private readonly _plotNode = document.createElement('div');
  private _series: Series | null = null;
  private _shown: number | null = null;
  private _plot: uPlot | null = null;
  private _observer: ResizeObserver | null = null;
}

/** A computed colour, fainter. */
function withAlpha(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${alpha * 100}%, transparent)`;
}
