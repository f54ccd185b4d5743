import type { IHotspotsSettings } from '../runs/settings';
import type { SectionName } from './sections';
import { SECTIONS, sectionsIn } from './sections';

export type PanelSide = 'left' | 'right';

/** Where the panel is put. */
export function panelSide(settings: IHotspotsSettings): PanelSide {
  return settings.value('panelSide') === 'right' ? 'right' : 'left';
}

/** Whether the panel is opened when the lab starts. */
export function opensAtStart(settings: IHotspotsSettings): boolean {
  return settings.value('openAtStart') === true;
}

/** The order of the sections, from top to bottom. */
export function sectionOrder(settings: IHotspotsSettings): SectionName[] {
  // Whatever a hand-edited list forgets is still there, at the end.
  return [...new Set([...sectionsIn(settings.value('sections')), ...SECTIONS])];
}

/** Remember the order of the sections. */
export async function keepSectionOrder(settings: IHotspotsSettings, order: readonly SectionName[]): Promise<void> {
  await settings.set('sections', [...order]);
}
