import type { RunSummary } from '../api/generated/rest';
import { baseName } from './format';
import type { IRow } from './rows';

/** What a run is called: the script's or module's name. */
export function runName({ target }: RunSummary): string {
  return baseName(target.name || target.path || target.module || '?');
}

/** What a hot spot is called: its dotted name where Python tells it, as on the command line. */
export function nameOf(row: IRow): string {
  return row.qualname ?? shortName(row.function);
}

// Python's own words for built-ins are long and begin all alike.

const METHOD = /^<method '(.+)' of '(.+)' objects>$/;
const SLOT = /^<slot wrapper '(.+)' of '(.+)' objects>$/;
const BUILTIN = /^<built-in method (.+)>$/;
const OF_OBJECT = / of .+ object at 0x[0-9A-Fa-f]+$/;

/** `<built-in method builtins.sum>` as `sum`, `<method 'append' of 'list' objects>` as `list.append`; others as they are. */
export function shortName(name: string): string {
  const method = METHOD.exec(name) ?? SLOT.exec(name);
  if (method) {
    return `${method[2]!}.${method[1]!}`;
  }
  const builtin = BUILTIN.exec(name)?.[1];
  return builtin === undefined ? name : builtin.replace(OF_OBJECT, '').replace(/^builtins\./, '');
}
