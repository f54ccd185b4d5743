import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { ITreeNode } from '../../runs/runtree';
import type { TreeFigures } from './treecolumns';
import { heatStep } from '../theme';
import { indentOf, treeColumns } from './treecolumns';

const trans = nullTranslator.load('jupyterlab_hotspots');

function figures(change: Partial<TreeFigures>): TreeFigures {
  const share = ({ total }: ITreeNode): number | null => (total === null ? null : total / 8);
  return { measure: 'own_s', unit: 's', isSummed: true, hasCounts: false, share, ...change };
}

function shown(width: number, tree: TreeFigures, node: Partial<ITreeNode>): string[] {
  return treeColumns(width, tree, trans).map(({ label, text }) => `${label}: ${text(node as ITreeNode)}`);
}

describe('treeColumns', () => {
  it('shows a share, the time and own time, as many as have room', () => {
    const node = { own: 0.5, total: 2 };
    expect(shown(500, figures({}), node)).toEqual(['Total: 25.0 %', 'Time: 2.00 s', 'Own: 500 ms']);
    expect(shown(300, figures({}), node)).toEqual(['Total: 25.0 %', 'Time: 2.00 s']);
    expect(shown(200, figures({}), node)).toEqual(['Total: 25.0 %']);
  });

  it('shows memory with allocations, and of objects that hold each other the size alone', () => {
    const memory = figures({ measure: 'peak_bytes', unit: 'bytes', hasCounts: true });
    const node = { own: 0, total: 6e7, count: 60 };
    expect(shown(500, memory, node)).toEqual(['Peak: 60.0 MB', 'Own: 0 B', 'Count: 60']);
    const objects = figures({ measure: 'size_bytes', unit: 'bytes', isSummed: false });
    expect(shown(500, objects, { own: 56, total: 56 })).toEqual(['Size: 56 B']);
    expect(shown(500, objects, { own: null, total: null })).toEqual(['Size: –']);
  });

  it('has no figures where nothing was measured', () => {
    expect(treeColumns(500, figures({ measure: null, unit: '' }), trans)).toEqual([]);
  });
});

describe('indentOf', () => {
  it('is by equal steps, smaller in a deep tree, and leaves half of the room to the name', () => {
    expect([0, 1, 2].map(depth => indentOf(depth, 2, 200))).toEqual([0, 12, 24]);
    expect([1, 2].map(depth => indentOf(depth, 16, 200))).toEqual([5, 10]);
    expect(indentOf(400, 400, 200)).toBe(100);
  });
});

describe('heatStep', () => {
  it('has six steps', () => {
    expect([0, 0.02, 0.5, 1, 7].map(heatStep)).toEqual([1, 2, 5, 6, 6]);
  });
});
