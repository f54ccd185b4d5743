import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { RunSummary } from '../../api/generated/rest';

type Status = RunSummary['status'];

/** A status as a word. */
export function statusLabel(status: Status, trans: TranslationBundle): string {
  const labels: Record<Status, string> = {
    queued: trans.__('queued'),
    running: trans.__('running'),
    succeeded: trans.__('succeeded'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled'),
    lost: trans.__('lost')
  };
  return labels[status];
}

/** Lines in a box of 16: each status has a shape of its own, so colour is never needed to tell them apart. */
const SHAPES: Readonly<Record<Status, JSX.Element>> = {
  queued: <circle cx="8" cy="8" r="4.5" strokeDasharray="2 2.7" />,
  running: <path d="M5.500 3.500v9l7-4.500z" className="jp-mod-filled" />,
  succeeded: <path d="M3.500 8.500l3 3 6-7" />,
  failed: <path d="M4 4l8 8M12 4l-8 8" />,
  cancelled: <rect x="4.500" y="4.500" width="7" height="7" />,
  lost: <path d="M5.500 6a2.500 2.500 0 1 1 3.800 2.100c-.9.600-1.300 1-1.300 1.900M8 12.400v.4" />
};

/** A run's status as a sign, with its word for screen readers. */
export function StatusSign({ status, trans }: { status: Status; trans: TranslationBundle }): JSX.Element {
  return (
    <svg
      className={`jp-Hotspots-sign jp-mod-${status}`}
      viewBox="0 0 16 16"
      width="14"
      height="14"
      role="img"
      aria-label={statusLabel(status, trans)}
    >
      <title>{statusLabel(status, trans)}</title>
      {SHAPES[status]}
    </svg>
  );
}
