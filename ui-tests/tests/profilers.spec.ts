import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { lineOf } from './alerts';
import type { IShownRow, Panel } from './hotspots';
import { deleteRuns, expect, load, test } from './hotspots';
import { leave, picture } from './pictures';

/** Works in one line mostly, for some seconds or until a file appears, and keeps what another one allocates. */
const WORKS = `import os
import sys
import time


def spin(until):
    total = 0
    last = time.monotonic() + (120 if until.endswith("release") else float(until))
    while time.monotonic() < last and not os.path.exists(until):
        total += sum(number * number for number in range(2000))
    return total


def keep(count):
    kept = []
    for number in range(count):
        kept.append(bytes(1_000_000 + number))
    return kept


def main(until):
    kept = keep(60)
    spin(until)
    print("kept", len(kept), flush=True)
    if os.path.exists(until):
        os.remove(until)


main(sys.argv[1])
`;

/** Keeps what it receives in a list of its module. */
const KEEPS = `ALERTS = []


class Stamp:
    def __init__(self, number):
        self.pixels = bytes(100_000 + number)


def receive(count):
    for number in range(count):
        ALERTS.append(Stamp(number))


receive(300)
`;

const BUSY = 'total += sum(number * number for number in range(2000))';

/** The server lists a profiler as one that is not installed. */
async function withoutProfiler(page: Page, name: string): Promise<void> {
  await page.route(/hotspots\/profilers/, async route => {
    const response = await route.fetch();
    type Answer = { python: string; profilers: { name: string; installed: boolean }[] };
    const answer = (await response.json()) as Answer;
    // Pictures show no path of the machine that they were taken on.
    answer.python = '/opt/lab/bin/python';
    for (const profiler of answer.profilers) {
      profiler.installed &&= profiler.name !== name;
    }
    await route.fulfill({ response, json: answer });
  });
}

