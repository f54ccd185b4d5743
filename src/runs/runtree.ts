import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IClient } from '../api/client';
import { HotspotsError } from '../api/errors';
import type { BranchesAnswer } from '../api/generated/rest';
import type { Unit } from './tables';

/** What stands for the parent of the roots. */
const ROOTS = -1;

/** Children fetched at once. */
export const PAGE = 100;

/** The part of its parent's total that a child must have for the tree to unfold it by itself. */
const HEAVY = 0.5;

/** How deep the tree unfolds by itself at most. */
const DEEPEST = 24;

/** A node of the tree that is known, folded or not. */
export interface ITreeNode {
  /** The row of the profile's tree that it is. */
  readonly row: number;
  readonly parent: ITreeNode | null;
  /** Counted from 0 for a root. */
  readonly depth: number;
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  /** Whose code it is: `own`, `library` or `builtin`; null where that was not told. */
  readonly origin: string | null;
  /** What it costs by itself, and with its descendants; null where that is not known. */
  readonly own: number | null;
  readonly total: number | null;
  /** Allocations in it and below; null where none were counted. */
  readonly count: number | null;
  /** How many children it has. */
  readonly children: number;
  /** Its place among its siblings, and how many they are. */
  readonly place: number;
  readonly siblings: number;
}

/** What a row of the unfolded tree shows: a node, or that a node has more children than were fetched. */
export interface ITreeRow {
  readonly key: string;
  readonly node: ITreeNode | null;
  /** Where `node` is null: whose children are still to come (null: the roots), and how many. */
  readonly parent: ITreeNode | null;
  readonly missing: number;
  readonly isOpen: boolean;
}

interface IBranches {
  readonly nodes: readonly ITreeNode[];
  readonly siblings: number;
}

/**
 * The tree of a finished run, unfolded step by step: of calls, or of what keeps objects alive.
 *
 * Children are fetched when their parent is unfolded first, so a tree may have any size.
 */
export class RunTree implements IDisposable {
  /**
   * @param roots - The first page of the roots, as the server gave it; there is at least one.
   */
  constructor(client: IClient, run: string, roots: BranchesAnswer) {
    this._client = client;
    this._run = run;
    this.measure = roots.measure;
    this.unit = roots.unit;
    this.isSummed = roots.is_summed;
    this.whole = roots.whole;
    this.isOfObjects = (roots.data['kind'] ?? []).some(kind => kind === 'object');
    this.hasCounts = 'total_count' in roots.data;
    this._take(null, roots);
    this._flatten();
  }

  /** The column that says what a node costs by itself; null if nothing was measured. */
  readonly measure: string | null;
  readonly unit: Unit;
  /** Whether totals contain the descendants; of objects that hold each other they do not. */
  readonly isSummed: boolean;
  /** The total of all roots, which shares are of; null if it is not known. */
  readonly whole: number | null;
  /** Whether the nodes are objects and what refers to them, else they are calls. */
  readonly isOfObjects: boolean;
  readonly hasCounts: boolean;

  /** The rows that are unfolded, from the top. */
  get rows(): readonly ITreeRow[] {
    return this._rows;
  }

