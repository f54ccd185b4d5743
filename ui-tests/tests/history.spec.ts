import { execFile } from 'child_process';
import { promisify } from 'util';

import { deleteRuns, expect, test, UNTIL_RELEASED } from './hotspots';

test('a run is opened again, found, run again and deleted', async ({ page, panel, request }) => {
  await deleteRuns(request);
  // Long enough for a sample of the memory, which is taken ten times a second.
  panel.write('morning.py', 'def dawn():\n    return sum(range(20_000_000))\n\n\nprint("light", dawn())\n');
  panel.write('evening.py', 'def dusk():\n    return sum(range(100_000))\n\n\nprint("dark", dusk())\n');
  await panel.open();
  await panel.unfold('Output');
  await panel.start('morning.py', '--cloud 3');
  await panel.expectStatus('succeeded');
  await panel.start('evening.py');
  await panel.expectStatus('succeeded');
  await panel.expectRow('dusk');
  await expect(panel.history.getByRole('option')).toHaveCount(2);

  await test.step('opened: rows, output and figures come back', async () => {
    await panel.runNamed('morning.py').click();
    await expect(panel.shownRun).toContainText('morning.py');
    await panel.expectRow('dawn');
    await expect(panel.output).toContainText('light');
    await expect(panel.node.getByRole('img', { name: /^Memory/ })).toHaveAttribute('aria-label', /\d MB/);
  });

  await test.step('found by its name, by its arguments, or not', async () => {
    await panel.search.fill('evening');
    await expect(panel.history.getByRole('option')).toHaveCount(1);
    await expect(panel.runNamed('evening.py')).toBeVisible();
    await panel.search.fill('--cloud 3');
    await expect(panel.history.getByRole('option')).toHaveText([/morning\.py/]);
    await panel.search.fill('midnight');
    await expect(panel.node).toContainText('No run matches “midnight”.');
    await panel.search.fill('');
    await expect(panel.history.getByRole('option')).toHaveCount(2);
  });

  await test.step('run again, with the same arguments', async () => {
    const old = await panel.runId();
    await panel.shownRun.hover();
    await panel.shownRun.getByRole('button', { name: 'Run again' }).click();
    await expect(panel.history.getByRole('option')).toHaveCount(3);
    await expect(panel.shownRun).not.toHaveAttribute('data-run', old);
    await panel.expectStatus('succeeded');
    expect((await panel.run(await panel.runId())).target.args).toEqual(['--cloud', '3']);
  });

  await test.step('deleted, once that is confirmed', async () => {
    const id = await panel.runId();
    await panel.shownRun.hover();
    await panel.shownRun.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('morning.py');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(panel.history.getByRole('option')).toHaveCount(3);
    await panel.shownRun.hover();
    await panel.shownRun.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(panel.history.getByRole('option')).toHaveCount(2);
    expect((await request.get(`hotspots/runs/${id}`)).status()).toBe(404);
  });
});

test('a run from a terminal appears in the history, live', async ({ panel }) => {
  const script = panel.write('from_terminal.py', UNTIL_RELEASED);
  await panel.open();
  await panel.unfold('Output');
  const command = promisify(execFile)('jupyter-hotspots', ['run', '--quiet', script, panel.file('release')]);
  const row = panel.runNamed('from_terminal.py').first();
  await expect(panel.sign(row)).toHaveAttribute('aria-label', 'running');
  await row.click();
  await panel.expectRow('square_sum');
  await expect(panel.output).toContainText('step 100');
  expect(await panel.run(await panel.runId())).toMatchObject({ status: 'running', by: 'cli' });
  panel.release();
  expect((await command).stdout).toContain('released after');
  await panel.expectStatus('succeeded');
  await expect(panel.output).toContainText('released after');
});
