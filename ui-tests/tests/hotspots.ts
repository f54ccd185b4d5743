import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { galata, test as labTest } from '@jupyterlab/galata';
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import * as fs from 'fs';
import * as path from 'path';

/** The server's root on this machine's disk. */
export const ROOT = process.env['JUPYTERLAB_GALATA_ROOT_DIR']!;

export type Status = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';

/** A run as the server's history gives it; what the tests need of it. */
export interface IRun {
  id: string;
  status: Status;
  reason: string | null;
  target: { name: string; path: string | null; args: string[] };
  cwd: string;
  by: string;
  exit_code: number | null;
}

/** A row of the hot-spot table as it is read out: figures by the columns' headings. */
export interface IShownRow {
  name: string;
  /** `file.py:12`; empty for what is built in. */
  place: string;
  figures: Record<string, string>;
}

/** The panel, as somebody who uses it sees it. */
export class Panel {
  constructor(
    readonly page: IJupyterLabPageFixture,
    readonly request: APIRequestContext,
    /** The test's own folder, relative to the server's root. */
    readonly folder: string
  ) {
    this.node = page.locator('#jp-hotspots-panel');
    this.form = this.node.getByRole('form', { name: 'What to profile' });
    this.script = this.form.getByRole('combobox', { name: 'Script' });
    this.arguments = this.form.getByRole('textbox', { name: 'Arguments' });
    this.restOfForm = this.form.getByRole('button', { name: /^Arguments and question/ });
    this.details = this.form.getByRole('button', { name: /^Details/ });
    this.workingDirectory = this.form.getByRole('combobox', { name: 'Working directory' });
    this.environment = this.form.getByLabel('Environment');
    this.profile = this.form.getByRole('button', { name: 'Profile', exact: true });
    this.stop = this.form.getByRole('button', { name: 'Stop', exact: true });
    this.picker = this.form.getByRole('button', { name: /^What to find out/ });
    this.profilers = page.getByRole('listbox', { name: /^What to find out/ });
    this.remarks = this.node.locator('.jp-Hotspots-remarks');
    this.tables = this.node.getByRole('radiogroup', { name: 'Tables of this run' });
    this.group = this.node.getByRole('radiogroup', { name: 'Runs of this group' });
    this.notices = this.node.locator('.jp-Hotspots-notice');
    this.grid = this.node.getByRole('application', { name: /^Hot spots/ });
    this.table = this.node.getByRole('table', { name: 'The largest hot spots' });
    this.tree = this.node.getByRole('tree');
    this.output = this.node.getByRole('log', { name: 'Output of the run' });
    this.printed = this.output.locator('.jp-mod-stdout pre');
    this.history = this.node.getByRole('listbox', { name: /^Runs, the newest first/ });
    this.search = this.node.getByRole('searchbox', { name: 'Search the history' });
    this.shownRun = this.history.getByRole('option', { selected: true });
  }

  readonly node: Locator;
  readonly form: Locator;
  readonly script: Locator;
  readonly arguments: Locator;
  /** What folds the form to its first line, and unfolds it. */
  readonly restOfForm: Locator;
  readonly details: Locator;
  readonly workingDirectory: Locator;
  readonly environment: Locator;
  readonly profile: Locator;
  readonly stop: Locator;
  /** What opens the list of profilers. */
  readonly picker: Locator;
  /** The list of profilers, which lies over the lab. */
  readonly profilers: Locator;
  readonly notices: Locator;
  /** What one should know of the run, above its table. */
  readonly remarks: Locator;
  /** The switches above the table. */
  readonly tables: Locator;
  readonly group: Locator;
  /** The canvas of the table. */
  readonly grid: Locator;
  /** Its copy for screen readers. */
  readonly table: Locator;
  /** The tree of calls, or of what keeps objects alive. */
  readonly tree: Locator;
  readonly output: Locator;
  /** The text of the output alone, without what went to the error stream. */
  readonly printed: Locator;
  readonly history: Locator;
  readonly search: Locator;
  /** The row of the history whose run the panel shows. */
  readonly shownRun: Locator;