  /** What went wrong while children were fetched; empty if nothing. */
  get problem(): string {
    return this._problem;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** A node's share of the whole, 0–1; null where it is not known. */
  share({ total }: ITreeNode): number | null {
    return total === null || !this.whole ? null : Math.min(1, total / this.whole);
  }

  indexOf(key: string | null): number {
    return key === null ? -1 : this._rows.findIndex(row => row.key === key);
  }

  /** Unfold a node. */
  async open(node: ITreeNode): Promise<void> {
    if (node.children > 0 && !this._open.has(node.row)) {
      this._open.add(node.row);
      await this._fetch(node);
      this._emit();
    }
  }

  /** Fold a node; what was unfolded below it comes back with it. */
  close(node: ITreeNode): void {
    if (this._open.delete(node.row)) {
      this._emit();
    }
  }

  /** Fetch the next children of a node, or the next roots. */
  async more(parent: ITreeNode | null): Promise<void> {
    await this._fetch(parent, true);
    this._emit();
  }

  /**
   * Unfold the heaviest path, once, until it branches widely: what a reader would do first. What keeps an object alive
   * is followed to its end.
   */
  async unfold(): Promise<void> {
    if (this._isUnfolded) {
      return;
    }
    this._isUnfolded = true;
    let [node] = this._known.get(ROOTS)!.nodes;
    while (node && node.children > 0 && node.depth < DEEPEST && !this._isDisposed) {
      const parent: ITreeNode = node;
      if (!(await this._fetch(parent))) {
        break;
      }
      this._open.add(parent.row);
      const [first] = this._known.get(parent.row)!.nodes;
      const isHeavy = (first?.total ?? 0) > 0 && first!.total! >= HEAVY * (parent.total ?? 0);
      node = !this.isSummed || isHeavy ? first : undefined;
    }
    // All at once: rows that came one by one would push each other down.
    this._emit();
  }

  /** Fetch children of a node, unless they are there; whether they are then. */
  private async _fetch(parent: ITreeNode | null, more = false): Promise<boolean> {
    const row = parent?.row ?? ROOTS;
    const known = this._known.get(row);
    if (this._asked.has(row) || (known && (!more || known.nodes.length >= known.siblings))) {
      return known !== undefined;
    }
    this._asked.add(row);
    try {
      const offset = known?.nodes.length ?? 0;
      const answer = await this._client.branches(this._run, { parent: row, offset, limit: PAGE });
      this._take(parent, answer);
      this._problem = '';
      return true;
    } catch (error) {
      const { message, hint } = HotspotsError.from(error);
      this._problem = `${message} ${hint}`.trim();
      // Folded again, it can be asked for again.
      if (!known) {
        this._open.delete(row);
      }
      return false;
    } finally {
      this._asked.delete(row);
    }
  }

  private _take(parent: ITreeNode | null, { data, siblings, offset }: BranchesAnswer): void {
    const row = parent?.row ?? ROOTS;
    const before = this._known.get(row)?.nodes ?? [];
    const text = (column: string, index: number): string | null => {
      const value = data[column]?.[index];
      return typeof value === 'string' && value ? value : null;
    };
    const number = (column: string, index: number): number | null => {
      const value = data[column]?.[index];
      return typeof value === 'number' ? value : null;
    };
    const nodes = (data['row'] ?? []).map((_, index): ITreeNode => ({
      row: number('row', index)!,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      name: text('name', index) ?? '?',
      file: text('file', index),
      line: number('line', index) ?? number('function_line', index),
      origin: text('origin', index),
      own: this.measure === null ? null : number(this.measure, index),
      total: number('total', index),
      count: number('total_count', index),
      children: number('children', index) ?? 0,
      place: offset + index,
      siblings
    }));
    this._known.set(row, { nodes: [...before, ...nodes], siblings });
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._flatten();
      this._changed.emit();
    }
  }

  private _flatten(): void {
    const rows: ITreeRow[] = [];
    // A stack of its own: a chain of calls may be deeper than the browser's.
    const waiting: { parent: ITreeNode | null; next: number }[] = [{ parent: null, next: 0 }];
    while (waiting.length > 0) {
      const level = waiting[waiting.length - 1]!;
      const { parent } = level;
      const { nodes, siblings } = this._known.get(parent?.row ?? ROOTS)!;
      const node = nodes[level.next++];
      if (node) {
        const isOpen = this._open.has(node.row) && this._known.has(node.row);
        rows.push({ key: String(node.row), node, parent, missing: 0, isOpen });
        if (isOpen) {
          waiting.push({ parent: node, next: 0 });
        }
      } else {
        waiting.pop();
        const missing = siblings - nodes.length;
        if (missing > 0) {
          rows.push({ key: `more ${parent?.row ?? ROOTS}`, node: null, parent, missing, isOpen: false });
        }
      }
    }
    this._rows = rows;
  }

  private readonly _client: IClient;
  private readonly _run: string;
  /** The children of each node that was unfolded, by its row. */
  private readonly _known = new Map<number, IBranches>();
  private readonly _open = new Set<number>();
  private readonly _asked = new Set<number>();
  private readonly _changed = new Signal<this, void>(this);
  private _rows: readonly ITreeRow[] = [];
  private _problem = '';
  private _isUnfolded = false;
  private _isDisposed = false;
}

/** The tree of a finished run; null if it has none. Throws a `HotspotsError` if it cannot be read. */
export async function treeOf(client: IClient, run: string): Promise<RunTree | null> {
  const roots = await client.branches(run, { parent: ROOTS, offset: 0, limit: PAGE });
  return roots.siblings > 0 ? new RunTree(client, run, roots) : null;
}
