/** The panel's sections, by the names used in settings. */
export const SECTIONS = ['launcher', 'telemetry', 'hotspots', 'output', 'history'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** The sections that a list of anything names, in its order. */
export function sectionsIn(list: unknown): SectionName[] {
  return (Array.isArray(list) ? list : []).filter((name): name is SectionName => SECTIONS.includes(name));
}
