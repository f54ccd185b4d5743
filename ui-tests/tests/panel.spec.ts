import { expect, load, test } from './hotspots';

const SPINS = 'import json\n\n\ndef spin():\n    return sum(range(300_000))\n\n\nprint(json.dumps(spin()))\n';

test('the whole bar of a section folds it, its buttons do not, and they say what they do', async ({ page, panel }) => {
  await panel.open();
  const bar = panel.heading('Hot spots');
  const box = (await bar.boundingBox())!;
  await expect(bar).toHaveAttribute('aria-expanded', 'true');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(bar).toHaveAttribute('aria-expanded', 'false');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(bar).toHaveAttribute('aria-expanded', 'true');
  await bar.focus();
  await page.keyboard.press('Enter');
  await expect(bar).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press(' ');
  await expect(bar).toHaveAttribute('aria-expanded', 'true');

  const measure = bar.getByRole('button', { name: 'own', exact: true });
  await expect(bar.getByTitle(/^Own: time in the function itself/)).toBeVisible();
  await measure.click();
  await expect(bar.getByRole('button', { name: 'total', exact: true })).toBeVisible();
  await expect(bar).toHaveAttribute('aria-expanded', 'true');
  const now = panel.heading('Now');
  const edge = (await now.boundingBox())!;
  // Where Stop will be: a click too late, or too early, does nothing.
  await page.mouse.click(edge.x + edge.width - 16, edge.y + edge.height / 2);
  await expect(now).toHaveAttribute('aria-expanded', 'true');
});

test('the titles tell which run is shown', async ({ panel }) => {
  panel.write('first.py', SPINS);
  panel.write('second.py', SPINS);
  await panel.open();
  await panel.setWidth(340);
  await panel.start('first.py');
  await panel.expectStatus('succeeded');
  await expect(panel.heading('Last run')).toContainText('first.py cprofile · succeeded');
  await panel.start('second.py');
  await panel.expectStatus('succeeded');
  await expect(panel.heading('Last run')).toContainText('second.py');
  await expect(panel.heading('Hot spots')).toContainText('second.py');
  await panel.runNamed('first.py').click();
  await expect(panel.heading('Earlier run')).toContainText('first.py');
  await expect(panel.heading('Hot spots').locator('.jp-Hotspots-run-label-text')).toHaveAttribute(
    'title',
    /first\.py\ncprofile · .*\nsucceeded$/
  );

  await test.step('a script that is chosen among the files stands ready beside it', async () => {
    await panel.page.getByRole('tab', { name: /^File Browser/ }).click();
    await panel.page.filebrowser.openDirectory(panel.folder);
    await panel.page.locator('.jp-DirListing-item', { hasText: 'second.py' }).click({ button: 'right' });
    await panel.page.getByRole('menuitem', { name: 'Profile with Hotspots' }).click();
    await expect(panel.script).toHaveValue(`${panel.folder}/second.py`);
    await expect(panel.profile).toBeFocused();
    await expect(panel.arguments).toBeVisible();
    await expect(panel.heading('Earlier run')).toContainText('first.py');
  });
});

test('a failure tells its last words, and leads to its output', async ({ panel }) => {
  panel.write(
    'parses.py',
    'import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument("--night", type=int)\nparser.parse_args()\n'
  );
  await panel.open();
  await panel.start('parses.py', '--night clear');
  await panel.expectStatus('failed');
  const notice = panel.notices.filter({ hasText: 'parses.py failed.' });
  const said = "parses.py: error: argument --night: invalid int value: 'clear'";
  await expect(notice.locator('code')).toHaveAttribute('title', said);
  await expect(panel.heading('Output')).toHaveAttribute('aria-expanded', 'false');
  await notice.getByRole('button', { name: 'Show output' }).click();
  await expect(panel.heading('Output')).toHaveAttribute('aria-expanded', 'true');
  await expect(panel.output.getByText('invalid int value')).toBeInViewport();
  await expect(panel.shownRun).toContainText('cprofile · --night clear');
  await expect(panel.shownRun).toContainText('It exited with status 2.');
  await panel.search.fill('exited 2');
  await expect(panel.runNamed('parses.py').first()).toBeVisible();
});

test('what was chosen is chosen after a reload: several profilers, and no library code', async ({ page, panel }) => {
  panel.write('short.py', SPINS);
  await panel.open();
  await panel.start('short.py');
  await panel.expectStatus('succeeded');
  await panel.expectRow('sum');
  await panel.chooseFromMenu('Hide Library Code');
  const shown = panel.node.getByRole('button', { name: /of libraries hidden: show$/ });
  await expect(shown).toBeVisible();
  const saved = page.waitForRequest(request => {
    const body = request.method() === 'PUT' && request.url().includes('/api/workspaces/') ? request.postData() : null;
    return body !== null && body.includes('"cprofile,line"') && body.includes('"isHidden":true');
  });
  await panel.chooseProfilers('cprofile', 'line');
  await expect(panel.picker).toContainText('2 questions');
  await saved;
  await load(page, plain => plain.reload());
  await expect(shown).toBeVisible();
  await panel.unfoldForm();
  await expect(panel.picker).toContainText('2 questions');
});

test('the table keeps its rows when the output is opened', async ({ panel }) => {
  panel.write('prints.py', 'for line in range(200):\n    print("line", line)\n');
  await panel.open();
  await panel.start('prints.py');
  await panel.expectStatus('succeeded');
  await panel.unfold('Output');
  await expect(panel.output).toContainText('line 199');
  // A heading and six rows.
  expect((await panel.grid.boundingBox())!.height).toBeGreaterThanOrEqual(22 * 7);
  expect((await panel.output.boundingBox())!.height).toBeGreaterThanOrEqual(80);
  await expect(panel.shownRun).toBeInViewport();
});

test('warnings that are unfolded scroll, and leave the table its rows', async ({ page, panel }) => {
  panel.write(
    'threads.py',
    `import threading


def work():
    return sum(range(400_000))


threads = [threading.Thread(target=work) for _ in range(2)]
[thread.start() for thread in threads]
work()
[thread.join() for thread in threads]
`
  );
  await page.setViewportSize({ width: 1280, height: 640 });
  await panel.open();
  await panel.unfold('Output');
  await panel.start('threads.py');
  await panel.expectStatus('succeeded');
  await panel.expectRow('sum');
  await panel.remarks.getByRole('button').click();
  await expect(panel.remarks.getByRole('listitem').first()).toBeVisible();
  const grid = (await panel.grid.boundingBox())!;
  const remarks = (await panel.remarks.boundingBox())!;
  // A heading and three rows; all of what the remarks take lies above them.
  expect(grid.height).toBeGreaterThanOrEqual(22 * 4);
  expect(remarks.y + remarks.height).toBeLessThanOrEqual(grid.y + 1);
  expect(await panel.remarks.evaluate(node => getComputedStyle(node).overflowY)).toBe('auto');
});
