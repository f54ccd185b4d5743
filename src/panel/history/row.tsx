import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon, refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { RunSummary } from '../../api/generated/rest';
import { joinArguments } from '../../runs/arguments';
import { formatBytes, formatSeconds } from '../../runs/format';
import type { GroupPlace } from '../../runs/groups';
import { runName } from '../../runs/names';
import { canRunAgain, isActive } from '../../runs/run';
import { statusLabel, StatusSign } from './status';

export interface IRunActions {
  open(id: string): void;
  again(id: string): void;
  delete(id: string): void;
  stop(id: string): void;
}

export interface IRunRowProps {
  run: RunSummary;
  /** Where it stands among the runs that were started together. */
  place: GroupPlace;
  isShown: boolean;
  isFocused: boolean;
  /** Pixels from the top of the list, and of the row itself. */
  top: number;
  height: number;
  trans: TranslationBundle;
  actions: IRunActions;
}

/** Pixels of a row with two lines, and with a third one for the reason of a failure. */
const TWO_LINES = 38;
const THREE_LINES = 54;

/** How high the row of a run is. */
export function rowHeight(run: RunSummary): number {
  return reasonOf(run) ? THREE_LINES : TWO_LINES;
}

/** Why a run failed; empty where it did not, or nobody knows. */
function reasonOf({ status, reason }: RunSummary): string {
  return status === 'failed' || status === 'lost' ? (reason ?? '') : '';
}

/** One run: how it ended, what it was, how long it took and how much memory; a failure says why. */
export function RunRow({ run, place, isShown, isFocused, top, height, trans, actions }: IRunRowProps): JSX.Element {
  const { id, status, reason, target } = run;
  const args = joinArguments(target.args);
  const isImported = run.by === 'import';
  // An imported run may have been measured long ago; its place in the list is by when it came.
  const when = isImported ? run.created : (run.started ?? run.created);
  const isGrouped = place !== 'alone';
  const why = reasonOf(run);
  const ago = Time.formatHuman(when);
  const second = [
    status === 'cancelled' && statusLabel(status, trans),
    isImported ? trans.__('imported %1', ago) : ago,
    !isGrouped && run.profiler,
    args
  ];
  const tooltip = [
    [target.path ?? target.module ?? target.name, args].filter(Boolean).join(' '),
    `${statusLabel(status, trans)}${reason ? `: ${reason}` : ''}`,
    `${Time.format(when)} · ${run.profiler} · ${run.by}`
  ].join('\n');
  const act = (action: (id: string) => void) => (event: React.MouseEvent) => {
    event.stopPropagation();
    action(id);
  };
  return (
    <li
      id={rowId(id)}
      className={[
        'jp-Hotspots-run',
        ...[isShown && 'jp-mod-shown', isFocused && 'jp-mod-focused', isGrouped && `jp-mod-${place}`].filter(Boolean)
      ].join(' ')}
      role="option"
      aria-selected={isShown}
      data-run={id}
      style={{ top, height }}
      title={tooltip}
      onClick={() => actions.open(id)}
    >
      <StatusSign status={status} trans={trans} />
      <span className="jp-Hotspots-run-name jp-Hotspots-ellipsis">
        {runName(run)}
        {isGrouped && <em> {run.profiler}</em>}
      </span>
      <span className="jp-Hotspots-run-figures">
        <span>{isActive(run) ? statusLabel(status, trans) : formatSeconds(run.wall_s)}</span>
        {run.peak_rss_bytes !== null && <span>{formatBytes(run.peak_rss_bytes)}</span>}
      </span>
      <span className="jp-Hotspots-run-second jp-Hotspots-ellipsis">{second.filter(Boolean).join(' · ')}</span>
      {why && <span className="jp-Hotspots-run-second jp-mod-failed jp-Hotspots-ellipsis">{why}</span>}
      <span className="jp-Hotspots-run-actions">
        {isActive(run) ? (
          <RowButton label={trans.__('Stop')} icon={stopIcon} onClick={act(actions.stop)} />
        ) : (
          <>
            {canRunAgain(run) && (
              <RowButton label={trans.__('Run again')} icon={refreshIcon} onClick={act(actions.again)} />
            )}
            <RowButton label={trans.__('Delete')} icon={deleteIcon} onClick={act(actions.delete)} />
          </>
        )}
      </span>
    </li>
  );
}

function RowButton(props: {
  label: string;
  icon: typeof refreshIcon;
  onClick: (event: React.MouseEvent) => void;
}): JSX.Element {
  const Icon = props.icon.react;
  return (
    <button
      type="button"
      className="jp-Hotspots-icon-button"
      // By keyboard: Delete, and the context menu.
      tabIndex={-1}
      title={props.label}
      aria-label={props.label}
      onClick={props.onClick}
    >
      <Icon tag="span" elementSize="normal" />
    </button>
  );
}

/** The id of a run's element. */
export function rowId(id: string): string {
  return `jp-hotspots-run-${id}`;
}
