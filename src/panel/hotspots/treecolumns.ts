import type { TranslationBundle } from '@jupyterlab/translation';

import { DASH, formatBytes, formatCount, formatSeconds, formatShare } from '../../runs/format';
import type { ITreeNode, RunTree } from '../../runs/runtree';
import { figureLabels } from './labels';

/** A column of figures of the tree. */
export interface ITreeColumn {
  readonly id: string;
  readonly label: string;
  /** Pixels. */
  readonly width: number;
  readonly text: (node: ITreeNode) => string;
  /** How long the bar behind the figure is, 0–1. */
  readonly bar?: (node: ITreeNode) => number;
}

/** What of a tree its columns follow from. */
export type TreeFigures = Pick<RunTree, 'measure' | 'unit' | 'isSummed' | 'hasCounts' | 'share'>;

/** Pixels that the names have at least. */
const NAME = 150;

/** Pixels that a level is indented by, and what it may shrink to where levels are many. */
const STEP = { most: 12, least: 3 } as const;

/** The part of the room for names that indenting may take. */
const INDENTED = 0.4;

/** The columns for a width: the first one always, of the others as many as leave room for the names. */
export function treeColumns(width: number, tree: TreeFigures, trans: TranslationBundle): ITreeColumn[] {
  let room = width - NAME;
  return allTreeColumns(tree, trans).filter(({ width: taken }, index) => {
    room -= taken;
    return index === 0 || room >= 0;
  });
}

/** Every column that a tree could show, the most wanted first. */
export function allTreeColumns(tree: TreeFigures, trans: TranslationBundle): ITreeColumn[] {
  const { measure, unit, isSummed, hasCounts } = tree;
  if (measure === null) {
    return [];
  }
  const labels = figureLabels(trans);
  const format = unit === 's' ? formatSeconds : unit === 'bytes' ? formatBytes : formatCount;
  const bar = (node: ITreeNode): number => tree.share(node) ?? 0;
  const total = (node: ITreeNode): string => (node.total === null ? DASH : format(node.total));
  const own: ITreeColumn = {
    ...{ id: 'own', label: trans.__('Own'), width: 76 },
    text: node => (node.own === null ? DASH : format(node.own))
  };
  if (unit === 'bytes') {
    // As in the tables: how much it is says more than how much of all.
    const label = isSummed ? (labels[measure] ?? measure) : trans.__('Size');
    const count: ITreeColumn = {
      ...{ id: 'count', label: labels['count']!, width: 72 },
      text: node => (node.count === null ? DASH : formatCount(node.count))
    };
    return [
      { id: 'total', label, width: 76, text: total, bar },
      ...(isSummed ? [own] : []),
      ...(hasCounts ? [count] : [])
    ];
  }
  return [
    {
      ...{ id: 'share', label: trans.__('Total'), width: 66, bar },
      text: node => formatShare(tree.share(node))
    },
    { id: 'total', label: unit === 's' ? trans.__('Time') : (labels[measure] ?? measure), width: 72, text: total },
    own
  ];
}

/**
 * How far a row is indented, in pixels.
 *
 * @param depth - That of the row.
 * @param deepest - The largest depth of all rows that are unfolded: a deep tree has smaller steps.
 * @param room - Pixels for indent and name together.
 */
export function indentOf(depth: number, deepest: number, room: number): number {
  const step = Math.min(STEP.most, Math.max(STEP.least, (INDENTED * room) / Math.max(1, deepest)));
  // However deep, half of the name can be read.
  return Math.min(depth * step, room / 2);
}
