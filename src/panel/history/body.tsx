import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react';

import type { RunSummary } from '../../api/generated/rest';
import type { ICurrentRun } from '../../runs/current';
import { formatCount } from '../../runs/format';
import { listByGroup } from '../../runs/groups';
import type { IRunList } from '../../runs/list';
import { CommandIDs } from '../commandids';
import { useSignals } from '../hooks';
import { listMovement } from '../movement';
import { rowHeight, rowId, RunRow } from './row';

/** Pixels of the lowest row. */
const ROW = 38;

/** Rows drawn beyond what is seen. */
const BEYOND = 6;

/** Milliseconds after the last letter that a search waits. */
const TYPING = 200;

/** Milliseconds after which “a minute ago” may have become wrong. */
const AGES = 30_000;

export interface IHistoryBodyOptions {
  list: IRunList;
  current: ICurrentRun;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The history: a search field, and the runs below it, loaded as they are scrolled to. */
export class HistoryBody extends ReactWidget {
  constructor(private readonly _options: IHistoryBodyOptions) {
    super();
    this.addClass('jp-Hotspots-history-body');
  }

  protected render(): JSX.Element {
    return <History {...this._options} />;
  }
}

function History({ list, current, commands, trans }: IHistoryBodyOptions): JSX.Element {
  useSignals(list.changed, current.changed);
  const [text, setText] = useState(list.text);
  const isFirst = useRef(true);
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(again, AGES);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return undefined;
    }
    const timer = setTimeout(() => void list.search(text), TYPING);
    return () => clearTimeout(timer);
  }, [text, list]);
  const showsSearch = list.total > 0 || list.text !== '' || text !== '';
  return (
    <>
      {showsSearch && (
        <div className="jp-Hotspots-search">
          <input
            className="jp-Hotspots-input"
            type="search"
            spellCheck={false}
            aria-label={trans.__('Search the history')}
            placeholder={trans._n('Search %2 run', 'Search %2 runs', list.total, formatCount(list.total))}
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </div>
      )}
      {list.problem && (
        <p className="jp-Hotspots-problem" role="alert">
          {list.problem}
        </p>
      )}
      {list.runs.length > 0 ? (
        <Runs list={list} current={current} commands={commands} trans={trans} />
      ) : (
        <p className="jp-Hotspots-quiet">
          {list.text
            ? trans.__('No run matches “%1”.', list.text)
            : list.isLoaded
              ? trans.__('Every run is kept here, those from a terminal too.')
              : ''}
        </p>
      )}
    </>
  );
}

/** The rows. Only those in view are drawn: a history may hold a hundred thousand. */
function Runs({ list, current, commands, trans }: IHistoryBodyOptions): JSX.Element {
  const listed = useMemo(() => listByGroup(list.runs), [list.runs]);
  const runs = useMemo(() => listed.map(({ run }) => run), [listed]);
  const tops = useMemo(() => topsOf(runs), [runs]);
  const box = useRef<HTMLUListElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const [focused, setFocused] = useState<string | null>(null);
  const first = Math.max(0, placeAt(tops, view.top) - BEYOND);
  const last = Math.min(runs.length, placeAt(tops, view.top + view.height) + 1 + BEYOND);

  useLayoutEffect(() => {
    const node = box.current!;
    const measure = (): void => setView({ top: node.scrollTop, height: node.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    node.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', measure);
    };
  }, []);
  useEffect(() => {
    if (list.hasMore && last >= runs.length - BEYOND) {
      void list.loadMore();
    }
  }, [list, list.hasMore, last, runs.length]);

  const actions = useMemo(
    () => ({
      open: (id: string) => void commands.execute(CommandIDs.openRun, { id }),
      again: (id: string) => void commands.execute(CommandIDs.runAgain, { id }),
      delete: (id: string) => void commands.execute(CommandIDs.deleteRun, { id }),
      stop: (id: string) => void commands.execute(CommandIDs.stop, { id })
    }),
    [commands]
  );
  const place = runs.findIndex(({ id }) => id === focused);
  const moveTo = (index: number): void => {
    const node = box.current!;
    setFocused(runs[index]!.id);
    node.scrollTop = Math.min(tops[index]!, Math.max(node.scrollTop, tops[index + 1]! - node.clientHeight));
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / ROW) - 1);
    const target = listMovement(event.key, place, page, runs.length - 1);
    if (target !== null) {
      moveTo(target);
    } else if (focused && place >= 0 && (event.key === 'Enter' || event.key === ' ')) {
      actions.open(focused);
    } else if (focused && place >= 0 && event.key === 'Delete') {
      actions.delete(focused);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ul
      ref={box}
      className="jp-Hotspots-runs"
      role="listbox"
      tabIndex={0}
      aria-label={trans.__('Runs, the newest first: Enter opens one, Delete deletes it')}
      aria-activedescendant={place >= first && place < last && focused ? rowId(focused) : undefined}
      onFocus={() => {
        if (place < 0) {
          setFocused((runs.find(({ id }) => id === current.run?.id) ?? runs[0]!).id);
        }
      }}
      onKeyDown={onKeyDown}
    >
      {listed.slice(first, last).map(({ run, place: groupPlace }, index) => (
        <RunRow
          key={run.id}
          run={run}
          place={groupPlace}
          isShown={run.id === current.run?.id}
          isFocused={run.id === focused}
          top={tops[first + index]!}
          height={rowHeight(run)}
          trans={trans}
          actions={actions}
        />
      ))}
      <li className="jp-Hotspots-runs-end" role="presentation" style={{ top: tops[runs.length]! - 1 }} />
    </ul>
  );
}

/** Where each row begins, in pixels, and where the last one ends. */
export function topsOf(runs: readonly RunSummary[]): number[] {
  const tops = [0];
  for (const run of runs) {
    tops.push(tops[tops.length - 1]! + rowHeight(run));
  }
  return tops;
}

/** The row at a height; the last one for what is below them all. */
export function placeAt(tops: readonly number[], height: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= height) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
