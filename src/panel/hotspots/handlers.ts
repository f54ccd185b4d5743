import type { DataGrid } from '@lumino/datagrid';
import { BasicKeyHandler, BasicMouseHandler, BasicSelectionModel } from '@lumino/datagrid';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { listMovement } from '../movement';

/** What the user does with the grid, without what it does by itself. */
export interface IGridActions {
  /** Open the row: a click on it, or Enter. */
  open(row: number): void;
  /** Sort by the column whose header was clicked. */
  sort(column: number): void;
  /** The pointer is over a row, or over none (-1). */
  hover(row: number): void;
}

/** A click opens, a click on a header sorts; dragging selects nothing but one row. */
export class RowMouseHandler extends BasicMouseHandler {
  constructor(private readonly _actions: IGridActions) {
    super();
  }

  override onMouseDown(grid: DataGrid, event: MouseEvent): void {
    const hit = grid.hitTest(event.clientX, event.clientY);
    this._pressed = null;
    if (hit.region === 'body' && event.button === 0) {
      selectRow(grid, hit.row);
      this._pressed = hit;
    } else if (hit.region === 'column-header') {
      super.onMouseDown(grid, event);
      // Not where a column is made wider.
      if (!grid.viewport.node.style.cursor.includes('resize')) {
        this.release();
        this._pressed = hit;
      }
    }
  }

  override onMouseUp(grid: DataGrid, event: MouseEvent): void {
    super.onMouseUp(grid, event);
    const pressed = this._pressed;
    this._pressed = null;
    const hit = grid.hitTest(event.clientX, event.clientY);
    if (!pressed || pressed.region !== hit.region || pressed.row !== hit.row || pressed.column !== hit.column) {
      return;
    }
    if (hit.region === 'body') {
      this._actions.open(hit.row);
    } else if (hit.region === 'column-header') {
      this._actions.sort(hit.column);
    }
  }

  override onMouseDoubleClick(): void {
    // The first click has opened the row.
  }

  override onMouseHover(grid: DataGrid, event: MouseEvent): void {
    super.onMouseHover(grid, event);
    const hit = grid.hitTest(event.clientX, event.clientY);
    const { style } = grid.viewport.node;
    if ((hit.region === 'body' || hit.region === 'column-header') && !style.cursor.includes('resize')) {
      style.cursor = 'pointer';
    }
    this._actions.hover(hit.region === 'body' ? hit.row : -1);
  }

  override onMouseLeave(grid: DataGrid, event: MouseEvent): void {
    super.onMouseLeave(grid, event);
    this._actions.hover(-1);
  }

  override onContextMenu(grid: DataGrid, event: MouseEvent): void {
    const hit = grid.hitTest(event.clientX, event.clientY);
    if (hit.region === 'body') {
      selectRow(grid, hit.row);
    }
  }

  private _pressed: DataGrid.HitTestResult | null = null;
}

/** Arrows, Page Up, Page Down, Home and End move; Enter opens; Tab leaves the grid. */
export class RowKeyHandler extends BasicKeyHandler {
  constructor(private readonly _actions: IGridActions) {
    super();
  }

  override onKeyDown(grid: DataGrid, event: KeyboardEvent): void {
    const last = (grid.dataModel?.rowCount('body') ?? 0) - 1;
    const row = grid.selectionModel?.cursorRow ?? -1;
    const page = Math.max(1, Math.floor(grid.pageHeight / grid.defaultSizes.rowHeight) - 1);
    const place = listMovement(event.key, row, page, last);
    if (event.key === 'Enter') {
      if (row >= 0) {
        this._actions.open(row);
      }
    } else if (place !== null) {
      selectRow(grid, place);
      grid.scrollToRow(place);
    } else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) {
      grid.copyToClipboard();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

/** One selected row, which stays selected however the rows around it move: its owner says where it has gone. */
export class RowSelection extends BasicSelectionModel {
  /** The user has selected a row. */
  get selected(): ISignal<this, number> {
    return this._selected;
  }

  /** Select a row as the user does. */
  choose(row: number): void {
    this.follow(row);
    this._selected.emit(row);
  }

  /** Mark the place to which the selected row has moved; -1 where it is not shown. */
  follow(row: number): void {
    if (row < 0) {
      this.clear();
    } else if (row !== this.cursorRow || this.isEmpty) {
      this.select({ r1: row, c1: 0, r2: row, c2: 0, cursorRow: row, cursorColumn: 0, clear: 'all' });
    }
  }

  protected override onDataModelChanged(): void {
    // Rows coming and going do not move the selection: `follow` does.
  }

  private readonly _selected = new Signal<this, number>(this);
}

function selectRow(grid: DataGrid, row: number): void {
  (grid.selectionModel as RowSelection | null)?.choose(row);
}
