import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket as ServerSocket } from 'ws';
import { WebSocket, WebSocketServer } from 'ws';

import { makeSummary } from '../testing/events';
import type { ClientMessage } from './generated/rest';
import type { RunStreamEvent } from './stream';
import { EventStream } from './stream';

/** A server that has a run's events and sends those after `seq`, as ours does. */
class Events {
  constructor(port = 0) {
    this.server = new WebSocketServer({ port, host: '127.0.0.1' });
    this.server.on('connection', socket => {
      this.sockets.push(socket);
      socket.on('message', data => {
        const message = JSON.parse(String(data)) as ClientMessage;
        this.asked.push(message);
        if (message.subscribe) {
          this.events
            .filter(({ seq }) => seq > (message.seq ?? 0))
            .forEach(event => socket.send(JSON.stringify(event)));
        }
      });
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Something happens in the run. */
  emit(...seqs: number[]): void {
    for (const seq of seqs) {
      const event = { run: '01A', seq, t: seq, type: 'output', stdout: seq, stderr: 0 } as const;
      this.events.push(event);
      this.sockets.forEach(socket => socket.send(JSON.stringify(event)));
    }
  }

  breakConnections(): void {
    this.sockets.forEach(socket => socket.terminate());
    this.sockets.length = 0;
  }

  async close(): Promise<void> {
    this.breakConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  readonly server: WebSocketServer;
  readonly events: RunStreamEvent[] = [];
  readonly asked: ClientMessage[] = [];
  readonly sockets: ServerSocket[] = [];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

describe('EventStream', () => {
  let server: Events;
  let port: number;
  let stream: EventStream;
  let got: number[];

  beforeEach(async () => {
    server = new Events();
    await until(() => server.server.address() !== null);
    port = server.port;
    got = [];
    stream = new EventStream({
      connect: () => new WebSocket(`ws://127.0.0.1:${port}`) as unknown as globalThis.WebSocket,
      firstWait: 10,
      longestWait: 40
    });
  });

  afterEach(async () => {
    stream.dispose();
    await server.close();
  });

  const listen = (event: RunStreamEvent): void => void got.push(event.seq);

  it('gives the events of a run from the first one on', async () => {
    server.emit(1, 2, 3);
    stream.subscribe('01A', listen);
    await until(() => got.length === 3);
    server.emit(4);
    await until(() => got.length === 4);
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('goes on after a break where it was, each event once and in order', async () => {
    stream.subscribe('01A', listen);
    await until(() => server.asked.length === 1);
    server.emit(1, 2);
    await until(() => got.length === 2);
    server.breakConnections();
    server.emit(3, 4);
    await until(() => got.length === 4);
    expect(server.asked.at(-1)).toEqual({ subscribe: '01A', seq: 2 });
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('waits longer after each failure, and comes back when the server does', async () => {
    stream.subscribe('01A', listen);
    await until(() => server.asked.length === 1);
    let reopened = 0;
    stream.reopened.connect(() => (reopened += 1));
    const { events } = server;
    await server.close();
    const waits: number[] = [];
    stream.stateChanged.connect((_, state) => {
      if (state.kind === 'waiting') {
        waits.push(state.until - Date.now());
      }
    });
    await until(() => stream.failures >= 4);
    expect(waits.at(-1)).toBeGreaterThan(waits[0]!);
    expect(Math.max(...waits)).toBeLessThanOrEqual(40);
    server = new Events(port);
    server.events.push(...events);
    await until(() => server.asked.length === 1);
    server.emit(1);
    await until(() => got.length === 1);
    expect(reopened).toBe(1);
    expect(stream.failures).toBe(0);
  });

  it('does not take an event still under way from an older subscription for a new one', async () => {
    server.emit(1, 2, 3);
    const first = stream.subscribe('01A', listen);
    await until(() => got.length === 3);
    first.dispose();
    got.length = 0;
    stream.subscribe('01A', listen);
    // As if sent before the server has read the new subscription.
    server.emit(4);
    await until(() => got.length >= 4);
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('takes the joined events of a long backlog, whose numbers have gaps', async () => {
    server.emit(1, 50, 60);
    stream.subscribe('01A', listen);
    await until(() => got.length === 3);
    expect(got).toEqual([1, 50, 60]);
    expect(server.asked).toEqual([{ subscribe: '01A', seq: 0 }]);
  });

  it('tells news of the store without being asked for them', async () => {
    const news: string[] = [];
    stream.storeChanged.connect((_, event) => void news.push(`${event.type} ${event.run}`));
    stream.open();
    await until(() => server.sockets.length === 1 && stream.state.kind === 'open');
    const common = { run: '01B', seq: 0, t: 0 };
    server.sockets[0]!.send(JSON.stringify({ ...common, type: 'run', summary: makeSummary({ id: '01B' }) }));
    server.sockets[0]!.send('not json');
    server.sockets[0]!.send(JSON.stringify({ ...common, type: 'deleted' }));
    await until(() => news.length === 2);
    expect(news).toEqual(['run 01B', 'deleted 01B']);
  });

  it('sends nothing more to who has unsubscribed, and nothing at all once disposed', async () => {
    const subscription = stream.subscribe('01A', listen);
    await until(() => server.asked.length === 1);
    subscription.dispose();
    await until(() => server.asked.length === 2);
    server.emit(1);
    stream.dispose();
    await until(() => server.server.clients.size === 0);
    expect(got).toEqual([]);
    expect(server.asked.at(-1)).toEqual({ unsubscribe: '01A' });
  });
});
