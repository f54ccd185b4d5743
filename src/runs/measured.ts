import type { IClient } from '../api/client';
import type { ColumnDescription } from '../api/generated/rest';
import type { TableName } from './tables';
import { TABLES } from './tables';

/** A table that a run has measured. */
export interface IMeasuredTable {
  readonly name: TableName;
  readonly columns: readonly ColumnDescription[];
}

/** The tables of a finished run that have rows. Throws a `HotspotsError` if none of them can be read. */
export async function measuredTables(client: IClient, run: string): Promise<IMeasuredTable[]> {
  const answers = await Promise.all(
    TABLES.map(async name => {
      const query = { name, sort: '', filter: '', library: 'show', offset: 0, limit: 0 } as const;
      const { columns, total } = await client.table(run, query);
      return { name, columns, total };
    })
  );
  return answers.filter(({ total }) => total > 0);
}
