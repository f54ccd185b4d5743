// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import type { DataModel } from '@lumino/datagrid';
import { describe, expect, it } from 'vitest';

import { LiveRows } from '../../runs/liverows';
import type { IRowsQuery } from '../../runs/rows';
import { makeHotspots } from '../../testing/events';
import { columnsFor } from './columns';
import { RowsModel } from './model';

const QUERY: IRowsQuery = { sort: 'own_s', descending: true, text: '', hideLibrary: false };
const TRANS = nullTranslator.load('test');

describe('columnsFor', () => {
  it.each([
    [230, ['share', 'function']],
    [300, ['share', 'seconds', 'function']],
    [420, ['share', 'seconds', 'calls', 'function']],
    [560, ['share', 'seconds', 'other', 'calls', 'function']]
  ])('%d pixels have room for %j', (width, kinds) => {
    expect(columnsFor(width, 'own', TRANS).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('follows the switch between own and total time', () => {
    const [share, seconds, other] = columnsFor(600, 'total', TRANS);
    expect([share!.label, share!.sort, seconds!.sort, other!.label, other!.sort]).toEqual([
      'Total',
      'total_s',
      'total_s',
      'Own',
      'own_s'
    ]);
  });
});

describe('RowsModel', () => {
  function make(): { model: RowsModel; rows: LiveRows; changes: string[] } {
    const model = new RowsModel();
    model.setColumns(columnsFor(420, 'own', TRANS), 'own');
    const rows = new LiveRows(QUERY, 100, 0);
    const changes: string[] = [];
    model.changed.connect((_, change: DataModel.ChangedArgs) => {
      changes.push('span' in change ? `${change.type} ${change.index}+${change.span}` : change.type);
    });
    model.setRows(rows);
    changes.length = 0;
    return { model, rows, changes };
  }

  it('shows rows as text, and how they are sorted in the header', () => {
    const { model, rows } = make();
    rows.fold(
      makeHotspots(
        [
          { id: 1, own: 6.06, calls: 1200, name: 'power_spectrum' },
          { id: 2, own: 0.05, name: '<built-in method builtins.sum>', origin: 'builtin' }
        ],
        10
      )
    );
    const line = (row: number): string[] => [0, 1, 2, 3].map(column => model.data('body', row, column));
    expect([0, 1, 2, 3].map(column => model.data('column-header', 0, column))).toEqual([
      'Own ↓',
      'Time',
      'Calls',
      'Function'
    ]);
    expect(line(0)).toEqual(['60.6 %', '6.06 s', '1\u202f200', 'power_spectrum']);
    expect(line(1)).toEqual(['0.5 %', '50.0 ms', '1', 'sum']);
  });

  it('tells the grid of rows that come and go at the end only, so that nothing scrolls', () => {
    const { rows, changes } = make();
    rows.fold(makeHotspots([{ id: 1, own: 1, name: 'a' }], 10));
    expect(changes).toEqual(['rows-inserted 0+1', 'cells-changed', 'cells-changed']);
    changes.length = 0;
    rows.fold(
      makeHotspots(
        [
          { id: 2, own: 2, name: 'b' },
          { id: 3, own: 3, name: 'c' }
        ],
        10
      )
    );
    expect(changes[0]).toBe('rows-inserted 1+2');
    changes.length = 0;
    rows.setQuery({ ...QUERY, text: 'c' });
    expect(changes[0]).toBe('rows-removed 1+2');
  });

  it('listens no more to rows it does not show', () => {
    const { model, rows, changes } = make();
    model.setRows(null);
    changes.length = 0;
    rows.fold(makeHotspots([{ id: 1, own: 1, name: 'a' }], 10));
    expect([changes, model.rowCount('body')]).toEqual([[], 0]);
  });
});
