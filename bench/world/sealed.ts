import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const withinMs = 60_000
const pollMs = 25

export interface SealedState {
  readonly entries: number
  /** Entries that stand in the log. */
  readonly sealed: number
}

/** Waits until every entry of the history is sealed: what one side has left to do must not be paid for by the next. */
export const untilSealed = async (ownerUrl: string): Promise<SealedState> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const deadline = performance.now() + withinMs
    for (;;) {
      const { rows } = await client.query<{ waiting: string; entries: string; sealed: string }>(
        `select (select count(*) from audit_unsealed) as waiting, (select count(*) from audit_entry) as entries,
           (select count(*) from audit_leaf) as sealed`,
      )
      const [row] = rows
      if (row?.waiting === '0') return { entries: Number(row.entries), sealed: Number(row.sealed) }
      if (performance.now() > deadline)
        throw new Error(`${row?.waiting} entries still wait to be sealed after ${withinMs / 1000} s`)
      await sleep(pollMs)
    }
  } finally {
    await client.end()
  }
}
