import type { IStateDB } from '@jupyterlab/statedb';

import type { IHotspotsPanel } from './panel';
import { sectionsIn } from './sections';

const STATE_ID = 'jupyterlab-hotspots:folding';

/**
 * Bring back which sections were folded, and remember it from then on.
 *
 * JupyterLab keeps this too, but by the sections' places, which is wrong after their order has changed; and Notebook
 * does not keep it at all.
 *
 * @param restored - When the lab has brought back its own layout.
 */
export async function rememberFolding(
  panel: IHotspotsPanel,
  state: IStateDB | null,
  restored: Promise<unknown>
): Promise<void> {
  await restored;
  const saved = await state?.fetch(STATE_ID).catch(() => undefined);
  const names = (saved as { folded?: unknown } | undefined)?.folded;
  if (Array.isArray(names)) {
    panel.folded = sectionsIn(names);
  }
  panel.foldedChanged.connect(() => void state?.save(STATE_ID, { folded: [...panel.folded] }));
}
