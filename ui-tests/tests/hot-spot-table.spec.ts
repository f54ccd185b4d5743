import type { Locator } from '@playwright/test';
import * as path from 'path';

import { lineOf } from './alerts';
import { expect, test } from './hotspots';

/** Where the time goes is known: own time in `slow`, total time in `outer`, most calls in `tiny_step`; `json` is library. */
const KNOWN = `import json
import time


def slow():
    end = time.perf_counter() + 0.4
    total = 0
    while time.perf_counter() < end:
        for number in range(2000):
            total += number
    return sum([total])


def tiny_step(number):
    return number + 1


def outer():
    slow()
    for number in range(3000):
        tiny_step(number)
    return json.loads(json.dumps(list(range(5000))))


outer()
`;

test('rows are sorted, filtered and hidden, by own or by total time', async ({ panel }) => {
  const file = panel.write('known.py', KNOWN);
  await panel.open();
  await panel.setWidth(460);
  await panel.start('known.py');
  await panel.expectStatus('succeeded');
  await panel.expectRow('outer');
  // The standard library makes code of its own out of strings.
  const names = async (): Promise<string[]> =>
    (await panel.rows()).filter(({ place }) => !place.startsWith('<string>')).map(({ name }) => name);
  const places = async (): Promise<string> => (await panel.rows()).map(({ place }) => place).join(' ');

  await test.step('by own time first: what it called is not counted', async () => {
    await expect.poll(async () => (await names()).indexOf('outer')).toBeGreaterThan((await names()).indexOf('slow'));
    expect((await panel.rows()).find(({ name }) => name === 'outer')!.place).toBe(
      `known.py:${lineOf(file, 'def outer')}`
    );
  });

  await test.step('by total time: what called it comes before it', async () => {
    await panel.node.getByRole('button', { name: 'own', exact: true }).click();
    await expect.poll(async () => (await names()).slice(0, 3)).toEqual(['<module>', 'outer', 'slow']);
    await panel.node.getByRole('button', { name: 'total', exact: true }).click();
    await expect(panel.node.getByRole('button', { name: 'own', exact: true })).toBeVisible();
  });

  await test.step('by calls', async () => {
    await panel.chooseFromMenu('Sort by Calls');
    await expect.poll(async () => (await names()).indexOf('tiny_step')).toBeLessThan(3);
    const calls = (await panel.rows()).map(({ figures }) =>
      Number(figures['Calls']!.split('/').pop()!.replace(/\D/g, ''))
    );
    expect(calls).toEqual([...calls].sort((one, other) => other - one));
    await panel.chooseFromMenu('Sort by Own Time');
  });

  await test.step('filtered by the text of a function or a file', async () => {
    await panel.node.getByRole('button', { name: 'Filter by function or file' }).click();
    const filter = panel.node.getByRole('textbox', { name: /^Filter hot spots/ });
    await expect(filter).toBeFocused();
    await filter.fill('tiny');
    await expect.poll(names).toEqual(['tiny_step']);
    await filter.fill('known.py');
    await expect.poll(async () => (await names()).sort()).toEqual(['<module>', 'outer', 'slow', 'tiny_step']);
    await filter.fill('nothing is called so');
    await expect(panel.node).toContainText('No function matches “nothing is called so”.');
    await filter.press('Escape');
    await expect(filter).toBeHidden();
    await expect.poll(names).toContain('tiny_step');
  });

  await test.step('without what belongs to Python or to packages', async () => {
    expect(await places()).toContain('encoder.py');
    await panel.chooseFromMenu('Hide Library Code');
    await expect.poll(places).not.toContain('encoder.py');
    expect((await names()).sort()).toEqual(['<module>', 'outer', 'slow', 'tiny_step']);
  });

  await test.step('by name, by a click on the heading, and the other way round by a second one', async () => {
    await panel.clickColumn('Function');
    await expect.poll(names).toEqual(['<module>', 'outer', 'slow', 'tiny_step']);
    await panel.clickColumn('Function');
    await expect.poll(names).toEqual(['tiny_step', 'slow', 'outer', '<module>']);
    await panel.clickColumn('Own');
    await expect.poll(async () => (await names())[0]).toBe('slow');
    await panel.node.getByRole('button', { name: /of libraries hidden: show$/ }).click();
    await expect.poll(places).toContain('encoder.py');
  });
});

test('a click opens the source at its line: own files in an editor, others to be read', async ({ page, panel }) => {
  const file = panel.write('known.py', KNOWN);
  await panel.open();
  await panel.start('known.py');
  await panel.expectStatus('succeeded');
  await panel.expectRow('slow');

  await panel.clickRow('slow');
  await panel.expectEditorAt(`${panel.folder}/known.py`, lineOf(file, 'def slow'));
  await panel.clickRow('outer');
  await panel.expectEditorAt(`${panel.folder}/known.py`, lineOf(file, 'def outer'));
  await expect(page.getByRole('main').getByRole('tab', { name: path.basename(file) })).toHaveCount(1);

  const row = (await panel.rows()).find(({ place }) => place.startsWith('encoder.py:'))!;
  await panel.clickRow(row.name);
  const viewer = page.locator('.jp-Hotspots-source:visible');
  await expect(viewer).toContainText('encoder.py (read only');
  const marked = viewer.locator('.jp-Hotspots-marked-line');
  await expect(marked).toContainText(`def ${row.name.split('.').pop()!}(`);
  const number = viewer.locator('.cm-lineNumbers').getByText(row.place.split(':')[1]!, { exact: true });
  const height = async (node: Locator): Promise<number> => Math.round((await node.boundingBox())!.y / 4);
  expect(await height(marked), 'the marked line is the one with that number').toBe(await height(number));

  // What is built in has no source; the panel says so and opens nothing.
  const before = await page.getByRole('main').getByRole('tab').count();
  await panel.clickRow(
    (await panel.rows()).find(({ name, place }) => place === '' && name.includes('perf_counter'))!.name
  );
  await expect(panel.node).toContainText('Built into Python: there is no source to open.');
  expect(await page.getByRole('main').getByRole('tab').count()).toBe(before);

  panel.write('known.py', `# one line more\n${KNOWN}`);
  await panel.clickRow('tiny_step');
  await expect(panel.node).toContainText('The file was changed since the run');
});