/** What axe finds of weight in the list of profilers. */
async function findings(page: ConstructorParameters<typeof AxeBuilder>[0]['page']): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .include('.jp-Hotspots-profilers')
    .include('#jp-hotspots-panel')
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`)
    );
}

/** Pictures of what is shown: light, and to be looked at after a run also dark and in a narrow panel. */
async function pictures(panel: Panel, name: string): Promise<void> {
  const { page } = panel;
  await leave(panel);
  await picture(panel, name);
  await page.theme.setDarkTheme();
  await expect(panel.profile).toBeVisible();
  await leave(panel);
  await picture(panel, `${name}-dark`, undefined, false);
  await page.theme.setLightTheme();
  await expect(panel.profile).toBeVisible();
  const { width } = (await panel.node.boundingBox())!;
  await panel.setWidth(280);
  await leave(panel);
  await picture(panel, `${name}-narrow`, undefined, false);
  await panel.setWidth(width);
}

/** The names of the rows that lie in a line of the script, from the top. */
async function linesOf(panel: Panel): Promise<string[]> {
  return (await panel.rows()).filter(({ place }) => place.startsWith('works.py')).map(({ name }) => name);
}

test.describe('the list of profilers', () => {
  test.use({ loads: false });

  test('is a list of questions, with one that is not installed, by pointer and by keyboard', async ({
    page,
    panel,
    tmpPath
  }) => {
    await withoutProfiler(page, 'allocations');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await load(page, plain => plain.goto(`lab/tree/${tmpPath}?reset`));
    const { keyboard } = page;
    await panel.open();
    await panel.setWidth(340);
    await expect(panel.picker).toContainText('cprofile');

    await panel.picker.click();
    const options = panel.profilers.getByRole('option');
    await expect(options).toHaveCount(8);
    await expect(panel.profilers).toBeFocused();
    await expect(panel.profilerNamed('sampling')).toContainText('Where does the time go?');
    await expect(panel.profilerNamed('line')).toContainText(/×\d[\d.]*–\d+/);
    await expect(panel.profilerNamed('line')).toContainText('line_profiler');
    expect(await findings(page)).toEqual([]);
    await panel.profilerNamed('line').hover();
    await expect(page.locator('.jp-Hotspots-profilers-details')).toContainText(/Measures.*hits.*Slows by/);
    await picture(panel, 'profilers');

    await test.step('one that is not installed gives the command that installs it, and is not taken', async () => {
      const absent = panel.profilerNamed('allocations');
      await expect(absent).toHaveAttribute('aria-disabled', 'true');
      await expect(absent).toContainText('-m pip install memray');
      // Playwright waits for what can be chosen; this cannot, but it answers.
      await absent.click({ force: true });
      await expect(absent).toContainText('Copied');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        '/opt/lab/bin/python -m pip install memray'
      );
      await expect(panel.profilers).toBeVisible();
      await expect(absent).toHaveAttribute('aria-selected', 'false');
    });

    await test.step('Space adds one, Enter takes one alone, Escape leaves all as it is', async () => {
      await keyboard.press('Home');
      await keyboard.press(' ');
      await expect(panel.profilers.getByRole('option', { selected: true })).toHaveCount(2);
      await keyboard.press('Escape');
      await expect(panel.profilers).toBeHidden();
      await expect(panel.picker).toBeFocused();
      await expect(panel.picker).toContainText('2 questions, one run each');
      await keyboard.press('ArrowDown');
      await expect(panel.profilers).toBeFocused();
      await keyboard.press('ArrowDown');
      await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
      await expect(panel.picker).toContainText('Which line is it');
      await expect(panel.picker).toContainText('line');
    });

    await test.step('its options are folded, and say what was changed', async () => {
      const fold = panel.form.getByRole('button', { name: /^Options/ });
      await expect(fold).toHaveAttribute('aria-expanded', 'false');
      await fold.click();
      await panel.form.getByLabel('Functions or modules').fill('works:spin');
      await expect(panel.form).toContainText('What to watch');
      expect(await findings(page)).toEqual([]);
      await picture(panel, 'profiler-options');
      await fold.click();
      await expect(fold).toContainText('select works:spin');
    });

    await panel.setWidth(280);
    await panel.picker.click();
    await panel.profilerNamed('scalene').hover();
    await picture(panel, 'profilers-narrow');
    await panel.profilers.press('Escape');
    await page.theme.setDarkTheme();
    await expect(panel.picker).toBeVisible();
    await panel.picker.click();
    await panel.profilerNamed('cprofile').hover();
    expect(await findings(page)).toEqual([]);
    await picture(panel, 'profilers-dark');
  });
});

test('sampling: functions and lines come while the script runs, and stay; then there is a tree', async ({
  page,
  panel,
  request
}) => {
  await deleteRuns(request);
  const file = panel.write('works.py', WORKS);
  await panel.open();
  await panel.setWidth(420);
  await panel.chooseProfilers('sampling');
  await panel.start('works.py', 'release');
  await panel.expectStatus('running');
  await expect.poll(async () => (await panel.rows()).map(({ name }) => name).join()).toMatch(/spin/);
  await panel.tables.getByRole('radio', { name: 'Lines' }).click();
  await expect.poll(() => linesOf(panel)).toContain(BUSY);
  await panel.expectStatus('running');
  panel.release();
  await panel.expectStatus('succeeded');
  await expect(panel.tables.getByRole('radio', { name: 'Lines' })).toBeChecked();
  expect((await linesOf(panel))[0]).toBe(BUSY);
  await panel.clickRow(BUSY);
  await panel.expectEditorAt(`${panel.folder}/works.py`, lineOf(file, `        ${BUSY}`));
  await pictures(panel, 'sampling-lines');
  await panel.tables.getByRole('radio', { name: 'Functions' }).click();
  await expect.poll(async () => (await panel.rows())[0]!.name).toMatch(/genexpr|spin/);
  await leave(panel);
  await picture(panel, 'sampling-functions', undefined, false);

  await panel.tables.getByRole('radio', { name: 'Tree' }).click();
  await expect.poll(async () => (await panel.treeRows()).join()).toMatch(/1 <module>,2 main,3 spin/);
  await panel.treeRow('main').click();
  await panel.expectEditorAt(`${panel.folder}/works.py`, lineOf(file, '    spin(until)'));
  await panel.treeRow('main').locator('.jp-Hotspots-tree-caret').click();
  await expect(panel.treeRow('spin')).toHaveCount(0);
  await panel.treeRow('main').locator('.jp-Hotspots-tree-caret').click();
  // A node for each line of it that was seen.
  await expect(panel.treeRow('spin')).not.toHaveCount(0);
  expect(await findings(page)).toEqual([]);
  await pictures(panel, 'sampling-tree');
});

test('line: counts come while the script runs; with sampling, the sampled share stands beside the counted one', async ({
  panel,
  request
}) => {
  await deleteRuns(request);
  panel.write('works.py', WORKS);
  await panel.open();
  await panel.setWidth(420);
  await panel.chooseProfilers('sampling', 'line');
  await panel.start('works.py', 'release');
  await expect(panel.group.getByRole('radio')).toContainText(['sampling', 'line']);
  await panel.expectStatus('running');
  await panel.expectRow('spin');
  panel.release();
  await panel.expectStatus('succeeded');
  await panel.group.getByRole('radio', { name: 'line' }).click();
  await panel.expectStatus('running');
  await expect.poll(() => linesOf(panel)).toContain('kept.append(bytes(1_000_000 + number))');
  await expect.poll(() => linesOf(panel)).toContain(BUSY);
  panel.release();
  await panel.expectStatus('succeeded');
  await expect.poll(async () => Object.keys((await panel.rows())[0]!.figures)).toContain('Sampled');
  const row = async (): Promise<Record<string, string>> =>
    (await panel.rows()).find(({ name }) => name === BUSY)!.figures;
  await expect.poll(async () => parseFloat((await row())['Sampled']!)).toBeGreaterThan(50);
  expect(parseFloat((await row())['Counted']!)).toBeGreaterThan(50);

  // Both lie in the history, held together.
  const places = await panel.history
    .getByRole('option')
    .evaluateAll(rows => rows.map(({ className }) => /jp-mod-(first|middle|last)/.exec(className)?.[1]));
  expect(places).toEqual(['first', 'last']);
  await pictures(panel, 'line-beside-sampling');
  await panel.setWidth(640);
  await leave(panel);
  await picture(panel, 'line-wide');
  const found = async (): Promise<IShownRow> =>
    (await panel.rows()).find(({ name }) => name.startsWith('kept.append'))!;
  await expect.poll(async () => (await found()).figures).toMatchObject({ Hits: '60' });
  expect((await found()).place).toMatch(/^works\.py:\d+$/);
});

test('allocations: what each line holds at the peak', async ({ panel, request }) => {
  await deleteRuns(request);
  panel.write('works.py', WORKS);
  await panel.open();
  await panel.setWidth(420);
  await panel.chooseProfilers('allocations');
  await panel.start('works.py', 'release');
  await panel.expectStatus('running');
  await expect(panel.node).toContainText('memray gives its figures once the script has ended.');
  panel.release();
  await panel.expectStatus('succeeded');
  await expect(panel.tables.getByRole('radio', { name: 'Lines' })).toBeChecked();
  await expect.poll(async () => (await linesOf(panel))[0]).toBe('kept.append(bytes(1_000_000 + number))');
  expect((await panel.rows())[0]!.figures['Peak']).toMatch(/^60\.\d MB$/);
  await pictures(panel, 'allocations');
});

test('heap: what keeps objects alive is a tree, by pointer and by keyboard', async ({ page, panel, request }) => {
  await deleteRuns(request);
  panel.write('keeps.py', KEEPS);
  const { keyboard } = page;
  await panel.open();
  await panel.setWidth(420);
  await panel.chooseProfilers('heap');
  await panel.start('keeps.py');
  await panel.expectStatus('succeeded');
  await panel.tables.getByRole('radio', { name: 'Kept alive by' }).click();
  // The heaviest path is unfolded.
  await expect
    .poll(async () => (await panel.treeRows()).slice(0, 4))
    .toEqual(['1 bytes', '2 __main__.Stamp.pixels', '3 list[…]', '4 __main__.ALERTS']);
  await expect(panel.treeRow('bytes')).toContainText(/30\.\d MB/);
  expect(await findings(page)).toEqual([]);
  await pictures(panel, 'heap-tree');

  await panel.tree.focus();
  await keyboard.press('Home');
  await expect(panel.treeRow('bytes')).toHaveAttribute('aria-selected', 'true');
  await keyboard.press('ArrowLeft');
  await expect(panel.treeRow('bytes')).toHaveAttribute('aria-expanded', 'false');
  await expect(panel.treeRow('__main__.ALERTS')).toHaveCount(0);
  await keyboard.press('ArrowRight');
  await expect(panel.treeRow('bytes')).toHaveAttribute('aria-expanded', 'true');
  for (const name of ['__main__.Stamp.pixels', 'list[…]', '__main__.ALERTS']) {
    await keyboard.press('ArrowRight');
    await expect(panel.treeRow(name)).toHaveAttribute('aria-selected', 'true');
  }
  await keyboard.press('ArrowLeft');
  await expect(panel.treeRow('list[…]')).toHaveAttribute('aria-selected', 'true');
  await panel.treeRow('__main__.ALERTS').click();
  await panel.expectEditorAt(`${panel.folder}/keeps.py`, 1);
  // What unfolds a row does not open its file, and what has none unfolds wherever it is clicked.
  await panel.treeRow('bytes').click();
  await expect(panel.treeRow('bytes')).toHaveAttribute('aria-expanded', 'false');

  await panel.tables.getByRole('radio', { name: 'Sites' }).click();
  await expect(panel.tree).toHaveCount(0);
  await expect(panel.grid).toBeVisible();
});

test('scalene: Python and native time of each line', async ({ panel, request }) => {
  await deleteRuns(request);
  panel.write('works.py', WORKS);
  await panel.open();
  await panel.setWidth(520);
  await panel.chooseProfilers('scalene');
  await panel.start('works.py', '3');
  await panel.expectStatus('succeeded');
  await expect.poll(() => linesOf(panel)).toContain(BUSY);
  expect(Object.keys((await panel.rows())[0]!.figures)).toEqual(expect.arrayContaining(['Python', 'Native']));
  await pictures(panel, 'scalene');
});

test('a run is opened in SnakeViz and exported from its menu; what cannot be is said', async ({ page, panel }) => {
  panel.write('works.py', WORKS);
  await panel.open();
  await panel.start('works.py', '0.1');
  await panel.expectStatus('succeeded');
  await panel.shownRun.click({ button: 'right' });
  const opened = page.context().waitForEvent('page');
  await page.getByRole('menuitem', { name: 'Open in SnakeViz' }).click();
  const viewer = await opened;
  await viewer.waitForURL(/hotspots\/runs\/[^/]+\/snakeviz$/);
  await expect(viewer.locator('body')).toContainText('spin');
  await viewer.close();

  await panel.shownRun.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Export…' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Export' }).click();
  expect((await saved).suggestedFilename()).toBe('works.prof');

  await page.route(/snakeviz/, route =>
    route.fulfill({ status: 400, json: { message: 'It has no calls.', reason: 'no_calls', hint: 'Run it again.' } })
  );
  await panel.shownRun.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Open in SnakeViz' }).click();
  await expect(page.getByText('It has no calls. Run it again.')).toBeVisible();
});

test('what one should know of a run stands above its table, unfolds, and does not go away', async ({ page, panel }) => {
  panel.write('leaves.py', 'import subprocess\n\nsubprocess.Popen(["sleep", "20"])\nprint(sum(range(100_000)))\n');
  await panel.open();
  await panel.setWidth(300);
  await panel.start('leaves.py');
  await panel.expectStatus('succeeded');
  const line = panel.remarks.getByRole('button');
  await expect(line).toContainText('sleep');
  await expect(line).toHaveAttribute('aria-expanded', 'false');
  await leave(panel);
  await picture(panel, 'remarks-folded', undefined, false);
  await line.focus();
  await page.keyboard.press('Enter');
  await expect(panel.remarks.getByRole('listitem')).toHaveCount(1);
  await leave(panel);
  await picture(panel, 'remarks');
});
