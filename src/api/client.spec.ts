import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Client } from './client';
import { HotspotsError } from './errors';

interface IAsked {
  method: string;
  path: string;
  query: Record<string, string>;
  authorization: string | undefined;
  body: string;
}

describe('Client', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let asked: IAsked;
  let client: Client;

  async function read(request: IncomingMessage): Promise<string> {
    let body = '';
    for await (const chunk of request) {
      body += String(chunk);
    }
    return body;
  }

  beforeEach(async () => {
    server = createServer((request, response) => {
      void read(request).then(body => {
        const url = new URL(request.url!, 'http://localhost');
        const { authorization } = request.headers;
        // A number is added to each URL so that nothing comes from a cache.
        const query = [...url.searchParams].filter(([name]) => !/^\d+$/.test(name));
        asked = { method: request.method!, path: url.pathname, query: Object.fromEntries(query), authorization, body };
        response
          .writeHead(answer.status, {
            'Content-Type': 'application/json',
            'Content-Disposition': "attachment; filename*=UTF-8''n%C3%A4chte.prof"
          })
          .end(answer.body);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const base = `127.0.0.1:${port}/user/ada/`;
    client = new Client(
      ServerConnection.makeSettings({
        baseUrl: `http://${base}`,
        wsUrl: `ws://${base}`,
        token: 'secret',
        appendToken: true
      })
    );
  });
  afterEach(() => new Promise<void>(resolve => server.close(() => resolve())));

  it('keeps to the base URL and the token, and leaves empty parameters out', async () => {
    answer = { status: 200, body: '{"runs": [], "total": 0, "next": null}' };
    await client.runs({ text: 'a b&c', limit: 100, before: undefined });
    expect(asked).toEqual({
      method: 'GET',
      path: '/user/ada/hotspots/runs',
      query: { text: 'a b&c', limit: '100' },
      authorization: 'token secret',
      body: ''
    });
  });

  it('sends a request as JSON', async () => {
    answer = { status: 201, body: '{}' };
    await client.start({ target: { kind: 'script', path: 'größe.py', args: ['--x'] } });
    expect(asked).toMatchObject({ method: 'POST', path: '/user/ada/hotspots/runs' });
    expect(JSON.parse(asked.body)).toEqual({ target: { kind: 'script', path: 'größe.py', args: ['--x'] } });
  });

  it('puts files into the query, whatever their names', async () => {
    answer = { status: 200, body: '{}' };
    await client.source('01A', '/home/me/a?b=c&d #é.py');
    expect([asked.path, asked.query]).toEqual([
      '/user/ada/hotspots/runs/01A/source',
      { file: '/home/me/a?b=c&d #é.py' }
    ]);
  });

  it('deletes and cancels', async () => {
    answer = { status: 204, body: '' };
    await client.delete('01A');
    expect([asked.method, asked.path]).toEqual(['DELETE', '/user/ada/hotspots/runs/01A']);
    answer = { status: 202, body: '' };
    await client.cancel('01A');
    expect([asked.method, asked.path]).toEqual(['POST', '/user/ada/hotspots/runs/01A/cancel']);
  });

  it('tells what the server said of an error', async () => {
    answer = { status: 409, body: '{"message": "It is running.", "reason": "conflict", "hint": "Stop it first."}' };
    await expect(client.delete('01A')).rejects.toMatchObject({
      message: 'It is running.',
      hint: 'Stop it first.',
      reason: 'conflict',
      status: 409
    });
  });

  it.each([
    [404, '<html>Not Found</html>', { status: 404, reason: 'not_found' }],
    [502, '', { status: 502, reason: 'error' }],
    [200, '<html>Log in</html>', { status: 0, reason: 'not_ours' }]
  ])('says something of an answer %d that is not ours', async (status, body, error) => {
    answer = { status, body };
    await expect(client.profilers()).rejects.toMatchObject(error);
  });

  it('says that no answer came', async () => {
    await new Promise<void>(resolve => server.close(() => resolve()));
    const error = await client.profilers().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HotspotsError);
    expect(error).toMatchObject({ reason: 'network', status: 0 });
    server.listen(0);
  });

  it('exports a file under the name that the server gives it', async () => {
    answer = { status: 200, body: 'profile' };
    const { name, data } = await client.export('01A', { format: 'csv', table: 'lines' });
    expect([asked.path, asked.query]).toEqual([
      '/user/ada/hotspots/runs/01A/export',
      { format: 'csv', table: 'lines' }
    ]);
    expect([name, await data.text()]).toEqual(['nächte.prof', 'profile']);
  });

  it('gives the address of SnakeViz with the token, once the server has the page', async () => {
    answer = { status: 200, body: '<html></html>' };
    const address = new URL(await client.snakeViz('01A'));
    expect([asked.path, address.pathname, address.searchParams.get('token')]).toEqual([
      '/user/ada/hotspots/runs/01A/snakeviz',
      '/user/ada/hotspots/runs/01A/snakeviz',
      'secret'
    ]);
    answer = { status: 400, body: '{"message": "It has no functions.", "reason": "no_functions", "hint": ""}' };
    await expect(client.snakeViz('01A')).rejects.toThrow('It has no functions.');
  });
});
