import type { ProfilerOption, RequestRecord } from '../../api/generated/rest';

/** What an option is set to, as the server takes it. */
export type OptionValue = string | number | boolean | string[];

/** Names out of a list with commas. */
export function namesIn(list: string): string[] {
  return list
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
}

/** What was typed for an option, as a value of its kind; null if it is none. */
export function optionValue({ kind }: ProfilerOption, text: string): OptionValue | null {
  switch (kind) {
    case 'texts':
      return namesIn(text);
    case 'number': {
      const number = Number(text);
      return Number.isFinite(number) ? number : null;
    }
    case 'flag':
      return text === 'true';
    default:
      return text;
  }
}

/** The options of a run as they would be typed. */
export function optionTexts(options: RequestRecord['options']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)])
  );
}

/** A value that holds where nothing is typed, as it would be typed; empty if there is none. */
export function defaultText({ default: value }: ProfilerOption): string {
  return value === null ? '' : String(value);
}
