import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { formatCount, formatPlace } from '../../runs/format';
import { shortName } from '../../runs/names';
import type { ITreeNode, ITreeRow } from '../../runs/runtree';
import { heatStep } from '../theme';
import type { ITreeColumn } from './treecolumns';

export interface ITreeRowProps {
  row: ITreeRow;
  /** The columns that are seen, and all that there are. */
  columns: readonly ITreeColumn[];
  all: readonly ITreeColumn[];
  /** Pixels. */
  top: number;
  indent: number;
  isSelected: boolean;
  trans: TranslationBundle;
  /** A click on the row, and on what unfolds it. */
  onOpen: (row: ITreeRow) => void;
  onToggle: (row: ITreeRow) => void;
}

/** A row of the tree: its figures as in the tables, then what unfolds it, its name, and its place where there is room. */
export function TreeRow(props: ITreeRowProps): JSX.Element {
  const { row, columns, all, top, indent, isSelected, trans, onOpen, onToggle } = props;
  const { node } = row;
  const common = { id: nodeId(row.key), style: { top }, onClick: () => onOpen(row) };
  const level = (row.parent ? row.parent.depth + 1 : 0) + 1;
  if (!node) {
    return (
      <div {...common} className={classes(isSelected)} role="treeitem" aria-level={level} aria-selected={isSelected}>
        {columns.map(({ id, width }) => (
          <span key={id} className="jp-Hotspots-tree-figure" style={{ width }} />
        ))}
        <span className="jp-Hotspots-tree-more" style={{ paddingInlineStart: indent + CARET }}>
          {trans._n('%2 more…', '%2 more…', row.missing, formatCount(row.missing))}
        </span>
      </div>
    );
  }
  const name = shortName(node.name);
  const place = formatPlace(node.file, node.line);
  const unfolds = node.children > 0;
  const Caret = row.isOpen ? caretDownIcon.react : caretRightIcon.react;
  return (
    <div
      {...common}
      className={classes(isSelected, node)}
      role="treeitem"
      aria-level={level}
      aria-expanded={unfolds ? row.isOpen : undefined}
      aria-selected={isSelected}
      aria-posinset={node.place + 1}
      aria-setsize={node.siblings}
      aria-label={[name, ...figuresOf(node, all), place].filter(Boolean).join(', ')}
      title={[node.name, placeInFull(node), figuresOf(node, all).join(' · ')].filter(Boolean).join('\n')}
    >
      {columns.map(column => (
        <Figure key={column.id} node={node} column={column} />
      ))}
      <span className="jp-Hotspots-tree-name" style={{ paddingInlineStart: indent }}>
        <span
          className="jp-Hotspots-tree-caret"
          onClick={event => {
            if (unfolds) {
              event.stopPropagation();
              onToggle(row);
            }
          }}
        >
          {unfolds && <Caret tag="span" elementSize="normal" />}
        </span>
        <span className="jp-Hotspots-tree-label">
          <span className="jp-Hotspots-tree-text">{name}</span>
          {place && <span className="jp-Hotspots-tree-place">{place}</span>}
        </span>
      </span>
    </div>
  );
}

/** Pixels of what unfolds a row, as in the style sheet. */
export const CARET = 16;

/** The id of a row's element. */
export function nodeId(key: string): string {
  return `jp-hotspots-tree-${key.replace(' ', '-')}`;
}

function Figure({ node, column }: { node: ITreeNode; column: ITreeColumn }): JSX.Element {
  const share = Math.min(1, column.bar?.(node) ?? 0);
  return (
    <span className="jp-Hotspots-tree-figure" style={{ width: column.width }}>
      {share > 0 && (
        <span
          className="jp-Hotspots-tree-bar"
          style={{ background: `var(--jp-hotspots-heat-${heatStep(share)})`, width: `${100 * share}%` }}
        />
      )}
      <span>{column.text(node)}</span>
    </span>
  );
}

function classes(isSelected: boolean, node?: ITreeNode): string {
  const isDim = node?.origin === 'library' || node?.origin === 'builtin';
  return `jp-Hotspots-tree-row${isSelected ? ' jp-mod-selected' : ''}${isDim ? ' jp-mod-library' : ''}`;
}

function figuresOf(node: ITreeNode, columns: readonly ITreeColumn[]): string[] {
  return columns.map(({ label, text }) => `${label} ${text(node)}`);
}

function placeInFull({ file, line }: ITreeNode): string {
  return file ? `${file}${line === null ? '' : `:${line}`}` : '';
}
