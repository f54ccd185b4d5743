import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import type { RunSummary } from '../../api/generated/rest';
import type { ICurrentRun } from '../../runs/current';
import { namesInGroup } from '../../runs/groups';
import { isViewName } from '../../runs/tables';
import { useSignals } from '../hooks';
import { listMovement } from '../movement';
import { statusLabel, StatusSign } from '../history/status';
import { tableLabel, treeLabel } from './labels';

export interface ISwitchesOptions {
  current: ICurrentRun;
  trans: TranslationBundle;
}

/** Above the table: between the runs of a group, and between the tables of a run. Nothing where there is no choice. */
export class Switches extends ReactWidget {
  constructor(private readonly _options: ISwitchesOptions) {
    super();
    this.addClass('jp-Hotspots-switches');
  }

  protected render(): JSX.Element {
    return <Both {...this._options} />;
  }
}

function Both({ current, trans }: ISwitchesOptions): JSX.Element {
  const { run, group } = current;
  useSignals(current.changed, current.groupChanged, run?.tablesChanged, run?.summaryChanged);
  const views: ISegment[] = (run?.tables ?? []).map(name => ({ id: name, label: tableLabel(name, trans) }));
  if (run?.tree) {
    views.push({ id: 'tree', label: treeLabel(run.tree, trans) });
  }
  const names = namesInGroup(group);
  return (
    <>
      {run && group.length > 1 && (
        <Segments
          label={trans.__('Runs of this group')}
          chosen={run.id}
          segments={group.map((member, index) => ({
            id: member.id,
            label: names[index]!,
            title: `${names[index]!}: ${statusLabel(member.status, trans)}`,
            sign: signOf(member, trans)
          }))}
          onChoose={id => void current.showById(id)}
        />
      )}
      {run && views.length > 1 && (
        <Segments
          label={trans.__('Tables of this run')}
          chosen={run.view ?? ''}
          segments={views}
          onChoose={name => isViewName(name) && current.showTable(name)}
        />
      )}
    </>
  );
}

/** How a run of the group stands, where that is worth saying: success is what one expects. */
function signOf(run: RunSummary, trans: TranslationBundle): JSX.Element | null {
  return run.status === 'succeeded' ? null : <StatusSign status={run.status} trans={trans} />;
}

interface ISegment {
  id: string;
  label: string;
  title?: string;
  sign?: JSX.Element | null;
}

/** A few choices side by side, of which one holds: arrows move between them, as between radio buttons. */
function Segments(props: {
  label: string;
  chosen: string;
  segments: readonly ISegment[];
  onChoose: (id: string) => void;
}): JSX.Element {
  const { label, chosen, segments, onChoose } = props;
  const box = useRef<HTMLDivElement>(null);
  const place = segments.findIndex(({ id }) => id === chosen);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const key = event.key === 'ArrowRight' ? 'ArrowDown' : event.key === 'ArrowLeft' ? 'ArrowUp' : event.key;
    const target = listMovement(key, place, 1, segments.length - 1);
    if (target !== null) {
      event.preventDefault();
      event.stopPropagation();
      onChoose(segments[target]!.id);
      (box.current?.children[target] as HTMLElement | undefined)?.focus();
    }
  };
  return (
    <div ref={box} className="jp-Hotspots-segments" role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {segments.map(({ id, label: text, title, sign }, index) => (
        <button
          key={id}
          type="button"
          className="jp-Hotspots-segment"
          role="radio"
          aria-checked={id === chosen}
          tabIndex={index === Math.max(0, place) ? 0 : -1}
          title={title}
          onClick={() => onChoose(id)}
        >
          {sign}
          <span className="jp-Hotspots-ellipsis">{text}</span>
        </button>
      ))}
    </div>
  );
}
