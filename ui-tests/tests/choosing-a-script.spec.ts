import { expect, test } from './hotspots';

const TELLS = `import os
import sys

print("arguments", sys.argv[1:])
print("folder", os.path.basename(os.getcwd()))
print("variable", os.environ.get("NIGHT"))
`;

test('the script in the open editor is profiled as it stands there, saved first', async ({ page, panel }) => {
  panel.write('open.py', 'print("old")\n');
  await page.evaluate(
    // Not what the command gives: a widget is more than a page can tell.
    async path => void (await window.jupyterapp.commands.execute('docmanager:open', { path })),
    `${panel.folder}/open.py`
  );
  const line = page.locator('.jp-FileEditor .cm-line').first();
  await line.click();
  await page.keyboard.press('End');
  await page.keyboard.type('; print("new")');
  await panel.open();
  await panel.form.getByRole('button', { name: 'Use the file in the open editor' }).click();
  await expect(panel.script).toHaveValue(`${panel.folder}/open.py`);
  await panel.profile.click();
  await panel.expectStatus('succeeded');
  await panel.unfold('Output');
  await expect(panel.output).toContainText('old\nnew');
});

test('a path is typed with suggestions, with arguments, working directory and environment', async ({ panel }) => {
  panel.write('scripts/telling.py', TELLS);
  panel.write('scripts/telling.txt', 'not a script');
  panel.write('data/readme.txt', '');
  await panel.open();

  await panel.script.fill(`${panel.folder}/s`);
  const suggestions = panel.page.getByRole('listbox', { name: 'Script' });
  await expect(suggestions.getByRole('option')).toHaveText([`${panel.folder}/scripts/`]);
  await panel.script.press('ArrowDown');
  await panel.script.press('Tab');
  // A folder was taken: what lies in it comes next. Only scripts do.
  await expect(suggestions.getByRole('option')).toHaveText([`${panel.folder}/scripts/telling.py`]);
  await suggestions.getByRole('option').click();
  await expect(panel.script).toHaveValue(`${panel.folder}/scripts/telling.py`);

  await panel.arguments.fill(`--night 20240716 'two words' "it's" x\\ y ''`);
  await panel.details.click();
  await panel.workingDirectory.fill(`${panel.folder}/data`);
  await panel.environment.fill('NIGHT=clear');
  await panel.arguments.press('Enter');
  await panel.expectStatus('succeeded');
  await panel.unfold('Output');
  await expect(panel.output).toContainText(`arguments ['--night', '20240716', 'two words', "it's", 'x y', '']`);
  await expect(panel.output).toContainText('folder data');
  await expect(panel.output).toContainText('variable clear');
});

test('without a working directory a script runs in its own folder, and its arguments come back with it', async ({
  panel
}) => {
  panel.write('scripts/telling.py', TELLS);
  panel.write('other.py', 'print("other")\n');
  await panel.open();
  await panel.start('scripts/telling.py', '--night 1');
  await panel.expectStatus('succeeded');
  await panel.unfold('Output');
  await expect(panel.output).toContainText('folder scripts');

  await panel.start('other.py');
  await panel.expectStatus('succeeded');
  await expect(panel.output).toContainText('other');

  await panel.page.getByRole('tab', { name: /^File Browser/ }).click();
  await panel.page.filebrowser.openDirectory(`${panel.folder}/scripts`);
  await panel.page.locator('.jp-DirListing-item', { hasText: 'telling.py' }).click({ button: 'right' });
  await panel.page.getByRole('menuitem', { name: 'Profile with Hotspots' }).click();
  await expect(panel.arguments).toHaveValue('--night 1');
});
