// @vitest-environment jsdom
import '../../testing/browser';

import { nullTranslator } from '@jupyterlab/translation';
import type { DataModel } from '@lumino/datagrid';
import { describe, expect, it } from 'vitest';

import { LiveRows } from '../../runs/liverows';
import type { IRow, IRowsQuery } from '../../runs/rows';
import type { SampledShares } from '../../runs/sampled';
import type { TableName } from '../../runs/tables';
import { makeHotspots } from '../../testing/events';
import type { IColumnsOptions } from './columns';
import { allColumns, columnsFor } from './columns';
import { RowsModel } from './model';

const QUERY: IRowsQuery = { sort: 'own_s', descending: true, text: '', hideLibrary: false };
const TRANS = nullTranslator.load('test');

function options(table: TableName, figures: string[], change: Partial<IColumnsOptions> = {}): IColumnsOptions {
  const columns = new Set([...figures, 'function', 'file', 'line']);
  const rows = { table, columns, figures: new Set(figures), described: [] };
  return { rows, measure: 'own', sampled: null, trans: TRANS, ...change };
}

const CALLS = options('functions', ['own_s', 'total_s', 'own_share', 'total_share', 'calls', 'primitive_calls']);
const ROW: IRow = {
  ...{ key: 'a', function: 'main', qualname: null, file: '/home/me/a.py', line: 3, origin: 'own' },
  ...{ source: '    total += number', type: null, figures: {} }
};

describe('columnsFor', () => {
  it.each([
    [230, ['own_share', 'name']],
    [300, ['own_share', 'own_s', 'name']],
    [420, ['own_share', 'own_s', 'calls', 'name']],
    [560, ['own_share', 'own_s', 'calls', 'total_s', 'name']]
  ])('%d pixels have room for %j of functions', (width, ids) => {
    expect(columnsFor(width, CALLS).map(({ id }) => id)).toEqual(ids);
  });

  it('follows the switch between own and total time', () => {
    const [share, seconds, , other] = columnsFor(600, { ...CALLS, measure: 'total' });
    expect([share!.label, share!.sort, seconds!.sort, other!.label, other!.sort]).toEqual([
      'Total',
      'total_s',
      'total_s',
      'Own',
      'own_s'
    ]);
  });

  it.each<[string, TableName, string[], string[]]>([
    [
      'line',
      'lines',
      ['hits', 'time_s', 'share', 'share_of_function'],
      ['% run', 'Time', 'Hits', 'Per hit', '% function', 'Line']
    ],
    ['sampling', 'lines', ['own_s', 'time_s', 'share'], ['% run', 'Own', 'Total', 'Line']],
    [
      'memory',
      'lines',
      ['share', 'rss_bytes', 'increment_bytes', 'occurrences'],
      ['Increment', 'After', 'Occurrences', 'Line']
    ],
    [
      'allocations',
      'lines',
      ['share', 'peak_bytes', 'leaked_bytes', 'temporary_bytes', 'count'],
      ['Peak', 'Leaked', 'Temporary', 'Count', 'Line']
    ],
    ['tracemalloc', 'sites', ['share', 'size_bytes', 'growth_bytes', 'count'], ['Held', 'Growth', 'Count', 'Line']],
    [
      'scalene',
      'lines',
      ['own_s', 'share', 'python_s', 'native_s', 'system_s', 'peak_bytes'],
      ['% run', 'Own', 'Python', 'Native', 'System', 'Peak', 'Line']
    ]
  ])('shows of %s what it measures, the most telling first', (_, table, figures, labels) => {
    expect(allColumns(options(table, figures)).map(({ label }) => label)).toEqual(labels);
  });

  it('writes figures by their units, changes with their sign, and what was not measured as a dash', () => {
    const columns = allColumns(options('lines', ['share', 'rss_bytes', 'increment_bytes', 'occurrences']));
    const texts = (figures: Record<string, number>): string[] => columns.map(({ text }) => text({ ...ROW, figures }));
    const name = 'total += number';
    expect(texts({ share: 0.5, rss_bytes: 3.12e8, increment_bytes: 1.5e6, occurrences: 4e4 })).toEqual([
      '+1.50 MB',
      '312 MB',
      '40\u202f000',
      name
    ]);
    expect(texts({ increment_bytes: -2e6 })).toEqual(['\u22122.00 MB', '–', '–', name]);
  });

  it('works out the time per hit, which cannot be sorted by', () => {
    const perHit = allColumns(options('lines', ['hits', 'time_s', 'share'])).find(({ id }) => id === 'per_hit_s')!;
    expect([perHit.text({ ...ROW, figures: { hits: 4000, time_s: 2 } }), perHit.text(ROW), perHit.sort]).toEqual([
      '500 µs',
      '–',
      null
    ]);
  });

  it('shows the sampled share beside the counted one', () => {
    const sampled = { of: () => 0.7 } as unknown as SampledShares;
    const counted = columnsFor(264, options('lines', ['hits', 'time_s', 'share'], { sampled }));
    expect(counted.map(({ label }) => label)).toEqual(['Counted', 'Sampled', 'Line']);
    expect(counted.map(({ text }) => text({ ...ROW, figures: { share: 0.606 } })).slice(0, 2)).toEqual([
      '60.6 %',
      '70.0 %'
    ]);
  });

  it('calls objects by their type', () => {
    const { rows, ...rest } = options('sites', ['share', 'size_bytes', 'count']);
    const columns = allColumns({ ...rest, rows: { ...rows, columns: new Set([...rows.columns, 'type']) } });
    const last = columns[columns.length - 1]!;
    expect([last.label, last.sort, last.text({ ...ROW, type: 'pandas.DataFrame' })]).toEqual([
      'Type',
      'type',
      'pandas.DataFrame'
    ]);
  });
});

describe('RowsModel', () => {
  function make(): { model: RowsModel; rows: LiveRows; changes: string[] } {
    const model = new RowsModel();
    model.setColumns(columnsFor(420, CALLS));
    const rows = new LiveRows('functions', QUERY, 100, { interval: 0 });
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
