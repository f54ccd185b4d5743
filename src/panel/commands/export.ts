import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IExportedFile } from '../../api/client';
import type { IServerHalf } from '../../api/serverhalf';

/** A format that a profile can be written in. */
export interface IFormat {
  readonly name: string;
  readonly title: string;
}

/** What every server half can write. */
const FORMATS: readonly IFormat[] = [
  { name: 'pstats', title: 'cProfile / pstats' },
  { name: 'json', title: 'Hotspots JSON' }
];

/** The formats that the server writes. */
export function formatsOf({ description }: IServerHalf): readonly IFormat[] {
  const listed = (description as { formats?: readonly IFormat[] } | null)?.formats;
  return listed?.length ? listed : FORMATS;
}

/** Ask for a format; undefined if none was chosen. */
export async function chooseFormat(formats: readonly IFormat[], trans: TranslationBundle): Promise<string | undefined> {
  const { value } = await InputDialog.getItem({
    title: trans.__('Export as'),
    items: formats.map(({ title }) => title),
    okLabel: trans.__('Export')
  });
  return formats.find(({ title }) => title === value)?.name;
}

/** Save a file as a click on a link to it does. */
export function saveFile({ name, data }: IExportedFile): void {
  const address = URL.createObjectURL(data);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
