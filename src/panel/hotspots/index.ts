import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import type { Menu } from '@lumino/widgets';
import { Panel, Widget } from '@lumino/widgets';

import type { ProfilerDescription } from '../../api/generated/rest';
import type { IServerHalf } from '../../api/serverhalf';
import type { ICurrentRun } from '../../runs/current';
import type { IRow, IRows } from '../../runs/rows';
import type { RunModel } from '../../runs/run';
import type { RunTree } from '../../runs/runtree';
import { CommandIDs } from '../commandids';
import { Section } from '../section';
import type { ICanvasThemeSource } from '../theme';
import { Beginnings } from './beginnings';
import { FilterRow } from './filterrow';
import { Footer } from './footer';
import type { HotspotGrid } from './grid';
import { noMatchLabel, rowKind } from './labels';
import { Remarks } from './remarks';
import { Switches } from './switches';
import { TreeView } from './tree';

export interface IHotspotsOptions {
  server: IServerHalf;
  current: ICurrentRun;
  theme: ICanvasThemeSource;
  commands: CommandRegistry;
  trans: TranslationBundle;
  open: (place: Pick<IRow, 'file' | 'line'>) => void;
}

/**
 * Where time and memory go: the rankings of functions, lines and sites, live and afterwards, and then also the tree of
 * calls, or of what keeps objects alive.
 */
export class HotspotsSection extends Section {
  constructor(options: IHotspotsOptions) {
    const { trans, current, commands } = options;
    super({ name: 'hotspots', label: trans.__('Hot spots'), toolbarLabel: trans.__('Toolbar of the hot spots') });
    this._trans = trans;
    this._current = current;
    this._options = options;
    this._table.addClass('jp-Hotspots-table');
    this._tree = new TreeView(options);
    this._filter = new FilterRow({ current, trans, leave: () => this.leaveFilter() });
    this._footer = new Footer({ current, trans });
    this._beginnings = new Beginnings({
      trans,
      profileOpenFile: () => void commands.execute(CommandIDs.profileCurrentFile),
      chooseScript: () => void commands.execute(CommandIDs.chooseFile)
    });
    this._message.addClass('jp-Hotspots-quiet');
    this._message.node.setAttribute('role', 'status');
    this._makeToolbar(commands);

    const body = new Panel();
    body.addClass('jp-Hotspots-hotspots-body');
    const switches = new Switches({ current, trans });
    const remarks = new Remarks({ current, trans });
    const { _filter: filter, _message: message, _beginnings: beginnings, _table: table, _tree: tree } = this;
    [switches, filter, remarks, message, beginnings, table, tree, this._footer].forEach(widget =>
      body.addWidget(widget)
    );
    this.addWidget(body);
    this._filter.hide();

    current.changed.connect(this._onRunChanged, this);
    current.queryChanged.connect(this._refresh, this);
    this._onRunChanged();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._current.changed.disconnect(this._onRunChanged, this);
    this._current.queryChanged.disconnect(this._refresh, this);
    this._menu?.dispose();
    super.dispose();
  }

  /** The row that is chosen in the table, or in the tree. */
  get selectedRow(): Pick<IRow, 'file' | 'line'> | null {
    return this._shownTree ? this._tree.selected : (this._grid?.selectedRow ?? null);
  }

  /** Unfold the filter and put the cursor into it. */
  focusFilter(): void {
    this._filter.show();
    // Later: a toolbar takes the focus itself when the click on one of its buttons reaches it.
    setTimeout(() => this._filter.focus());
  }

  /** Clear the filter and fold it. */
  leaveFilter(): void {
    this._filter.hide();
    this._current.setQuery({ text: '' });
    this._grid?.focus();
  }

