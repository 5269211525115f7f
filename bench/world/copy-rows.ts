import type { Client } from 'pg'

/** A table, its columns that differ from the model's, and which of its rows belong to the model ($1). */
export type CopiedTable = readonly [
  string,
  { readonly set: Readonly<Record<string, string>>; readonly which: string },
]

/**
 * Copies the rows that belong to `model` once for each row of the table `wanted`, in the order of `tables`, which is that of their
 * foreign keys. What numbers itself is left to do so.
 */
export const copyRows = async (
  client: Client,
  model: string,
  tables: readonly CopiedTable[],
): Promise<void> => {
  for (const [table, { set, which }] of tables) {
    const { rows } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''`,
      [table],
    )
    const names = rows.map(({ name }) => name)
    const values = names.map((name) => set[name] ?? `model.${name}`)
    await client.query(
      `insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from ${table} model cross join wanted
        where ${which} and $1::text is not null`,
      [model],
    )
  }
}
