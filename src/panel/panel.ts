import type { ITranslator } from '@jupyterlab/translation';
import { AccordionToolbar, SidePanel } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';
import { AccordionPanel, SplitPanel } from '@lumino/widgets';

import type { IServerHalf } from '../api/serverhalf';
import type { IEventStream } from '../api/stream';
import { flameIcon } from '../icons';
import type { ICurrentRun } from '../runs/current';
import type { IRunList } from '../runs/list';
import type { IRow } from '../runs/rows';
import { PanelHeader } from './header';
import { HistorySection } from './history';
import { HotspotsSection } from './hotspots';
import { LauncherSection } from './launcher';
import type { PathCompleter } from './launcher/completion';
import type { LauncherModel, LaunchField } from './launcher/model';
import { NoticeBoard } from './notice';
import { OutputSection } from './output';
import { RunLabel } from './runlabel';
import type { Section } from './section';
import type { SectionName } from './sections';
import { SECTIONS } from './sections';
import { TelemetrySection } from './telemetry';
import type { ICanvasThemeSource } from './theme';

/** The side panel, for those who add commands to it. */
export interface IHotspotsPanel {
  readonly id: string;
  readonly launcher: LauncherModel;
  readonly hotspots: HotspotsSection;
  /** The panel is seen for the first time. */
  readonly firstShown: ISignal<IHotspotsPanel, void>;
  /** Unfold a section. */
  unfold(name: SectionName): void;
  /** The sections that are folded. */
  folded: readonly SectionName[];
  /** A section was folded or unfolded. */
  readonly foldedChanged: ISignal<IHotspotsPanel, void>;
  /** Put the cursor into a field of the launcher, by default that for a script. */
  focusLauncher(field?: LaunchField): void;
  /** Put the cursor onto the button that starts. */
  focusStart(): void;
  /** The order of the sections, from top to bottom. */
  readonly order: readonly SectionName[];
  arrange(order: readonly SectionName[]): void;
}

export interface IPanelOptions {
  server: IServerHalf;
  stream: IEventStream;
  list: IRunList;
  current: ICurrentRun;
  launcher: LauncherModel;
  completer: PathCompleter;
  theme: ICanvasThemeSource;
  commands: CommandRegistry;
  translator: ITranslator;
  order: readonly SectionName[];
  openFile: () => string | null;
  start: () => void;
  stop: () => void;
  openSource: (place: Pick<IRow, 'file' | 'line'>) => void;
}

/** How the room that is left is shared out. */
const STRETCH: Readonly<Record<SectionName, number>> = {
  launcher: 0,
  telemetry: 0,
  hotspots: 6,
  output: 2,
  history: 2
};

/** Pixels of a title: less than JupyterLab's own, because here are five of them. */
const TITLE = 28;

/** Sections that are folded until they are asked for. */
const FOLDED: readonly SectionName[] = ['output'];

export class HotspotsPanel extends SidePanel implements IHotspotsPanel {
  constructor(options: IPanelOptions) {
    super({ translator: options.translator, content: makeAccordion() });
    const { commands, current, theme, list } = options;
    const trans = options.translator.load('jupyterlab_hotspots');
    this.id = 'jp-hotspots-panel';
    this.addClass('jp-Hotspots');
    this.title.icon = flameIcon;
    this.title.caption = trans.__('Hotspots: where the time goes');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Hotspots'));
    this.header.addWidget(new PanelHeader(commands, trans));
    const notices = new NoticeBoard({
      server: options.server,
      stream: options.stream,
      current,
      trans,
      showOutput: () => this.unfold('output')
    });
    (this.layout as PanelLayout).insertWidget(1, notices);

    this.launcher = options.launcher;
    const { completer, openFile, start, stop } = options;
    this._launcher = new LauncherSection({ model: this.launcher, current, completer, trans, openFile, start, stop });
    this.hotspots = new HotspotsSection({
      server: options.server,
      current,
      theme,
      commands,
      trans,
      open: options.openSource
    });
    this._sections = {
      launcher: this._launcher,
      telemetry: new TelemetrySection({ current, list, theme, commands, trans }),
      hotspots: this.hotspots,
      output: new OutputSection({ current, trans }),
      history: new HistorySection({ list, current, commands, trans })
    };
    this.hotspots.toolbar.insertItem(0, 'run', new RunLabel({ current, trans, isFull: false }));
    let hadRun = current.run !== null;
    current.changed.connect((_, run) => {
      // What to run next can wait; what has run needs the room.
      if ((run !== null) !== hadRun) {
        hadRun = run !== null;
        this.launcher.isFolded = hadRun;
      }
    });
    for (const name of SECTIONS) {
      SplitPanel.setStretch(this._sections[name], STRETCH[name]);
    }
    this.arrange(options.order);
    this.folded = FOLDED;
    this._accordion.expansionToggled.connect(() => this._foldedChanged.emit(), this);
  }

