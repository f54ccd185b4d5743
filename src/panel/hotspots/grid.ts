import type { TranslationBundle } from '@jupyterlab/translation';
import { DataGrid } from '@lumino/datagrid';
import type { Message } from '@lumino/messaging';
import { MessageLoop } from '@lumino/messaging';
import { Widget, PanelLayout } from '@lumino/widgets';

import type { ICurrentRun } from '../../runs/current';
import type { IRow, IRows } from '../../runs/rows';
import { nameOf, placeOf } from '../../runs/names';
import type { ICanvasThemeSource } from '../theme';
import type { IColumnsOptions } from './columns';
import { allColumns, columnsFor } from './columns';
import { RowKeyHandler, RowMouseHandler, RowSelection } from './handlers';
import { GridMirror } from './mirror';
import { RowsModel } from './model';
import { makeRenderers, ROW_HEIGHT } from './renderers';

/** Pixels of height from which rows get a second line with their place. */
const ROOM_FOR_TWO_LINES = 230;

/** Pixels of the vertical scroll bar, as in the style sheet. */
const SCROLLBAR = 10;

/** Pixels of the header. */
const HEADER_HEIGHT = 22;

/** What columns there are while nothing is shown. */
const NOTHING: IColumnsOptions['rows'] = { table: 'functions', columns: new Set(), figures: new Set(), described: [] };

export interface IHotspotGridOptions {
  current: ICurrentRun;
  theme: ICanvasThemeSource;
  trans: TranslationBundle;
  open: (row: IRow) => void;
}

/**
 * The table of hot spots on a canvas, with a copy for screen readers beside it.
 *
 * The selected row is known by its key: when rows move, the selection goes with it, and while a run goes on it also
 * keeps its place among the others.
 */
export class HotspotGrid extends Widget {
  constructor(options: IHotspotGridOptions) {
    super();
    this._options = options;
    this.addClass('jp-Hotspots-grid');
    const actions = {
      open: (index: number) => this._open(index),
      sort: (column: number) => this._sort(column),
      hover: (index: number) => this._hover(index)
    };
    this._grid = new DataGrid({
      defaultSizes: {
        rowHeight: ROW_HEIGHT.single,
        columnWidth: 66,
        rowHeaderWidth: 0,
        columnHeaderHeight: HEADER_HEIGHT
      },
      minimumSizes: {
        rowHeight: ROW_HEIGHT.single,
        columnWidth: 40,
        rowHeaderWidth: 0,
        columnHeaderHeight: HEADER_HEIGHT
      },
      headerVisibility: 'column',
      stretchLastColumn: true
    });
    this._grid.dataModel = this._model;
    this._selection = new RowSelection({ dataModel: this._model, selectionMode: 'row' });
    this._grid.selectionModel = this._selection;
    this._grid.mouseHandler = new RowMouseHandler(actions);
    this._grid.keyHandler = new RowKeyHandler(actions);
    // The canvas itself must be reachable by Tab.
    this._canvas.tabIndex = 0;
    this._canvas.setAttribute('role', 'application');
    this._canvas.setAttribute('aria-roledescription', options.trans.__('table'));
    this._canvas.setAttribute(
      'aria-label',
      options.trans.__('Hot spots: arrow keys choose a row, Enter opens its source')
    );
    this._mirror = new GridMirror(this._model, options.trans);
    const layout = (this.layout = new PanelLayout());
    layout.addWidget(this._grid);
    layout.addWidget(this._mirror);

    this._selection.selected.connect(this._onSelected, this);
    options.theme.changed.connect(this._restyle, this);
    options.current.queryChanged.connect(this._onQueryChanged, this);
    options.current.sampled.changed.connect(this._fit, this);
    this._restyle();
  }

  get selectedRow(): IRow | null {
    return this._selection.isEmpty ? null : this._model.at(this._selection.cursorRow);
  }

  /** What the table can be sorted by, each once. */
  get sortable(): { sort: string; label: string }[] {
    const columns = allColumns(this._columnsOptions);
    return columns.flatMap(({ sort, label, kind }, index) =>
      sort === null || columns.findIndex(other => other.sort === sort) < index
        ? []
        : [{ sort, label: kind === 'name' ? '' : label }]
    );
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._rows?.changed.disconnect(this._onRowsChanged, this);
    this._options.theme.changed.disconnect(this._restyle, this);
    this._options.current.queryChanged.disconnect(this._onQueryChanged, this);
    this._options.current.sampled.changed.disconnect(this._fit, this);
    this._model.setRows(null);
    this._grid.dispose();
    super.dispose();
  }

  /** Show other rows. With `keep` the selected row stays selected: they are the same run's. */
  setRows(rows: IRows | null, keep: boolean): void {
    this._rows?.changed.disconnect(this._onRowsChanged, this);
    this._rows = rows;
    if (!keep) {
      this._key = null;
      this._selection.clear();
      this._grid.scrollTo(0, 0);
    }
    // After the model, which is connected first.
    this._model.setRows(rows);
    rows?.changed.connect(this._onRowsChanged, this);
    this._onRowsChanged();
  }

  focus(): void {
    this._canvas.focus();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._restyle();
    // The filter's row above comes and goes: that is no resize of the section.
    this._observer = new ResizeObserver(() => MessageLoop.sendMessage(this, Widget.ResizeMessage.UnknownSize));
    this._observer.observe(this.node);
  }

  protected override onBeforeDetach(msg: Message): void {
    this._observer?.disconnect();
    this._observer = null;
    super.onBeforeDetach(msg);
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._arrange(
      msg.width < 0 ? this.node.clientWidth : msg.width,
      msg.height < 0 ? this.node.clientHeight : msg.height
    );
  }

  private get _canvas(): HTMLElement {
    return this._grid.viewport.node;
  }

