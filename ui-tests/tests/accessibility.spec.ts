import AxeBuilder from '@axe-core/playwright';

import { expect, test } from './hotspots';

/** What axe finds of weight in the panel: the rule, and where. */
async function findings(page: ConstructorParameters<typeof AxeBuilder>[0]['page']): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).include('#jp-hotspots-panel').analyze();
  expect(passes.length, 'rules that were applied').toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`)
    );
}

test('axe finds nothing serious in the panel: empty, filled and failed, light and dark', async ({ page, panel }) => {
  panel.write('fine.py', 'print("fine", sum(range(300_000)))\n');
  panel.write('raises.py', 'raise ValueError("no stars in this field")\n');
  await panel.open();
  expect(await findings(page), 'empty').toEqual([]);

  await panel.unfold('Output');
  await panel.details.click();
  await panel.start('fine.py');
  await panel.expectStatus('succeeded');
  await panel.expectRow('<module>');
  expect(await findings(page), 'filled').toEqual([]);

  await panel.start('raises.py');
  await panel.expectStatus('failed');
  await expect(panel.notices).not.toHaveCount(0);
  expect(await findings(page), 'failed').toEqual([]);

  await page.theme.setDarkTheme();
  await expect(panel.profile).toBeVisible();
  expect(await findings(page), 'dark').toEqual([]);
});