  readonly launcher: LauncherModel;
  readonly hotspots: HotspotsSection;

  get order(): readonly SectionName[] {
    return this._order;
  }

  get firstShown(): ISignal<this, void> {
    return this._firstShown;
  }

  arrange(order: readonly SectionName[]): void {
    if (order.join() === this._order.join()) {
      return;
    }
    this._order = [...order];
    // Taken out and put in again: moving alone would leave the order of the elements, and so that of Tab, as it was.
    for (const name of SECTIONS) {
      this._sections[name].parent = null;
    }
    this._order.forEach(name => this._accordion.addWidget(this._sections[name]));
  }

  get folded(): readonly SectionName[] {
    return this._order.filter(name => this._sections[name].isHidden);
  }

  set folded(names: readonly SectionName[]) {
    this._order.forEach((name, index) => {
      if (names.includes(name)) {
        this._accordion.collapse(index);
      } else {
        this._accordion.expand(index);
      }
    });
  }

  get foldedChanged(): ISignal<this, void> {
    return this._foldedChanged;
  }

  unfold(name: SectionName): void {
    this._accordion.expand(this._order.indexOf(name));
  }

  focusLauncher(field: LaunchField = 'path'): void {
    this._unfoldForm();
    this._focusLater(() => this._launcher.body.focusField(field));
  }

  focusStart(): void {
    this._unfoldForm();
    this._focusLater(() => this._launcher.body.focusStart());
  }

  /** Show all of the launcher. */
  private _unfoldForm(): void {
    this.unfold('launcher');
    this.launcher.isFolded = false;
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._onSeen();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    // A notice above the sections takes from their room without telling them.
    this._observer = new ResizeObserver(() => this.content.fit());
    this._observer.observe(this.content.node);
    if (this.isVisible) {
      this._onSeen();
    }
  }

  protected override onBeforeDetach(msg: Message): void {
    this._observer?.disconnect();
    this._observer = null;
    super.onBeforeDetach(msg);
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this._focusLater(() => {
      if (!this.node.contains(document.activeElement)) {
        this._launcher.body.focusField('path');
      }
    });
  }

  /** The palette, once its command is done, gives the focus back to the main area: ours comes after that. */
  private _focusLater(focus: () => void): void {
    setTimeout(() => {
      if (!this.isDisposed && this.isVisible) {
        focus();
      }
    });
  }

  private _onSeen(): void {
    if (!this._wasSeen) {
      this._wasSeen = true;
      this._firstShown.emit();
    }
  }

  private get _accordion(): AccordionPanel {
    return this.content as AccordionPanel;
  }

  private readonly _launcher: LauncherSection;
  private readonly _sections: Readonly<Record<SectionName, Section>>;
  private readonly _firstShown = new Signal<this, void>(this);
  private readonly _foldedChanged = new Signal<this, void>(this);
  private _observer: ResizeObserver | null = null;
  private _order: readonly SectionName[] = [];
  private _wasSeen = false;
}

/** JupyterLab's accordion with lower titles. */
function makeAccordion(): AccordionPanel {
  return new AccordionPanel({ layout: AccordionToolbar.createLayout({ titleSpace: TITLE }) });
}
