import type { Request } from '@playwright/test';

import { expect, load, test, UNTIL_RELEASED } from './hotspots';

test('a reload in the midst of a run finds it again, with all that has happened', async ({ page, panel }) => {
  panel.write('long.py', UNTIL_RELEASED);
  const saved = page.waitForRequest(isSavedWithPanel('left'));
  await panel.open();
  await panel.unfold('Output');
  await panel.start('long.py', `'${panel.file('release')}'`);
  await panel.expectRow('square_sum');
  await expect(panel.output).toContainText('step 100');
  const id = await panel.runId();
  await saved;
  await load(page, plain => plain.reload());

  await expect(panel.profile, 'the panel is open again').toBeVisible();
  await expect(panel.shownRun).toHaveAttribute('data-run', id);
  await panel.expectStatus('running');
  await panel.expectRow('square_sum');
  // On a busy machine the reload may come before the lab has saved what is unfolded.
  await panel.unfold('Output');
  await expect(panel.printed, 'from the beginning').toContainText(/^step 100\n/);
  await expect(panel.script).toHaveValue(`${panel.folder}/long.py`);
  await panel.setWidth(460);
  // The column comes with the width, a moment later.
  await expect.poll(() => panel.calls('square_sum'), 'its calls are shown').toBeGreaterThan(0);
  const before = await panel.calls('square_sum');
  await expect.poll(() => panel.calls('square_sum'), 'and it goes on').toBeGreaterThan(before);

  panel.release();
  await panel.expectStatus('succeeded');
  await expect(panel.output).toContainText('released after');
});

test('the panel moved to the right is there after a reload, folded as it was', async ({ page, panel }) => {
  panel.write('short.py', 'print("short")\n');
  await panel.open();
  await panel.start('short.py');
  await panel.expectStatus('succeeded');
  const id = await panel.runId();
  await panel.unfold('Output');
  await panel.heading('History').locator('.lm-AccordionPanel-titleLabel').click();
  await page.getByRole('tab', { name: 'Hotspots: where the time goes' }).click({ button: 'right' });
  const saved = page.waitForRequest(isSavedWithPanel('right'));
  await page.getByRole('menuitem', { name: 'Switch Sidebar Side' }).click();
  await expect(page.locator('#jp-right-stack #jp-hotspots-panel')).toBeVisible();
  await saved;

  await load(page, plain => plain.reload());
  await expect(page.locator('#jp-right-stack #jp-hotspots-panel')).toBeVisible();
  await expect(panel.profile).toBeVisible();
  await expect(panel.heading('Output')).toHaveAttribute('aria-expanded', 'true');
  await expect(panel.heading('History')).toHaveAttribute('aria-expanded', 'false');
  await panel.unfold('History');
  await expect(panel.shownRun).toHaveAttribute('data-run', id);
  await expect(panel.output).toContainText('short');
});

/** Tells requests that keep a layout in which the panel is the one that is open on a side. */
function isSavedWithPanel(side: 'left' | 'right'): (request: Request) => boolean {
  return request => {
    if (request.method() !== 'PUT' || !request.url().includes('/api/workspaces/')) {
      return false;
    }
    const { data } = request.postDataJSON() as { data: Record<string, Record<string, { current?: string }>> };
    return data['layout-restorer:data']?.[side]?.current === 'jp-hotspots-panel';
  };
}