  /** Columns and height of rows for the room there is. */
  private _arrange(width: number, height: number): void {
    if (width <= 0) {
      return;
    }
    const columns = columnsFor(width, this._columnsOptions);
    const signature = columns.map(({ id, label }) => `${id} ${label}`).join();
    if (signature !== this._signature) {
      this._signature = signature;
      this._model.setColumns(columns);
      columns.forEach((column, index) => this._grid.resizeColumn('body', index, column.width));
      // A row is marked as far as the columns went when it was marked.
      this._selection.clear();
      this._selection.follow(this._key === null ? -1 : (this._rows?.indexOf(this._key) ?? -1));
      this._mirror.refresh(this._selection.cursorRow);
    }
    const rowHeight = height >= ROOM_FOR_TWO_LINES ? ROW_HEIGHT.double : ROW_HEIGHT.single;
    if (rowHeight !== this._grid.defaultSizes.rowHeight) {
      this._grid.defaultSizes = { ...this._grid.defaultSizes, rowHeight };
    }
    // The column of names may not have room for itself; it is never less than readable.
    const used = columns.reduce((sum, { kind, width: own }) => sum + (kind === 'name' ? 0 : own), 0);
    this._grid.resizeColumn('body', columns.length - 1, Math.max(80, width - used - SCROLLBAR));
  }

  /** Columns and height of rows for the room there is now. */
  private _fit(): void {
    this._arrange(this.node.clientWidth, this.node.clientHeight);
  }

  private get _columnsOptions(): IColumnsOptions {
    const { current, trans } = this._options;
    const { measure, sampled } = current;
    return { rows: this._rows ?? NOTHING, measure, sampled: sampled.isKnown ? sampled : null, trans };
  }

  private _restyle(): void {
    const { theme } = this._options.theme;
    const { body, header } = makeRenderers(this._model, theme, this._options.trans.__('built-in'));
    this._grid.cellRenderers.update({ body, 'column-header': header });
    this._grid.style = {
      ...DataGrid.defaultStyle,
      voidColor: theme.background,
      backgroundColor: theme.background,
      gridLineColor: 'transparent',
      horizontalGridLineColor: 'transparent',
      verticalGridLineColor: 'transparent',
      headerBackgroundColor: theme.header,
      headerGridLineColor: 'transparent',
      headerHorizontalGridLineColor: theme.border,
      headerVerticalGridLineColor: 'transparent',
      selectionFillColor: theme.selection,
      selectionBorderColor: 'transparent',
      cursorFillColor: 'transparent',
      cursorBorderColor: theme.focus,
      headerSelectionFillColor: 'transparent',
      headerSelectionBorderColor: 'transparent',
      scrollShadow: { size: 4, color1: theme.shadow, color2: 'transparent', color3: 'transparent' }
    };
  }

  private _onRowsChanged(): void {
    // A live table may have new figures.
    this._arrange(this.node.clientWidth, this.node.clientHeight);
    const place = this._key === null ? -1 : (this._rows?.indexOf(this._key) ?? -1);
    const before = this._selection.isEmpty ? -1 : this._selection.cursorRow;
    this._selection.follow(place);
    // The selected row stays where it is on the screen, if it could be seen.
    if (this._isReordered) {
      // Asked for by hand: the top of the new order is what is wanted.
      this._isReordered = false;
      this._grid.scrollTo(0, 0);
    } else if (place >= 0 && before >= 0 && place !== before) {
      const { rowHeight } = this._grid.defaultSizes;
      const top = before * rowHeight - this._grid.scrollY;
      if (top >= 0 && top < this._grid.pageHeight) {
        this._grid.scrollTo(this._grid.scrollX, Math.max(0, place * rowHeight - top));
      }
    }
    this._mirror.refresh(this._selection.cursorRow);
  }

  private _onQueryChanged(): void {
    this._isReordered = true;
    this._fit();
    this._mirror.refresh(this._selection.cursorRow);
  }

  private _onSelected(_: RowSelection, index: number): void {
    this._key = this._model.at(index)?.key ?? null;
    this._rows?.pin(this._key);
    this._mirror.announce(index);
  }

  private _open(index: number): void {
    const row = this._model.at(index);
    if (row) {
      this._options.open(row);
    }
  }

  private _sort(index: number): void {
    const column = this._model.columns[index];
    if (column?.sort && this._rows) {
      const { order } = this._rows;
      const descending = order.sort === column.sort ? !order.descending : column.kind !== 'name';
      this._options.current.setQuery({ sort: column.sort, descending });
    }
  }

  private _hover(index: number): void {
    const row = this._model.at(index);
    const title = row ? this._describe(row) : '';
    if (this._canvas.title !== title) {
      this._canvas.title = title;
    }
  }

  /** A row in full: its name, where it is, and every figure, those too that have no room. */
  private _describe(row: IRow): string {
    const { table } = this._model;
    const name = table === 'functions' ? (row.qualname ?? row.function) : nameOf(row, table);
    const place = row.file ? `${row.file}:${row.line ?? ''}` : placeOf(row, table);
    const figures = allColumns(this._columnsOptions)
      .filter(({ kind, id }) => kind !== 'name' && (id in row.figures || id === 'sampled'))
      .map(column => `${column.label}: ${column.text(row)}`);
    return [name, place, figures.join(' · ')].filter(Boolean).join('\n');
  }

  private readonly _options: IHotspotGridOptions;
  private readonly _model = new RowsModel();
  private readonly _grid: DataGrid;
  private readonly _selection: RowSelection;
  private readonly _mirror: GridMirror;
  private _rows: IRows | null = null;
  private _key: string | null = null;
  private _signature = '';
  private _isReordered = false;
  private _observer: ResizeObserver | null = null;
}
