/**
 * What a profiler costs, in short: from `×1.0–1.3 in arrays, ×2–5 in small calls` the range `×1.0–5`.
 *
 * Empty where the text names no factor.
 */
export function overheadRange(overhead: string): string {
  const factors = [...overhead.matchAll(/×([\d.]+\d|\d)(?:–([\d.]+\d|\d))?/g)].flatMap(([, from, to]) =>
    to === undefined ? [from!] : [from!, to]
  );
  if (factors.length === 0) {
    return '';
  }
  const sorted = [...factors].sort((one, other) => Number(one) - Number(other));
  const [least, most] = [sorted[0]!, sorted[sorted.length - 1]!];
  const open = /×[\d.]+ and more/.test(overhead) ? '+' : '';
  return Number(least) === Number(most) ? `×${least}${open}` : `×${least}–${most}${open}`;
}
