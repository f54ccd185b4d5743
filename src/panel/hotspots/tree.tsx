import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';

import type { ICurrentRun } from '../../runs/current';
import type { IRow } from '../../runs/rows';
import type { ITreeNode, ITreeRow, RunTree } from '../../runs/runtree';
import { useSignals } from '../hooks';
import { listMovement } from '../movement';
import { allTreeColumns, indentOf, treeColumns } from './treecolumns';
import { CARET, nodeId, TreeRow } from './treerow';

/** Pixels of a row, as in the style sheet. */
const ROW = 22;

/** Rows drawn beyond what is seen. */
const BEYOND = 6;

export interface ITreeViewOptions {
  current: ICurrentRun;
  trans: TranslationBundle;
  open: (place: Pick<IRow, 'file' | 'line'>) => void;
}

/** The tree of the run that is shown: of calls, or of what keeps objects alive. */
export class TreeView extends ReactWidget {
  constructor(private readonly _options: ITreeViewOptions) {
    super();
    this.addClass('jp-Hotspots-tree');
  }

  /** The node that was chosen last. */
  get selected(): ITreeNode | null {
    return this._selected;
  }

  protected render(): JSX.Element {
    const onSelect = (node: ITreeNode | null): void => void (this._selected = node);
    return <OfCurrent {...this._options} onSelect={onSelect} />;
  }

  private _selected: ITreeNode | null = null;
}

type IOfCurrentProps = ITreeViewOptions & { onSelect: (node: ITreeNode | null) => void };

function OfCurrent({ current, ...others }: IOfCurrentProps): JSX.Element {
  const { run } = current;
  useSignals(current.changed, run?.tablesChanged);
  const tree = run?.view === 'tree' ? run.tree : null;
  return tree ? <Tree key={run!.id} tree={tree} {...others} /> : <></>;
}

interface ITreeProps extends Omit<IOfCurrentProps, 'current'> {
  tree: RunTree;
}

/** The rows. Only those in view are drawn: a node may have a hundred thousand children. */
function Tree({ tree, trans, open, onSelect }: ITreeProps): JSX.Element {
  useSignals(tree.changed);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400, width: 300 });
  const [selected, setSelected] = useState<string | null>(null);
  const { rows } = tree;
  const first = Math.max(0, Math.floor(view.top / ROW) - BEYOND);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW) + BEYOND);
  const place = tree.indexOf(selected);

  useLayoutEffect(() => {
    const node = box.current!;
    const measure = (): void => setView({ top: node.scrollTop, height: node.clientHeight, width: node.clientWidth });
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    node.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', measure);
    };
  }, []);
  useEffect(() => void tree.unfold(), [tree]);
  useEffect(() => () => onSelect(null), [onSelect, tree]);

  const select = (index: number): void => {
    const row = tree.rows[index];
    if (row) {
      setSelected(row.key);
      onSelect(row.node);
    }
  };
  const moveTo = (index: number): void => {
    const node = box.current!;
    select(index);
    node.scrollTop = Math.min(index * ROW, Math.max(node.scrollTop, (index + 1) * ROW - node.clientHeight));
  };
  const toggle = (row: ITreeRow): void => {
    const index = tree.indexOf(row.key);
    select(index);
    if (!row.node) {
      // What takes its place is the first of those that have come.
      void tree.more(row.parent).then(() => select(index));
    } else if (row.isOpen) {
      tree.close(row.node);
    } else {
      void tree.open(row.node);
    }
  };
  const openRow = (row: ITreeRow): void => {
    if (row.node?.file) {
      select(tree.indexOf(row.key));
      open(row.node);
    } else {
      toggle(row);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const row = rows[place];
    const page = Math.max(1, Math.floor(view.height / ROW) - 1);
    const target = listMovement(event.key, place, page, rows.length - 1) ?? acrossLevels(event.key, tree, place);
    if (target !== null) {
      moveTo(target);
    } else if (row && event.key === 'Enter') {
      openRow(row);
    } else if (row && (event.key === ' ' || event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      if (
        row.node
          ? row.node.children > 0 && (event.key === ' ' || row.isOpen === (event.key === 'ArrowLeft'))
          : event.key === ' '
      ) {
        toggle(row);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const columns = treeColumns(view.width, tree, trans);
  const all = allTreeColumns(tree, trans);
  const room = view.width - columns.reduce((sum, { width }) => sum + width, 0) - CARET;
  const depthOf = ({ node, parent }: ITreeRow): number => node?.depth ?? (parent ? parent.depth + 1 : 0);
  const deepest = rows.reduce((depth, row) => Math.max(depth, depthOf(row)), 0);
  return (
    <>
      <div className="jp-Hotspots-tree-head" aria-hidden="true">
        {columns.map(({ id, label, width }) => (
          <span key={id} className="jp-Hotspots-tree-figure" style={{ width }}>
            {label}
          </span>
        ))}
        <span className="jp-Hotspots-ellipsis" style={{ paddingInlineStart: CARET }}>
          {tree.isOfObjects ? trans.__('Objects, and what refers to them') : trans.__('Function')}
        </span>
      </div>
      <div
        ref={box}
        className="jp-Hotspots-tree-rows"
        role="tree"
        tabIndex={0}
        aria-label={
          tree.isOfObjects
            ? trans.__('What keeps objects alive: Right unfolds a row, Enter opens its source')
            : trans.__('Tree of calls: Right unfolds a row, Enter opens its source')
        }
        aria-activedescendant={place >= first && place < last ? nodeId(selected!) : undefined}
        onFocus={() => {
          if (place < 0) {
            select(0);
          }
        }}
        onKeyDown={onKeyDown}
      >
        {rows.slice(first, last).map((row, index) => (
          <TreeRow
            key={row.key}
            row={row}
            columns={columns}
            all={all}
            top={(first + index) * ROW}
            indent={indentOf(depthOf(row), deepest, room)}
            isSelected={row.key === selected}
            trans={trans}
            onOpen={openRow}
            onToggle={toggle}
          />
        ))}
        <div className="jp-Hotspots-tree-end" role="presentation" style={{ top: rows.length * ROW }} />
      </div>
    </>
  );
}

/** Where Left and Right move to: from a folded row to its parent, from an unfolded one to its first child. */
function acrossLevels(key: string, tree: RunTree, place: number): number | null {
  const row = tree.rows[place];
  if (row && key === 'ArrowLeft' && !row.isOpen && row.parent) {
    return tree.indexOf(String(row.parent.row));
  }
  return row && key === 'ArrowRight' && row.isOpen ? place + 1 : null;
}
