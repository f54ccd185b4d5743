import { expect, test } from './hotspots';

test('a script that raises fails with its reason, its traceback and what was measured', async ({ panel }) => {
  panel.write(
    'raises.py',
    'def measure():\n    return sum(range(200_000))\n\n\ndef reduce():\n    measure()\n    raise ValueError("no stars in this field")\n\n\nreduce()\n'
  );
  await panel.open();
  await panel.unfold('Output');
  await panel.start('raises.py');
  await panel.expectStatus('failed');
  const notice = panel.node.getByRole('alert').filter({ hasText: 'raises.py failed.' });
  await expect(notice).toContainText('ValueError: no stars in this field');
  await expect(panel.shownRun).toContainText('ValueError: no stars in this field');
  await expect(panel.output).toContainText('Traceback (most recent call last)');
  await expect(panel.output).toContainText('in reduce');
  await panel.expectRow('measure');
  expect(await panel.run(await panel.runId())).toMatchObject({ status: 'failed', exit_code: 1 });

  await notice.getByRole('button', { name: 'Close' }).click();
  await expect(notice).toBeHidden();
});

test('a syntax error fails with its line', async ({ panel }) => {
  panel.write('broken.py', 'first = 1\nsecond = (2\nthird = 3\n');
  await panel.open();
  await panel.unfold('Output');
  await panel.start('broken.py');
  await panel.expectStatus('failed');
  await expect(panel.notices.filter({ hasText: 'broken.py failed.' })).toContainText(/SyntaxError.*line 2/);
  await expect(panel.output).toContainText('line 2');
  await expect(panel.node).toContainText('Nothing was measured in this run.');
  expect((await panel.run(await panel.runId())).exit_code).toBe(1);
});

test('a missing script or working directory is said at the field, and nothing is started', async ({ panel }) => {
  const before = (await panel.runs()).length;
  await panel.open();
  await panel.profile.click();
  await expect(panel.form.getByRole('alert')).toContainText('There is no script to run.');
  await expect(panel.script).toBeFocused();

  await panel.script.fill(`${panel.folder}/absent.py`);
  await panel.script.press('Enter');
  await expect(panel.form.getByRole('alert')).toContainText('absent.py');
  await panel.script.fill(`${panel.folder}/there.py`);
  await expect(panel.form.getByRole('alert')).toBeHidden();

  panel.write('there.py', 'print("there")\n');
  await panel.details.click();
  await panel.workingDirectory.fill(`${panel.folder}/nowhere`);
  await panel.workingDirectory.press('Escape');
  await panel.profile.click();
  await expect(panel.form.getByRole('alert')).toContainText('nowhere');

  await panel.workingDirectory.fill('');
  await panel.arguments.fill('"never closed');
  await panel.profile.click();
  await expect(panel.form.getByRole('alert')).toContainText('is not closed');
  await expect(panel.arguments).toHaveAttribute('aria-invalid', 'true');
  expect((await panel.runs()).length).toBe(before);
});
