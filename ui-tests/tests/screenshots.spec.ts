import * as fs from 'fs';
import * as path from 'path';

import { ALERTS, copyPipeline, makeAlerts } from './alerts';
import { deleteRuns, expect, ROOT, test } from './hotspots';
import { leave, picture } from './pictures';

const README = path.join(__dirname, '..', '..', 'docs', 'images', 'panel-light.png');

test('the reference pipeline: light while it runs, dark afterwards, narrow', async ({ page, panel, request }) => {
  test.setTimeout(240_000);
  await deleteRuns(request);
  makeAlerts();
  // In a folder with a name that one would choose.
  const survey = path.join(ROOT, 'survey');
  fs.rmSync(survey, { recursive: true, force: true });
  copyPipeline(survey);
  fs.copyFileSync(ALERTS.file, path.join(survey, 'alerts.parquet'));
  await panel.open();
  await panel.setWidth(380);
  await panel.script.fill('survey/pipeline.py');
  await panel.script.press('Escape');
  await panel.arguments.fill('--alerts alerts.parquet --output results');
  await panel.profile.click();
  await panel.expectStatus('running');
  await panel.node.getByRole('button', { name: 'own', exact: true }).click();
  await panel.chooseFromMenu('Hide Library Code');
  // Among all rows, which move while the run goes on, the pointer might come a moment late.
  await panel.node.getByRole('button', { name: 'Filter by function or file' }).click();
  await page.keyboard.type('all_pair_distances');
  await expect.poll(async () => (await panel.rows()).map(({ name }) => name)).toEqual(['all_pair_distances']);
  await panel.clickRow('all_pair_distances');
  await expect(page.getByRole('main').getByRole('tab', { name: 'power_spectrum.py' })).toBeVisible();
  await panel.node.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByRole('main').getByRole('tab', { name: 'Launcher' }).locator('.lm-TabBar-tabCloseIcon').click();
  await expect(panel.node.getByRole('timer')).toHaveText(/^0[01]:(0[89]|[1-5]\d)$/);
  await panel.grid.hover();
  await page.mouse.wheel(0, -1e6);
  await leave(panel);
  await picture(panel, 'light', README);
  await panel.expectStatus('succeeded');

  await page.theme.setDarkTheme();
  await expect(panel.profile).toBeVisible();
  await leave(panel);
  await picture(panel, 'dark');

  await page.theme.setLightTheme();
  await expect(panel.profile).toBeVisible();
  await panel.setWidth(280);
  await leave(panel);
  await picture(panel, 'narrow');
});

test('the empty panel, a failing run, a long history, very long names', async ({ panel, request }) => {
  await deleteRuns(request);
  await panel.open();
  await expect(panel.node).toContainText('Every run is kept here');
  await leave(panel);
  await picture(panel, 'empty');

  panel.write('quicklook.py', 'import sys\nprint("stars", sum(range(400_000)), *sys.argv[1:])\n');
  panel.write('photometry.py', 'import sys\nsys.exit(3)\n');
  panel.write('stacking.py', 'import time\nprint("stacking", flush=True)\nwhile True:\n    time.sleep(0.05)\n');
  panel.write(
    'calibrate.py',
    `def read_flat(night):
    return {"night": night, "level": 0.0}


def normalise(frame, flat):
    return [pixel / flat["level"] for pixel in frame]


print("night 20240716")
normalise(range(1, 200_000), read_flat("20240716"))
`
  );
  await panel.setWidth(340);
  await panel.start('quicklook.py', '--night 20240716');
  await panel.expectStatus('succeeded');
  await panel.start('photometry.py', '--aperture 5');
  await panel.expectStatus('failed');
  await panel.start('stacking.py');
  await panel.expectRow('time.sleep');
  await panel.stop.click();
  await panel.expectStatus('cancelled');
  await panel.unfold('Output');
  await panel.start('calibrate.py', '--night 20240716');
  await panel.expectStatus('failed');
  await expect(panel.output).toContainText('ZeroDivisionError');
  await leave(panel);
  await picture(panel, 'failing');

  for (const night of ['20240714', '20240715', '20240716', '20240717']) {
    await panel.start('quicklook.py', `--night ${night}`);
    await panel.expectStatus('succeeded');
  }
  for (const title of ['Output', 'Hot spots', 'Run']) {
    await panel.heading(title).locator('.lm-AccordionPanel-titleLabel').click();
  }
  await panel.runNamed('quicklook.py').first().hover();
  await picture(panel, 'history');

  for (const title of ['Run', 'Hot spots']) {
    await panel.unfold(title);
  }
  const long = 'a_function_whose_name_tells_everything_that_it_does_and_a_little_more_than_anybody_wants_to_read';
  const script = `${'very_long_script_name_'.repeat(6)}.py`;
  panel.write(
    script,
    `def ${long}(count):
    return [${long.slice(2, 60)}(number) for number in range(count)]


def ${long.slice(2, 60)}(number):
    return number * number


${long}(60_000)
raise RuntimeError("${'a reason that goes on and on, '.repeat(8)}and ends")
`
  );
  await panel.start(
    script,
    '--an-option-with-a-long-name an/equally/long/path/to/some/file.parquet --and-another 12345'
  );
  await panel.expectStatus('failed');
  await panel.expectRow(long);
  await leave(panel);
  await picture(panel, 'long-names');
});
