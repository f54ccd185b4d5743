import { describe, expect, it } from 'vitest';

import { MemoryClient } from '../testing/client';
import { HotspotsError } from './errors';
import { compareVersions, ServerHalf } from './serverhalf';

async function checked(version: string, change: (client: MemoryClient) => void = () => undefined): Promise<ServerHalf> {
  const client = new MemoryClient();
  change(client);
  const server = new ServerHalf(client, version);
  await server.check();
  return server;
}

describe('ServerHalf', () => {
  it('is ready if it is of the same version', async () => {
    expect((await checked('1.2.0')).state).toBe('ready');
  });

  it('is of another version, or speaks another protocol', async () => {
    expect((await checked('1.3.0')).state).toBe('other-version');
    expect((await checked('1.2.0', client => (client.description = { ...client.description, schema: 2 }))).state).toBe(
      'other-version'
    );
  });

  it('is missing where its routes are', async () => {
    const failure = new HotspotsError('404 Not Found', { status: 404 });
    expect((await checked('1.2.0', client => (client.failure = failure))).state).toBe('missing');
  });

  it('is not to be reached where nothing answers, and ready again when something does', async () => {
    const server = await checked('1.2.0', client => (client.failure = new HotspotsError('No answer', { status: 0 })));
    expect([server.state, server.error?.message]).toEqual(['unreachable', 'No answer']);
    await server.check();
    expect([server.state, server.error]).toEqual(['ready', null]);
  });
});

describe('compareVersions', () => {
  it.each([
    ['1.2.0', '1.10.0', -1],
    ['1.2.0', '1.2.0', 0],
    ['2.0', '1.9.9', 1],
    ['1.2', '1.2.1', -1]
  ])('%s and %s', (one, other, sign) => expect(Math.sign(compareVersions(one, other))).toBe(sign));
});