  /** Open the menu of the table below its button. */
  openMenu(): void {
    const { commands } = this._options;
    this._menu?.dispose();
    const menu = (this._menu = new MenuSvg({ commands }));
    menu.addItem({ command: CommandIDs.toggleLibrary });
    if (commands.isVisible(CommandIDs.toggleMeasure)) {
      menu.addItem({ command: CommandIDs.toggleMeasure });
    }
    menu.addItem({ type: 'separator' });
    for (const { sort, label } of this._grid?.sortable ?? []) {
      menu.addItem({ command: CommandIDs.sort, args: { by: sort, label } });
    }
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.clearFilter });
    const anchor = this.toolbar.node.querySelector('[data-command="hotspots:table-menu"]') ?? this.toolbar.node;
    const { left, bottom } = anchor.getBoundingClientRect();
    menu.open(left, bottom);
  }

  /** Say something quietly below the table. */
  remark(text: string): void {
    this._footer.remark(text);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._load();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      void this._load();
    }
  }

  /** The grid is a large module of the lab: it is fetched when the section is first seen. */
  private async _load(): Promise<void> {
    if (this._grid || this._isLoading) {
      return;
    }
    this._isLoading = true;
    const { HotspotGrid } = await import('./grid');
    if (!this.isDisposed) {
      this._grid = new HotspotGrid(this._options);
      this._table.addWidget(this._grid);
      this._grid.setRows(this._rows, false);
    }
  }

  private _makeToolbar(commands: CommandRegistry): void {
    const { toolbar } = this;
    toolbar.addItem(
      'measure',
      new CommandToolbarButton({ commands, id: CommandIDs.toggleMeasure, args: { toolbar: true } })
    );
    toolbar.addItem('filter', new CommandToolbarButton({ commands, id: CommandIDs.focusFilter, label: '' }));
    toolbar.addItem('more', new CommandToolbarButton({ commands, id: CommandIDs.tableMenu, label: '' }));
  }

  private _onRunChanged(): void {
    const { run } = this._current;
    this._run = run;
    run?.rowsReplaced.connect(this._onRowsReplaced, this);
    run?.summaryChanged.connect(this._refresh, this);
    run?.warningsChanged.connect(this._refresh, this);
    run?.tablesChanged.connect(this._refresh, this);
    this._footer.remark('');
    if (this._current.query.text === '') {
      this._filter.hide();
    }
    this._setRows(run?.rows ?? null, false);
  }

  private _onRowsReplaced(_: RunModel, rows: IRows): void {
    this._setRows(rows, true);
  }

  private _setRows(rows: IRows | null, keep: boolean): void {
    this._rows?.changed.disconnect(this._refresh, this);
    this._rows = rows;
    this._grid?.setRows(rows, keep);
    rows?.changed.connect(this._refresh, this);
    this._refresh();
  }

  /** The tree, if it is what is shown. */
  private get _shownTree(): RunTree | null {
    return this._run?.view === 'tree' ? this._run.tree : null;
  }

  private _refresh(): void {
    const rows = this._rows;
    const tree = this._shownTree;
    if (tree) {
      tree.changed.disconnect(this._noteTree, this);
      tree.changed.connect(this._noteTree, this);
      this._noteTree();
      this._filter.hide();
    } else {
      this._footer.setRows(rows);
      // A filter that holds is seen, on the way back from the tree too.
      if (this._current.query.text !== '') {
        this._filter.show();
      }
    }
    this._tree.setHidden(tree === null);
    const message = tree ? '' : this._emptyMessage();
    this._message.node.textContent = message;
    this._message.setHidden(message === '');
    this._beginnings.setHidden(this._run !== null);
    this._table.setHidden(this._run === null || message !== '' || tree !== null);
  }

  /** Below the tree stands how it is read. */
  private _noteTree(): void {
    const { _shownTree: tree, _trans: trans } = this;
    if (tree) {
      const note = tree.isOfObjects
        ? trans.__('Each row is held by those below it; sizes are their own.')
        : trans.__('Each row has called those below it.');
      this._footer.setNote(note, tree.problem);
    }
  }

  /** Why there are no rows; empty if there are. */
  private _emptyMessage(): string {
    const { _run: run, _rows: rows, _trans: trans } = this;
    if (!run || !rows || rows.length > 0 || rows.isLoading) {
      return '';
    }
    if (rows.problem) {
      return rows.problem;
    }
    if (rows.total > 0) {
      return rows.matched === 0
        ? noMatchLabel(rowKind(rows), this._current.query.text, trans)
        : trans.__('Everything that matches is library code, which is hidden.');
    }
    switch (run.summary.status) {
      case 'queued':
        return trans.__('Waiting for its turn: other runs are going on.');
      case 'running':
        return this._profiler?.live === false
          ? trans.__('%1 gives its figures once the script has ended.', this._profiler.tool)
          : trans.__('Python is starting. The first rows come as soon as the code runs.');
      default:
        return this._profiler
          ? trans.__('Nothing was measured in this run. %1 measures: %2.', ...wordsAbout(this._profiler))
          : trans.__('Nothing was measured in this run.');
    }
  }

  /** The profiler of the run that is shown, as the server describes it. */
  private get _profiler(): ProfilerDescription | undefined {
    const name = this._run?.summary.profiler;
    return this._options.server.description?.profilers.find(profiler => profiler.name === name);
  }

  private readonly _trans: TranslationBundle;
  private readonly _current: ICurrentRun;
  private readonly _options: IHotspotsOptions;
  /** Holds the grid, once it is loaded. */
  private readonly _table = new Panel();
  private readonly _tree: TreeView;
  private readonly _filter: FilterRow;
  private readonly _footer: Footer;
  private readonly _beginnings: Beginnings;
  private readonly _message = new Widget();
  private _grid: HotspotGrid | null = null;
  private _isLoading = false;
  private _menu: Menu | null = null;
  private _run: RunModel | null = null;
  private _rows: IRows | null = null;
}

function wordsAbout({ name, measures }: ProfilerDescription): [string, string] {
  return [name, measures.join(', ')];
}
