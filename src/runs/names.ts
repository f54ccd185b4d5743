import type { RunSummary } from '../api/generated/rest';
import { baseName, formatPlace } from './format';
import type { IRow } from './rows';
import type { TableName } from './tables';

/** What a run is called: the script's or module's name. */
export function runName({ target }: RunSummary): string {
  return baseName(target.name || target.path || target.module || '?');
}

/**
 * What a hot spot is called: a function by its dotted name where Python tells it, as on the command line; a line by its
 * text; objects by their type.
 */
export function nameOf(row: IRow, table: TableName): string {
  const { file, line, source, type } = row;
  const name = row.qualname ?? shortName(row.function);
  switch (table) {
    case 'functions':
      return name;
    case 'lines':
      return source?.trim() || formatPlace(file, line) || name;
    case 'sites':
      return type ?? (source?.trim() || name || formatPlace(file, line));
  }
}

/** Where a hot spot is: `pipeline.py:34`, of a line with the function it is in. Empty for what has no place. */
export function placeOf(row: IRow, table: TableName): string {
  const place = formatPlace(row.file, row.line);
  return table === 'functions' || !row.function ? place : [place, shortName(row.function)].filter(Boolean).join(' · ');
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
