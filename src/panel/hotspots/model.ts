import { DataModel } from '@lumino/datagrid';

import type { IRow, IRows } from '../../runs/rows';
import type { TableName } from '../../runs/tables';
import type { IColumn } from './columns';

/** The hot-spot rows as a grid sees them. */
export class RowsModel extends DataModel {
  get columns(): readonly IColumn[] {
    return this._columns;
  }

  /** What the rows are: functions, lines or sites. */
  get table(): TableName {
    return this._rows?.table ?? 'functions';
  }

  /** Show other rows. */
  setRows(rows: IRows | null): void {
    this._rows?.changed.disconnect(this._onChanged, this);
    this._rows = rows;
    this._rows?.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  /** Show other columns. */
  setColumns(columns: readonly IColumn[]): void {
    this._columns = columns;
    this.emitChanged({ type: 'model-reset' });
  }

  /** The row at a place; null where there is none, or not yet. */
  at(index: number): IRow | null {
    return this._rows && index >= 0 && index < this._count ? this._rows.row(index) : null;
  }

  override rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this._count : 1;
  }

  override columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this._columns.length : 0;
  }

  override data(region: DataModel.CellRegion, row: number, column: number): string {
    const shown = this._columns[column];
    if (!shown) {
      return '';
    }
    if (region === 'column-header') {
      const order = this._rows?.order;
      // A share and what it is a share of are sorted by the same: the first of them says so.
      const isFirst = this._columns.findIndex(({ sort }) => sort === order?.sort) === column;
      return `${shown.label}${order && isFirst ? (order.descending ? ' ↓' : ' ↑') : ''}`;
    }
    const values = this.at(row);
    return values ? shown.text(values) : shown.kind === 'name' ? '…' : '';
  }

  /** Rows are counted before the grid hears of it; those that stay are only drawn again, so nothing scrolls. */
  private _onChanged(): void {
    const before = this._count;
    const after = this._rows?.length ?? 0;
    this._count = after;
    if (after > before) {
      this.emitChanged({ type: 'rows-inserted', region: 'body', index: before, span: after - before });
    } else if (after < before) {
      this.emitChanged({ type: 'rows-removed', region: 'body', index: after, span: before - after });
    }
    const columnSpan = this._columns.length;
    if (after > 0 && columnSpan > 0) {
      this.emitChanged({ type: 'cells-changed', region: 'body', row: 0, column: 0, rowSpan: after, columnSpan });
    }
    if (columnSpan > 0) {
      this.emitChanged({ type: 'cells-changed', region: 'column-header', row: 0, column: 0, rowSpan: 1, columnSpan });
    }
  }

  private _rows: IRows | null = null;
  private _columns: readonly IColumn[] = [];
  private _count = 0;
}
