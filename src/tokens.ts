import { Token } from '@lumino/coreutils';

import type { IClient as Client } from './api/client';
import type { IServerHalf as ServerHalf } from './api/serverhalf';
import type { IEventStream as EventStream } from './api/stream';
import type { ISourceOpener as SourceOpener } from './editor/opener';
import type { IHotspotsPanel as HotspotsPanel } from './panel/panel';
import type { ICurrentRun as CurrentRun } from './runs/current';
import type { IRunList as RunList } from './runs/list';
import type { IHotspotsSettings as HotspotsSettings } from './runs/settings';

/** The REST routes of the server half. */
export const IClient = new Token<Client>('jupyterlab-hotspots:IClient', 'The REST routes of the server half.');
export type IClient = Client;

/** The events of runs, over one WebSocket that mends itself. */
export const IEventStream = new Token<EventStream>(
  'jupyterlab-hotspots:IEventStream',
  'The events of runs, over one WebSocket that mends itself.'
);
export type IEventStream = EventStream;

/** Whether the server half is there and fits, and what it can do. */
export const IServerHalf = new Token<ServerHalf>(
  'jupyterlab-hotspots:IServerHalf',
  'Whether the server half is there and fits, and what it can do.'
);
export type IServerHalf = ServerHalf;

/** What the user has chosen. */
export const IHotspotsSettings = new Token<HotspotsSettings>(
  'jupyterlab-hotspots:IHotspotsSettings',
  'What the user has chosen.'
);
export type IHotspotsSettings = HotspotsSettings;

/** The history of runs. */
export const IRunList = new Token<RunList>('jupyterlab-hotspots:IRunList', 'The history of runs.');
export type IRunList = RunList;

/** The run that the panel shows. */
export const ICurrentRun = new Token<CurrentRun>('jupyterlab-hotspots:ICurrentRun', 'The run that the panel shows.');
export type ICurrentRun = CurrentRun;

/** Opens the source behind a hot spot. */
export const ISourceOpener = new Token<SourceOpener>(
  'jupyterlab-hotspots:ISourceOpener',
  'Opens the source behind a hot spot.'
);
export type ISourceOpener = SourceOpener;

/** The side panel. */
export const IHotspotsPanel = new Token<HotspotsPanel>('jupyterlab-hotspots:IHotspotsPanel', 'The side panel.');
export type IHotspotsPanel = HotspotsPanel;
