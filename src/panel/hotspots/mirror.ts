import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { formatPlace } from '../../runs/format';
import { nameOf, placeOf } from '../../runs/names';
import type { RowsModel } from './model';

/** Rows that are copied; a screen reader reads a ranking from its top. */
const MOST = 50;

/**
 * The first rows of the grid as a real table, unseen: a canvas says nothing to a screen reader.
 */
export class GridMirror extends Widget {
  constructor(model: RowsModel, trans: TranslationBundle) {
    super();
    this._model = model;
    this.addClass('jp-Hotspots-unseen');
    this._table.setAttribute('aria-label', trans.__('The largest hot spots'));
    this._said.setAttribute('role', 'status');
    this.node.append(this._table, this._said);
  }

  /** Copy the rows as they are now. */
  refresh(selected: number): void {
    const count = Math.min(MOST, this._model.rowCount('body'));
    const columns = this._model.columns;
    this._table.setAttribute('aria-rowcount', String(this._model.rowCount('body') + 1));
    const head = document.createElement('tr');
    columns.forEach((_, column) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = this._model.data('column-header', 0, column);
      head.append(cell);
    });
    const lines = [head];
    for (let index = 0; index < count; index++) {
      const row = this._model.at(index);
      const line = document.createElement('tr');
      line.setAttribute('aria-selected', String(index === selected));
      columns.forEach((column, place) => {
        const cell = document.createElement('td');
        cell.textContent = this._model.data('body', index, place);
        if (column.kind === 'name' && row) {
          cell.title = formatPlace(row.file, row.line);
        }
        line.append(cell);
      });
      lines.push(line);
    }
    this._table.replaceChildren(...lines);
  }

  /** Mark and say a row that was chosen by keyboard or pointer. */
  announce(index: number): void {
    [...this._table.rows]
      .slice(1)
      .forEach((line, place) => line.setAttribute('aria-selected', String(place === index)));
    const row = this._model.at(index);
    const figures = this._model.columns.map((column, place) =>
      column.kind === 'name' ? '' : `${column.label} ${this._model.data('body', index, place)}`
    );
    this._said.textContent = row
      ? [nameOf(row, this._model.table), ...figures, placeOf(row, this._model.table)].filter(Boolean).join(', ')
      : '';
  }

  private readonly _model: RowsModel;
  private readonly _table = document.createElement('table');
  private readonly _said = document.createElement('p');
}
