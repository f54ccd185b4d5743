import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IExportedFile, IExportQuery } from '../../api/client';
import type { FormatDescription } from '../../api/generated/rest';
import type { IServerHalf } from '../../api/serverhalf';
import type { TableName } from '../../runs/tables';
import { tableLabel } from '../hotspots/labels';

/** The formats that the server writes. */
export function formatsOf({ description }: IServerHalf): readonly FormatDescription[] {
  return (description?.formats ?? []).filter(({ writes }) => writes);
}

/** Ask for a format; of one that holds a single table, the one that is shown is taken. Undefined if none was chosen. */
export async function chooseExport(
  formats: readonly FormatDescription[],
  shown: TableName | null,
  trans: TranslationBundle
): Promise<IExportQuery | undefined> {
  const labels = formats.map(({ title, suffix, tables }) =>
    tables && shown
      ? trans.__('%1 (%2): %3', title, suffix, tableLabel(shown, trans))
      : trans.__('%1 (%2)', title, suffix)
  );
  const { value } = await InputDialog.getItem({
    title: trans.__('Export as'),
    items: labels,
    okLabel: trans.__('Export')
  });
  const chosen = formats[labels.indexOf(value ?? '')];
  return chosen && { format: chosen.name, ...(chosen.tables && shown ? { table: shown } : {}) };
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
