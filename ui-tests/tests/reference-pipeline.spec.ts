import * as fs from 'fs';

import { ALERTS, copyPipeline, lineOf, makeAlerts } from './alerts';
import { expect, test } from './hotspots';

test(`the reference pipeline is profiled live from the panel, on ${ALERTS.kind}`, async ({ page, panel }, info) => {
  test.setTimeout(240_000);
  info.annotations.push({ type: 'alerts', description: `${ALERTS.count} ${ALERTS.kind}` });
  makeAlerts();
  copyPipeline(panel.file('night'));
  fs.mkdirSync(panel.file('night/work'));
  const source = `${panel.folder}/night`;

  await test.step('the script is chosen in the file browser', async () => {
    await page.filebrowser.openDirectory(source);
    await page.locator('.jp-DirListing-item', { hasText: 'pipeline.py' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Profile with Hotspots' }).click();
    await expect(panel.script).toHaveValue(`${source}/pipeline.py`);
    await expect(panel.profile).toBeFocused();
  });

  await test.step('arguments and working directory are typed, and Profile is pressed', async () => {
    await panel.arguments.fill(`--alerts '${ALERTS.file}' --output results`);
    await panel.details.click();
    await panel.workingDirectory.fill(`${panel.folder}/night/work`);
    await panel.workingDirectory.press('Escape');
    await panel.details.click();
    await expect(panel.details).toContainText(`in ${panel.folder}/night/work`);
    await panel.profile.click();
    await panel.expectStatus('running');
  });
  const run = await panel.runId();

  await test.step('hot spots arrive before the run ends', async () => {
    // One look at the page says both: which rows there are, and that the run still goes on.
    const seen = await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('#jp-hotspots-panel table td')];
      const ours = rows.filter(cell =>
        /^(power_spectrum|hostless|stamps|stage)\.py:/.test((cell as HTMLElement).title)
      );
      const sign = document.querySelector('#jp-hotspots-panel [data-run][aria-selected="true"] .jp-Hotspots-sign');
      return ours.length > 0 && { status: sign?.getAttribute('aria-label'), rows: ours.length };
    });
    const { status, rows } = (await seen.jsonValue()) as { status: string; rows: number };
    expect(status).toBe('running');
    expect(rows).toBeGreaterThan(0);
    expect((await panel.run(run)).status, 'the server says so too').toBe('running');
  });

  await test.step('the charts of CPU and memory move', async () => {
    for (const label of ['CPU', 'Memory']) {
      const chart = panel.node.getByRole('img', { name: new RegExp(`^${label} \\d`) });
      await expect(chart).toBeVisible();
      const canvas = chart.locator('canvas');
      const draw = (): Promise<string> => canvas.evaluate(node => (node as HTMLCanvasElement).toDataURL());
      const before = await draw();
      await expect.poll(draw, { message: `${label} is drawn anew` }).not.toBe(before);
    }
    expect((await panel.run(run)).status).toBe('running');
  });

  await test.step('the run ends, with its output and its results', async () => {
    await panel.expectStatus('succeeded');
    await panel.unfold('Output');
    await expect(panel.output).toContainText(`read ${ALERTS.count}`);
    if (ALERTS.kind === 'real alerts') {
      await expect(panel.output).toContainText('full size 318');
      await expect(panel.output).toContainText('candidates 14');
    }
    expect(fs.readdirSync(panel.file('night/work/results'))).not.toEqual([]);
    const kept = await panel.run(run);
    expect(kept).toMatchObject({ status: 'succeeded', exit_code: 0, by: 'lab', cwd: panel.file('night/work') });
    await expect(panel.runNamed('pipeline.py')).toContainText(/\d s.*\d+ MB/s);
  });

  await test.step('what the stage costs is found where it is known to be', async () => {
    await panel.heading('Output').locator('.lm-AccordionPanel-titleLabel').click();
    await panel.node.getByRole('button', { name: 'own', exact: true }).click();
    const totals = async (): Promise<[string, number][]> =>
      (await panel.rows()).map(({ place, figures }) => [place, parseFloat(figures['Total'] ?? '')]);
    // Everything was called by the script's own first line.
    await expect.poll(async () => (await totals())[0]?.[0]).toBe('pipeline.py:1');
    const shares = await totals();
    expect(shares[0]![1]).toBeGreaterThan(90);
    expect(shares[0]![1]).toBeLessThanOrEqual(100);
    const analysis = shares.find(([place]) => place.startsWith('power_spectrum.py:'));
    expect(analysis?.[1], 'share of the power-spectrum analysis').toBeGreaterThan(30);
  });

  await test.step('a click on a row opens the file at its line', async () => {
    const analysis = (await panel.rows()).find(row => row.place.startsWith('power_spectrum.py:'))!;
    await panel.clickRow(analysis.name);
    const file = 'jupyterlab_hotspots/reference/power_spectrum.py';
    const line = lineOf(panel.file(`night/${file}`), `def ${analysis.name}(`);
    expect(line).toBeGreaterThan(0);
    await panel.expectEditorAt(`${source}/${file}`, line);
  });
});
