import { test } from '@jupyterlab/galata';
import * as fs from 'fs';
import * as path from 'path';

import type { Panel } from './hotspots';

/**
 * Pictures to be looked at, not compared: fonts differ from machine to machine.
 *
 * Each run writes them to `test-results/screenshots/`; the committed ones in `screenshots/`, and the README's, are
 * written where they are missing, and anew by `npx playwright test screenshots --update-snapshots`.
 */
const KEPT = path.join(__dirname, '..', 'screenshots');

/**
 * @param keptToo - Where else the picture is kept.
 * @param isKept - Whether it is kept at all, or there only to be looked at after this run.
 */
export async function picture(panel: Panel, name: string, keptToo?: string, isKept = true): Promise<void> {
  const { config, project } = test.info();
  const file = path.join(project.outputDir, 'screenshots', `${name}.png`);
  await panel.page.evaluate(() => document.fonts.ready);
  await panel.page.screenshot({ path: file });
  for (const kept of isKept ? [path.join(KEPT, `${name}.png`), keptToo] : []) {
    if (kept && (['all', 'changed'].includes(config.updateSnapshots) || !fs.existsSync(kept))) {
      fs.mkdirSync(path.dirname(kept), { recursive: true });
      fs.copyFileSync(file, kept);
    }
  }
}

/** The fields of the launcher as one who looks at the panel has left them: without the cursor. */
export async function leave(panel: Panel): Promise<void> {
  await panel.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await panel.page.mouse.move(640, 2);
}
