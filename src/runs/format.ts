/**
 * Figures as people read them: a fixed number of digits and the unit beside them, the same as on the command line.
 */

/** What stands where there is no value. */
export const DASH = '–';

/** Seconds as `1.23 s`, `45.6 ms`, `2 min 05 s`. */
export function formatSeconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return DASH;
  }
  if (value < 0) {
    return `-${formatSeconds(-value)}`;
  }
  if (value >= 6000) {
    return `${Math.floor(value / 3600)} h ${twoDigits((value % 3600) / 60)} min`;
  }
  if (value >= 99.95) {
    return `${Math.floor(value / 60)} min ${twoDigits(value % 60)} s`;
  }
  if (value >= 0.9995) {
    return `${threeDigits(value)} s`;
  }
  return value >= 0.9995e-3 ? `${threeDigits(value * 1e3)} ms` : `${threeDigits(value * 1e6)} µs`;
}

/** Bytes as `312 MB`, in powers of 1000. */
export function formatBytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return DASH;
  }
  for (const [size, unit] of BYTE_UNITS) {
    if (Math.abs(value) >= size * 0.9995) {
      return `${threeDigits(value / size)} ${unit}`;
    }
  }
  return `${value.toFixed(0)} B`;
}

/** A share of 0–1 as `60.6 %`. */
export function formatShare(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? DASH : `${(100 * value).toFixed(1)} %`;
}

/** A percentage that is one already, without digits after the point: `97 %`. */
export function formatPercent(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? DASH : `${value.toFixed(0)} %`;
}

/** A CPU percentage, of which 100 are one core, as cores kept busy: `0.97`. With its unit it could be read as a share of the machine. */
export function formatCores(percent: number | null | undefined): string {
  return percent === null || percent === undefined || !Number.isFinite(percent) ? DASH : (percent / 100).toFixed(2);
}

/** A whole number in groups of three: `12 345`. */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? DASH
    : value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A change, with its sign in front: `+312 MB`, `−1.20 MB`; nothing that grew by nothing has one. */
export function formatSigned(value: number, format: (value: number) => string): string {
  return value > 0 ? `+${format(value)}` : value < 0 ? `\u2212${format(-value)}` : format(value);
}

/** Time that passes, as on a clock: `00:41`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0
    ? `${hours}:${twoDigits(minutes % 60)}:${twoDigits(whole % 60)}`
    : `${twoDigits(minutes)}:${twoDigits(whole % 60)}`;
}

/** A file's name and line: `pipeline.py:34`. Empty where there is no file. */
export function formatPlace(file: string | null, line: number | null): string {
  if (!file) {
    return '';
  }
  return line ? `${baseName(file)}:${line}` : baseName(file);
}

/** The last part of a path, of either kind of slash. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

const BYTE_UNITS: readonly [number, string][] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB']
];

function threeDigits(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
