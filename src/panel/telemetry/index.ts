import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import type { ICurrentRun } from '../../runs/current';
import type { IRunList } from '../../runs/list';
import { formatClock } from '../../runs/format';
import type { RunModel } from '../../runs/run';
import { CommandIDs } from '../commandids';
import { RunLabel } from '../runlabel';
import { FittedSection } from '../section';
import type { ICanvasThemeSource } from '../theme';
import type { Chart } from './chart';
import { chartKinds } from './kinds';
import { ProgressRow } from './progress';

/** Milliseconds between two ticks of the clock. */
const TICK = 250;

export interface ITelemetryOptions {
  current: ICurrentRun;
  list: IRunList;
  theme: ICanvasThemeSource;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** What the run uses, now or over its time. */
export class TelemetrySection extends FittedSection {
  constructor(options: ITelemetryOptions) {
    const { trans, commands } = options;
    super({ name: 'telemetry', label: trans.__('Now'), toolbarLabel: trans.__('Toolbar of the telemetry') });
    this._current = options.current;
    this.toolbar.insertItem(0, 'run', new RunLabel({ current: this._current, trans, isFull: true }));
    this._clock.addClass('jp-Hotspots-clock');
    this._clock.node.setAttribute('role', 'timer');
    this._clock.node.setAttribute('aria-label', trans.__('Time since the run was started'));
    this.toolbar.addItem('clock', this._clock);
    const stop = new CommandToolbarButton({ commands, id: CommandIDs.stop, label: '' });
    stop.addClass('jp-Hotspots-telemetry-stop');
    this.toolbar.addItem('stop', stop);
    this._options = options;
    this._empty.addClass('jp-Hotspots-quiet');
    this._empty.node.textContent = trans.__('CPU and memory are drawn here while something runs.');
    this._body.addClass('jp-Hotspots-telemetry-body');
    this._progress = new ProgressRow(trans.__('How far the program is'));
    this._body.addWidget(this._progress);
    this._body.addWidget(this._empty);
    this.addWidget(this._body);
    this._current.changed.connect(this._onRunChanged, this);
    options.list.changed.connect(this._onListChanged, this);
    this._onRunChanged();
  }

  override dispose(): void {
    clearInterval(this._timer);
    this._current.changed.disconnect(this._onRunChanged, this);
    this._options.list.changed.disconnect(this._onListChanged, this);
    super.dispose();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._timer = setInterval(() => this._tick(), TICK);
    if (this.isVisible) {
      void this._load();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._load();
  }

  protected override onBeforeDetach(msg: Message): void {
    clearInterval(this._timer);
    super.onBeforeDetach(msg);
  }

  /** The charts' library is fetched when the section is first seen. */
  private async _load(): Promise<void> {
    if (this._isLoading) {
      return;
    }
    this._isLoading = true;
    const { Chart } = await import('./chart');
    if (!this.isDisposed) {
      const { theme, trans } = this._options;
      this._charts = chartKinds(trans).map(kind => new Chart(kind, theme));
      this._charts.forEach(chart => this._body.addWidget(chart));
      this._onSeriesChanged();
    }
  }

  private _onRunChanged(): void {
    this._run = this._current.run;
    this._run?.seriesChanged.connect(this._onSeriesChanged, this);
    this._run?.summaryChanged.connect(this._onSummaryChanged, this);
    this._onSeriesChanged();
    this._tick();
    this._nameHeading();
  }

  private _onListChanged(): void {
    const { runs, text } = this._options.list;
    const newest = runs[0]?.id ?? '';
    // A search may hide the newest run.
    this._newest = text === '' || newest > this._newest ? newest : this._newest;
    this._nameHeading();
  }

  private _nameHeading(): void {
    const { trans } = this._options;
    const run = this._run;
    this.setHeading(
      !run || run.isActive ? trans.__('Now') : run.id >= this._newest ? trans.__('Last run') : trans.__('Earlier run')
    );
  }

  private _onSeriesChanged(): void {
    const run = this._run;
    const series = run?.series ?? null;
    for (const chart of this._charts) {
      chart.setSeries(series, run?.isActive ?? false);
      chart.setHidden(!series || !chart.isOf(series));
    }
    this._progress.setProgress(run?.isActive ? run.progress : null);
    this._empty.setHidden(run !== null);
  }

  private _onSummaryChanged(): void {
    this._tick();
    this._nameHeading();
    // The figures of a run that has just ended are others than those of one that goes on.
    if (!this._run?.isActive) {
      this._onSeriesChanged();
    }
  }

  private _tick(): void {
    const elapsed = this._run?.elapsed ?? null;
    const text = elapsed === null ? '' : formatClock(elapsed);
    if (this._clock.node.textContent !== text) {
      this._clock.node.textContent = text;
    }
  }

  private readonly _current: ICurrentRun;
  private readonly _clock = new Widget();
  private readonly _empty = new Widget();
  private readonly _body = new Panel();
  private readonly _progress: ProgressRow;
  private readonly _options: ITelemetryOptions;
  private _charts: readonly Chart[] = [];
  private _isLoading = false;
  private _newest = '';
  private _run: RunModel | null = null;
  private _timer: ReturnType<typeof setInterval> | undefined;
}
