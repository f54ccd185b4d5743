import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import React, { useEffect, useReducer, useState } from 'react';

import { VERSION } from '../../api/generated/version';
import type { IServerHalf } from '../../api/serverhalf';
import { compareVersions } from '../../api/serverhalf';
import type { IEventStream } from '../../api/stream';
import type { ICurrentRun } from '../../runs/current';
import { runName } from '../../runs/names';
import type { RunModel } from '../../runs/run';
import { useSignals } from '../hooks';
import { plainText } from '../output/text';

export interface INoticeOptions {
  server: IServerHalf;
  stream: IEventStream;
  current: ICurrentRun;
  trans: TranslationBundle;
  /** Unfold what the run has printed. */
  showOutput: () => void;
}

/** One thing the user should know, with what to do about it. */
interface INotice {
  /** Notices with the same key are the same one: closed once, it stays closed. */
  key: string;
  kind: 'error' | 'warning' | 'info';
  message: string;
  hint: string;
  /** A line of what the program itself has said; empty if it said nothing. */
  said?: string;
  action?: { label: string; act: () => void };
  /** Whether it can be closed; what stops everything cannot. */
  closes: boolean;
}

/** What stands in the way, above everything else: a missing server half, a broken connection, a failed run. */
export class NoticeBoard extends ReactWidget {
  constructor(private readonly _options: INoticeOptions) {
    super();
    this.addClass('jp-Hotspots-notices');
  }

  protected render(): JSX.Element {
    return <Notices {...this._options} />;
  }
}

function Notices({ server, stream, current, trans, showOutput }: INoticeOptions): JSX.Element {
  const { run } = current;
  useSignals(
    ...[server.changed, stream.stateChanged, current.changed],
    ...[run?.summaryChanged, run?.warningsChanged, run?.stdout.changed, run?.stderr.changed]
  );
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const notices = [
    serverNotice(server, trans),
    connectionNotice(stream, server, trans),
    ...runNotices(current, trans, showOutput)
  ].filter((notice): notice is INotice => notice !== null && !closed.has(notice.key));
  return (
    <>
      {notices.map(notice => (
        <div
          key={notice.key}
          className={`jp-Hotspots-notice jp-mod-${notice.kind}`}
          role={notice.kind === 'error' ? 'alert' : 'status'}
        >
          <div className="jp-Hotspots-notice-text">
            <p>
              <strong>{notice.message}</strong> {notice.hint}{' '}
              {notice.key === 'connection' && <Countdown stream={stream} trans={trans} />}
            </p>
            {notice.said && (
              <code className="jp-Hotspots-notice-said jp-Hotspots-ellipsis" title={notice.said}>
                {notice.said}
              </code>
            )}
            {notice.action && (
              <button type="button" className="jp-Hotspots-link" onClick={notice.action.act}>
                {notice.action.label}
              </button>
            )}
          </div>
          {notice.closes && (
            <button
              type="button"
              className="jp-Hotspots-icon-button"
              title={trans.__('Close')}
              aria-label={trans.__('Close')}
              onClick={() => setClosed(new Set([...closed, notice.key]))}
            >
              <closeIcon.react tag="span" elementSize="normal" />
            </button>
          )}
        </div>
      ))}
    </>
  );
}

/** How long until the next attempt; a figure, not a spinner. */
function Countdown({ stream, trans }: { stream: IEventStream; trans: TranslationBundle }): JSX.Element | null {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(again, 250);
    return () => clearInterval(timer);
  }, []);
  const { state } = stream;
  if (state.kind !== 'waiting') {
    return null;
  }
  const seconds = Math.max(0, Math.ceil((state.until - Date.now()) / 1000));
  return <span aria-hidden="true">{trans.__('Next attempt in %1 s.', seconds)} </span>;
}

function serverNotice(server: IServerHalf, trans: TranslationBundle): INotice | null {
  const check = { label: trans.__('Check again'), act: () => void server.check() };
  switch (server.state) {
    case 'missing':
      return {
        key: 'server-missing',
        kind: 'error',
        message: trans.__('The server half of Hotspots is not there.'),
        hint: trans.__(
          'Install jupyterlab-hotspots in the environment that Jupyter Server runs in, check that “jupyter server extension list” shows it enabled, and restart the server.'
        ),
        action: check,
        closes: false
      };
    case 'unreachable':
      return {
        key: 'server-unreachable',
        kind: 'error',
        message: trans.__('The server does not answer.'),
        hint: `${server.error?.message ?? ''} ${trans.__('Runs that have begun go on.')}`.trim(),
        action: check,
        closes: false
      };
    case 'other-version': {
      const other = server.description?.version ?? '?';
      const isServerOlder = compareVersions(other, VERSION) < 0;
      return {
        key: `server-version-${other}`,
        kind: 'warning',
        message: trans.__('The panel is version %1, the server half version %2.', VERSION, other),
        hint: isServerOlder
          ? trans.__('Restart Jupyter Server, so that both are the one that is installed.')
          : trans.__('Reload this page, so that both are the one that is installed.'),
        action: isServerOlder ? check : { label: trans.__('Reload'), act: () => window.location.reload() },
        closes: true
      };
    }
    default:
      return null;
  }
}

function connectionNotice(stream: IEventStream, server: IServerHalf, trans: TranslationBundle): INotice | null {
  // The first attempt after a break is quick and mostly works: no alarm for that.
  if (stream.state.kind !== 'waiting' || stream.failures < 2 || server.state === 'missing') {
    return null;
  }
  return {
    key: 'connection',
    kind: 'warning',
    message: trans.__('The connection to the server is lost.'),
    hint: trans.__('Runs go on without it.'),
    action: { label: trans.__('Try now'), act: () => stream.retry() },
    closes: false
  };
}

function runNotices({ run }: ICurrentRun, trans: TranslationBundle, showOutput: () => void): INotice[] {
  if (!run) {
    return [];
  }
  const { summary, problem, id } = run;
  const notices: INotice[] = [];
  if (summary.status === 'failed' || summary.status === 'lost') {
    notices.push({
      key: `${id}-${summary.status}`,
      kind: 'error',
      message:
        summary.status === 'failed'
          ? trans.__('%1 failed.', runName(summary))
          : trans.__('%1 was lost.', runName(summary)),
      hint: summary.reason ?? '',
      said: lastWords(run),
      ...(run.stdout.text || run.stderr.text ? { action: { label: trans.__('Show output'), act: showOutput } } : {}),
      closes: true
    });
  }
  if (problem) {
    notices.push({ key: `${id}-problem`, kind: 'error', message: problem, hint: '', closes: true });
  }
  return notices;
}

/** The last line that a run has written to the error stream, unless its reason says so already. */
function lastWords({ summary, stderr }: RunModel): string {
  const line = plainText(stderr.text).trimEnd().split('\n').pop()!.trim();
  return summary.reason?.includes(line) ? '' : line;
}
