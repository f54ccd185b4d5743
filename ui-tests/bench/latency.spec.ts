import * as fs from 'fs';
import * as path from 'path';

import type { Panel } from '../tests/hotspots';
import { expect, test } from '../tests/hotspots';

/** How often each is measured, and where the figures go. */
const RUNS = Number(process.env['HOTSPOTS_BENCH_RUNS'] ?? 3);
const FIGURES = process.env['HOTSPOTS_BENCH_OUT'];

/** Its first line says when the code starts; then it works for a little longer than the first rows take, and ends as told. */
const SCRIPT = `import time; print(repr(time.time()), flush=True)
import sys


def square_sum(count):
    total = 0
    for number in range(count):
        total += number * number
    return total


def main():
    end = time.perf_counter() + 1.2
    while time.perf_counter() < end:
        square_sum(2_000)


main()
sys.exit(int(sys.argv[1]))
`;

/** What was seen in the page of one run, in milliseconds since 1970. */
interface ISeen {
  rows?: number;
  statuses: Record<string, number>;
}

/**
 * Note when something is on the screen: a MutationObserver tells that the page has changed, the next animation frame
 * that it is about to be drawn, and a message after that frame that it was.
 */
function watch(): void {
  const page = window as unknown as { seen: Record<string, ISeen> };
  page.seen = {};
  const panel = document.querySelector('#jp-hotspots-panel')!;
  const drawn = (note: (now: number) => void): void => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => note(performance.timeOrigin + performance.now());
      channel.port2.postMessage(null);
    });
  };
  const look = (): void => {
    const shown = panel.querySelector('[data-run][aria-selected="true"]');
    const run = shown?.getAttribute('data-run');
    if (!shown || !run) {
      return;
    }
    const seen = (page.seen[run] ??= { statuses: {} });
    const status = shown.querySelector('.jp-Hotspots-sign')?.getAttribute('aria-label') ?? '';
    if (status && !(status in seen.statuses)) {
      seen.statuses[status] = NaN;
      drawn(now => (seen.statuses[status] = now));
    }
    if (seen.rows === undefined && panel.querySelector('table[aria-label="The largest hot spots"] td')) {
      seen.rows = NaN;
      drawn(now => (seen.rows = now));
    }
  };
  new MutationObserver(look).observe(panel, { childList: true, subtree: true, attributes: true, characterData: true });
}

/** When the supervisor wrote that a run has ended, in milliseconds since 1970. */
function endOf(run: string): number {
  const file = path.join(process.env['HOTSPOTS_STORE']!, 'runs', run, 'events.jsonl');
  const events = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.includes('"type":"status"'))
    .map(line => JSON.parse(line) as { t: number; started?: string });
  return Date.parse(events[0]!.started!) + 1000 * events[events.length - 1]!.t;
}

/** Run the script until it ends well or fails. */
async function profile(panel: Panel, status: 'succeeded' | 'failed'): Promise<string> {
  const before = (await panel.shownRun.count()) > 0 ? await panel.runId() : '';
  await panel.unfoldForm();
  await panel.arguments.fill(status === 'failed' ? '1' : '0');
  await panel.profile.click();
  await expect(panel.shownRun).not.toHaveAttribute('data-run', before);
  await panel.expectStatus(status);
  return panel.runId();
}

test('how soon rows and states are on the screen', async ({ page, panel }) => {
  panel.write('bench.py', SCRIPT);
  await panel.open();
  await panel.script.fill(`${panel.folder}/bench.py`);
  await panel.script.press('Escape');
  // What is loaded when it is first needed is loaded now.
  await profile(panel, 'succeeded');
  await profile(panel, 'failed');
  await page.evaluate(watch);
  const rows: number[] = [];
  const states: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const status = index % 2 === 0 ? 'succeeded' : 'failed';
    const run = await profile(panel, status);
    const output = await panel.request.get(`hotspots/runs/${run}/output?stream=stdout`);
    const codeStarted = 1000 * Number(((await output.json()) as { text: string }).text.split('\n')[0]);
    const read = (): Promise<ISeen> =>
      page.evaluate(id => (window as unknown as { seen: Record<string, ISeen> }).seen[id]!, run);
    await expect.poll(async () => Number.isFinite((await read()).statuses[status])).toBe(true);
    const seen = await read();
    rows.push((seen.rows! - codeStarted) / 1000);
    // The start is on the screen before its event is written: the answer to the request says it.
    states.push((seen.statuses[status]! - endOf(run)) / 1000);
  }
  expect([...rows, ...states].every(Number.isFinite)).toBe(true);
  const figures = JSON.stringify({ rows, states });
  if (FIGURES) {
    fs.writeFileSync(FIGURES, figures);
  } else {
    console.log(figures);
  }
});