  /** Write a file into the test's folder; its absolute path. */
  write(name: string, text: string): string {
    const file = this.file(name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  }

  /** The absolute path of a file in the test's folder. */
  file(name: string): string {
    return path.join(ROOT, this.folder, name);
  }

  /** Let scripts end that run until they are told. */
  release(name = 'release'): void {
    this.write(name, '');
  }

  /** Open the panel by its tab, as a click does. */
  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Hotspots: where the time goes' }).click();
    await expect(this.profile).toBeVisible();
  }

  /** Unfold a section that is folded. */
  async unfold(title: string): Promise<void> {
    const heading = this.heading(title);
    if ((await heading.getAttribute('aria-expanded')) !== 'true') {
      await heading.locator('.lm-AccordionPanel-titleLabel').click();
    }
    await expect(heading).toHaveAttribute('aria-expanded', 'true');
  }

  heading(title: string): Locator {
    return this.node.locator('.jp-AccordionPanel-title').filter({ hasText: new RegExp(`^${title}`) });
  }

  /** Show all of the form, which folds when a run is shown. */
  async unfoldForm(): Promise<void> {
    if ((await this.restOfForm.getAttribute('aria-expanded')) !== 'true') {
      await this.restOfForm.click();
    }
    await expect(this.arguments).toBeVisible();
  }

  /** Type a script and its arguments, and press Profile. */
  async start(script: string, args = ''): Promise<void> {
    await this.script.fill(`${this.folder}/${script}`);
    await this.script.press('Escape');
    await this.unfoldForm();
    await this.arguments.fill(args);
    await this.profile.click();
    await expect(this.shownRun).toContainText(path.basename(script));
  }

  /** Choose a profiler from the list; of several the others by their boxes. */
  async chooseProfilers(first: string, ...others: string[]): Promise<void> {
    await this.unfoldForm();
    await this.picker.click();
    await this.profilerNamed(first).click();
    if (others.length > 0) {
      await this.picker.click();
      for (const name of others) {
        await this.profilerNamed(name).locator('.jp-Hotspots-box').click();
      }
      await this.profilers.press('Escape');
    }
    await expect(this.profilers).toBeHidden();
  }

  /** A profiler in the list. */
  profilerNamed(name: string): Locator {
    return this.profilers.locator(`[data-profiler="${name}"]`);
  }

  /** Wait until the run that is shown has a status. */
  async expectStatus(status: Status): Promise<void> {
    await expect(this.sign(this.shownRun)).toHaveAttribute('aria-label', status, { timeout: 60_000 });
  }

  /** The sign of a row of the history, which says the run's status. */
  sign(row: Locator): Locator {
    return row.locator('.jp-Hotspots-sign');
  }

  /** The id of the run that is shown. */
  async runId(): Promise<string> {
    return (await this.shownRun.getAttribute('data-run'))!;
  }

  /** A row of the history. */
  runNamed(text: string | RegExp): Locator {
    return this.history.getByRole('option').filter({ hasText: text });
  }

  /** The rows of the hot-spot table from the top, those that a screen reader gets. */
  async rows(): Promise<IShownRow[]> {
    return this.table.evaluate(readTable);
  }

  /** Wait for a row of a function. */
  async expectRow(name: string): Promise<void> {
    await expect.poll(async () => (await this.rows()).map(row => row.name)).toContain(name);
  }

  /**
   * Click a function's row in the canvas. It is about where its place in the order says, in low rows or in high ones;
   * there the pointer goes down the table until the row under it is the one that is meant.
   */
  async clickRow(name: string): Promise<void> {
    const { mouse } = this.page;
    await expect(async () => {
      const box = (await this.grid.boundingBox())!;
      const x = box.x + box.width / 2;
      const index = (await this.rows()).findIndex(row => row.name === name);
      for (const height of [22, 36]) {
        await mouse.move(x, box.y + 30);
        await mouse.wheel(0, -1e6);
        await mouse.wheel(0, Math.max(0, index - 1) * height);
        for (let y = 33; y < box.height; y += height / 2) {
          await mouse.move(x, box.y + y);
          const shown = ((await this.grid.getAttribute('title')) ?? '').split('\n')[0]!;
          if (shown === name || shown.endsWith(` ${name}>`) || shown.endsWith(`.${name}>`)) {
            await mouse.down();
            await mouse.up();
            return;
          }
        }
      }
      throw new Error(`There is no row of ${name}.`);
    }).toPass({ timeout: 30_000 });
  }

