import { describe, expect, it } from 'vitest';

import { MemoryClient } from '../testing/client';
import { settle } from '../testing/stream';
import { CHUNK, OutputStream } from './output';

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `line ${String(from + index).padStart(9, '0')}\n`).join('');
}

describe('OutputStream', () => {
  it('follows what is printed, without gaps', async () => {
    const client = new MemoryClient();
    const stream = new OutputStream(client, '01A', 'stdout');
    client.printed.stdout = lines(0, 10);
    stream.grow(150);
    await settle();
    client.printed.stdout = lines(0, 25);
    stream.grow(375);
    await settle();
    expect(stream.text).toBe(lines(0, 25));
    expect([stream.start, stream.size]).toEqual([0, 375]);
  });

  it('keeps the end of a flood, and loads what came before on request', async () => {
    const client = new MemoryClient();
    const stream = new OutputStream(client, '01A', 'stdout');
    const flood = lines(0, 100_000);
    client.printed.stdout = flood;
    stream.grow(flood.length);
    await settle();
    expect(flood.endsWith(stream.text)).toBe(true);
    expect(stream.text.length).toBe(CHUNK);
    expect(stream.start).toBe(flood.length - CHUNK);
    await stream.loadEarlier();
    expect(stream.text.length).toBe(2 * CHUNK);
    expect(flood.endsWith(stream.text)).toBe(true);
    // Nothing that was asked for is thrown away while more arrives.
    client.printed.stdout = flood + lines(0, 100);
    stream.grow(flood.length + 1500);
    await settle();
    expect(stream.text).toBe(client.printed.stdout.slice(stream.start));
  });

  it('stays bounded over a long run that prints little by little', async () => {
    const client = new MemoryClient();
    const stream = new OutputStream(client, '01A', 'stderr');
    for (let part = 1; part <= 60; part++) {
      client.printed.stderr = lines(0, part * 500);
      stream.grow(part * 500 * 15);
      await settle();
    }
    expect(client.printed.stderr.endsWith(stream.text)).toBe(true);
    expect(stream.text.length).toBeGreaterThanOrEqual(CHUNK);
    expect(stream.text.length).toBeLessThan(2 * CHUNK);
    expect(stream.start).toBe(client.printed.stderr.length - stream.text.length);
  });

  it('loads the end of a run that was finished long ago', async () => {
    const client = new MemoryClient();
    client.printed.stdout = lines(0, 20);
    const stream = new OutputStream(client, '01A', 'stdout');
    await stream.load();
    expect([stream.text, stream.start]).toEqual([lines(0, 20), 0]);
  });
});
