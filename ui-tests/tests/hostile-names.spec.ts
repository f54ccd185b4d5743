import { expect, test } from './hotspots';

const HURT = '<img src=x onerror="window.hurt=1">';
const FILE = `${HURT.replace('"window.hurt=1"', 'window.hurt=1')}.py`;

/** Functions, files, output and an error, all of whose names are HTML. */
const HOSTILE = `import sys

HURT = ${JSON.stringify(HURT)}


def work():
    return sum(range(300_000))


work.__code__ = work.__code__.replace(co_name=HURT, co_qualname=HURT) if sys.version_info >= (3, 11) else work.__code__.replace(co_name=HURT)
exec(compile("def inside():\\n    return sum(range(300_000))\\ninside()\\n", HURT, "exec"))
work()
print(HURT)
print("<script>window.hurt = 1</script>", file=sys.stderr)
raise RuntimeError(HURT)
`;

test('names and output that are HTML stay text', async ({ page, panel }) => {
  panel.write(FILE, HOSTILE);
  const harmless = async (): Promise<void> => {
    expect(await page.evaluate(() => (window as unknown as { hurt?: number }).hurt)).toBeUndefined();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  };
  await panel.open();
  await panel.unfold('Output');

  await panel.script.fill(`${panel.folder}/<img`);
  await expect(page.getByRole('listbox', { name: 'Script' }).getByRole('option')).toHaveText([
    `${panel.folder}/${FILE}`
  ]);
  await harmless();
  await panel.start(FILE, `'${HURT}'`);
  await panel.expectStatus('failed');
  await expect(panel.notices.first()).toContainText(`RuntimeError: ${HURT}`);
  await expect(panel.output).toContainText(HURT);
  await expect(panel.output).toContainText('<script>window.hurt = 1</script>');
  await panel.expectRow(HURT);
  await harmless();

  // The places where a name is shown only when something is done with it.
  await panel.clickRow(HURT);
  await expect(page.getByRole('main').getByRole('tab', { name: FILE })).toBeVisible();
  await panel.shownRun.hover();
  await panel.shownRun.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog')).toContainText(FILE);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await panel.shownRun.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Edit and Run Again…' }).click();
  await expect(panel.arguments).toHaveValue(new RegExp('<img src=x'));
  await panel.script.fill(`${panel.folder}/<b>absent</b>.py`);
  await panel.script.press('Enter');
  await expect(panel.form.getByRole('alert')).toContainText('<b>absent</b>.py');
  await harmless();
});