  /** The row of the tree that has a name. */
  treeRow(name: string): Locator {
    return this.tree.getByRole('treeitem').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** The names in the tree from the top, each behind its level: `2 main`. */
  async treeRows(): Promise<string[]> {
    return this.tree
      .getByRole('treeitem')
      .evaluateAll(rows =>
        rows.map(
          row =>
            `${row.getAttribute('aria-level')} ${row.querySelector('.jp-Hotspots-tree-text')?.textContent ?? row.textContent}`
        )
      );
  }

  /** How often a function was called so far. */
  async calls(name: string): Promise<number> {
    const row = (await this.rows()).find(shown => shown.name === name);
    // Of `5/120` the second figure counts recursive calls too.
    return Number(row?.figures['Calls']?.split('/').pop()!.replace(/\D/g, '') ?? NaN);
  }

  /** Click the heading of a column in the canvas. */
  async clickColumn(heading: string): Promise<void> {
    const place = await this.table
      .locator('th')
      .evaluateAll((cells, wanted) => cells.findIndex(cell => cell.textContent!.startsWith(wanted)), heading);
    const names = await this.table.locator('th').count();
    const box = (await this.grid.boundingBox())!;
    // The name is last and takes what is left; the others have widths of their own, the first is at the left edge.
    const x = place === names - 1 ? box.width - 40 : 30 + place * 66;
    await this.page.mouse.click(box.x + x, box.y + 11);
  }

  /** Choose from the table's menu. */
  async chooseFromMenu(item: string): Promise<void> {
    await this.node.getByRole('button', { name: 'More about the table' }).click();
    await this.page
      .getByRole('menuitem', { name: item })
      .or(this.page.getByRole('menuitemcheckbox', { name: item }))
      .click();
  }

  /** What is in the editor in front: the file's path, and its cursor's line, from 1. */
  async expectEditorAt(file: string, line: number): Promise<void> {
    await expect
      .poll(() =>
        this.page.evaluate(() => {
          const widget = window.jupyterapp.shell.currentWidget as unknown as {
            context?: { path: string };
            content?: { editor?: { getCursorPosition(): { line: number } } };
          } | null;
          const editor = widget?.content?.editor;
          return widget?.context && editor ? `${widget.context.path}:${editor.getCursorPosition().line + 1}` : '';
        })
      )
      .toBe(`${file}:${line}`);
  }

  /** A run as the server has it. */
  async run(id: string): Promise<IRun> {
    const answer = await this.request.get(`hotspots/runs/${id}`);
    return ((await answer.json()) as { summary: IRun }).summary;
  }

  async runs(): Promise<IRun[]> {
    return listRuns(this.request);
  }

  /** A way to the settings that keeps this test from those after it: the width of the panel's side, in pixels. */
  async setWidth(width: number): Promise<void> {
    const handle = this.page.locator('#jp-main-split-panel > .lm-SplitPanel-handle:not(.lm-mod-hidden)').first();
    const from = (await handle.boundingBox())!;
    const now = (await this.node.boundingBox())!.width;
    const y = from.y + from.height / 2;
    await this.page.mouse.move(from.x + from.width / 2, y);
    await this.page.mouse.down();
    await this.page.mouse.move(from.x + from.width / 2 + width - now, y, { steps: 4 });
    await this.page.mouse.up();
    await this.page.mouse.move(640, 2);
  }
}

function readTable(table: Element): IShownRow[] {
  const [head, ...lines] = [...table.querySelectorAll('tr')];
  const names = [...(head?.cells ?? [])].map(cell => (cell.textContent ?? '').replace(/ [↑↓]$/, ''));
  return lines.map(line => {
    const cells = [...line.cells];
    const last = cells[cells.length - 1];
    return {
      name: last?.textContent ?? '',
      place: last?.title ?? '',
      figures: Object.fromEntries(cells.slice(0, -1).map((cell, index) => [names[index], cell.textContent ?? '']))
    };
  });
}

async function listRuns(request: APIRequestContext): Promise<IRun[]> {
  const answer = await request.get('hotspots/runs?limit=1000');
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { runs: IRun[] }).runs;
}

