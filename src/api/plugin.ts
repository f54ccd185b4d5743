import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { IClient, IEventStream, IServerHalf } from '../tokens';
import { Client } from './client';
import { ServerHalf } from './serverhalf';
import { EventStream } from './stream';

const client: JupyterFrontEndPlugin<IClient> = {
  id: 'jupyterlab-hotspots:client',
  description: 'The REST routes of the server half.',
  autoStart: true,
  provides: IClient,
  activate: (app: JupyterFrontEnd): IClient => new Client(app.serviceManager.serverSettings)
};

const stream: JupyterFrontEndPlugin<IEventStream> = {
  id: 'jupyterlab-hotspots:stream',
  description: 'The events of runs, over one WebSocket that mends itself.',
  autoStart: true,
  provides: IEventStream,
  activate: (app: JupyterFrontEnd): IEventStream => {
    const settings = app.serviceManager.serverSettings;
    const events = new EventStream({ connect: () => Client.openSocket(settings) });
    // A laptop that wakes up need not wait for the end of a long pause.
    window.addEventListener('online', () => events.retry());
    return events;
  }
};

const serverHalf: JupyterFrontEndPlugin<IServerHalf> = {
  id: 'jupyterlab-hotspots:server-half',
  description: 'Whether the server half is there and fits, and what it can do.',
  autoStart: true,
  requires: [IClient],
  provides: IServerHalf,
  activate: (_: JupyterFrontEnd, routes: IClient): IServerHalf => new ServerHalf(routes)
};

export default [client, stream, serverHalf];
