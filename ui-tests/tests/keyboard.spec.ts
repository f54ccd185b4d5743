import type { Locator } from '@playwright/test';

import { lineOf } from './alerts';
import { expect, test } from './hotspots';

const SCRIPT = `def heavy():
    total = 0
    for number in range(2_000_000):
        total += number
    return total


def light():
    return sum([heavy()])


light()
`;

test('everything goes by keyboard: start, table, source, filter, history', async ({ page, panel }) => {
  const file = panel.write('keys.py', SCRIPT);
  const { keyboard } = page;

  await test.step('the palette opens the panel, with the cursor in the field', async () => {
    await keyboard.press('Control+Shift+C');
    await keyboard.type('Show Hotspots');
    await expect(page.locator('.lm-CommandPalette-item.lm-mod-active')).toContainText('Show Hotspots');
    await keyboard.press('Enter');
    await expect(panel.script).toBeFocused();
  });

  await test.step('a path with Tab, and Enter to start', async () => {
    await keyboard.type(`${panel.folder}/ke`);
    await expect(page.getByRole('listbox', { name: 'Script' }).getByRole('option')).toHaveCount(1);
    await keyboard.press('ArrowDown');
    await keyboard.press('Tab');
    await expect(panel.script).toHaveValue(`${panel.folder}/keys.py`);
    await keyboard.press('Enter');
    await panel.expectStatus('succeeded');
    await panel.expectRow('heavy');
  });

  await test.step('Tab leads to the table, arrows to a row, Enter to its source', async () => {
    await panel.script.focus();
    await tabTo(panel.grid);
    const rows = (await panel.rows()).map(({ name }) => name);
    expect(rows[0]).toBe('heavy');
    for (let step = 0; step <= rows.indexOf('light'); step++) {
      await keyboard.press('ArrowDown');
    }
    await expect(panel.table.getByRole('row', { selected: true })).toContainText('light');
    // Said aloud, as the canvas itself says nothing.
    await expect(panel.node.getByRole('status').filter({ hasText: /^light, / })).toHaveCount(1);
    await keyboard.press('Enter');
    await panel.expectEditorAt(`${panel.folder}/keys.py`, lineOf(file, 'def light'));
    await panel.grid.focus();
    await keyboard.press('Home');
    await keyboard.press('Enter');
    await panel.expectEditorAt(`${panel.folder}/keys.py`, lineOf(file, 'def heavy'));
  });

  await test.step('Tab leads on to the history, where Enter opens and Delete deletes', async () => {
    await panel.grid.focus();
    await tabTo(panel.history);
    await keyboard.press('Home');
    await keyboard.press('Enter');
    await expect(panel.shownRun).toContainText('keys.py');
    const id = await panel.runId();
    await keyboard.press('Delete');
    await expect(page.getByRole('dialog')).toContainText('keys.py');
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
    await keyboard.press('Enter');
    await expect(panel.history.locator(`[data-run="${id}"]`)).toHaveCount(0);
  });

  async function tabTo(target: Locator): Promise<void> {
    for (let step = 0; step < 40; step++) {
      if (await target.evaluate(node => node === document.activeElement)) {
        return;
      }
      await keyboard.press('Tab');
    }
    throw new Error('Tab does not lead there.');
  }
});