/** Stop whatever runs, and wait until it has ended. */
export async function endRuns(request: APIRequestContext): Promise<void> {
  const isActive = ({ status }: IRun): boolean => status === 'running' || status === 'queued';
  for (const { id } of (await listRuns(request)).filter(isActive)) {
    await request.post(`hotspots/runs/${id}/cancel`);
  }
  await expect.poll(async () => (await listRuns(request)).filter(isActive).length, { timeout: 40_000 }).toBe(0);
}

/** Empty the history. */
export async function deleteRuns(request: APIRequestContext): Promise<void> {
  await endRuns(request);
  for (const { id } of await listRuns(request)) {
    await request.delete(`hotspots/runs/${id}`);
  }
}

/**
 * Load JupyterLab and wait until it stands. Galata's own waiting gives up after 15 s, which a machine with other work
 * to do may need.
 */
export async function load(page: IJupyterLabPageFixture, go: (plain: Page) => Promise<unknown>): Promise<void> {
  await go((page as unknown as { page: Page }).page);
  const isThere = async (): Promise<boolean> => {
    const { jupyterapp, galata } = window as Partial<Window>;
    await jupyterapp?.restored;
    // The launcher, or what was open, comes a little later and takes the focus.
    return !!galata?.app && !!jupyterapp?.shell.currentWidget;
  };
  await expect.poll(() => page.evaluate(isThere), { timeout: 90_000 }).toBe(true);
  await expect(page.locator('#jupyterlab-splash')).toHaveCount(0, { timeout: 90_000 });
  await expect(page.locator('#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current')).toBeVisible();
}

interface IFixtures {
  /** Whether the page is loaded before the test begins. */
  loads: boolean;
  panel: Panel;
}

/**
 * A test with the panel at hand. Whatever goes wrong unseen in the page fails it, and no run is left behind.
 */
export const test = labTest.extend<IFixtures>({
  autoGoto: false,
  // Its counts are exact, whatever else the machine has to do. What the others show is in `profilers.spec.ts`.
  mockSettings: { ...galata.DEFAULT_SETTINGS, 'jupyterlab-hotspots:plugin': { defaultProfiler: 'cprofile' } },
  loads: [true, { option: true }],
  panel: async ({ loads, page, request, tmpPath }, use) => {
    const wrong: string[] = [];
    page.on('pageerror', error => {
      const text = error.stack ?? String(error);
      // What JupyterLab itself asks of a server that was killed is not ours to catch.
      if (!/Failed to fetch/.test(text) || text.includes('/jupyterlab-hotspots/')) {
        wrong.push(text);
      }
    });
    page.on('dialog', dialog => {
      wrong.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    if (loads) {
      await load(page, plain => plain.goto(`lab/tree/${tmpPath}?reset`));
    }
    await use(new Panel(page, request, tmpPath));
    await endRuns(request);
    expect(wrong, 'errors in the page').toEqual([]);
  }
});

/** A script that works until a file appears: no test has to guess how long a run takes. */
export const UNTIL_RELEASED = `import os
import sys
import time


def square_sum(count):
    total = 0
    for number in range(count):
        total += number * number
    return total


def step():
    return square_sum(20_000)


def main(released):
    steps = 0
    last = time.monotonic() + 120
    while not os.path.exists(released) and time.monotonic() < last:
        step()
        steps += 1
        if steps % 100 == 0:
            print("step", steps, flush=True)
    print("released after", steps, flush=True)


main(sys.argv[1])
`;

export { expect };
