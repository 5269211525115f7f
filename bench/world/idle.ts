import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const withinMs = 120_000
const pollMs = 25
/** An effect that was rung is due again after 5 s; what is due later than that waits for its time, not for a worker. */
const soon = '6 seconds'

/**
 * Waits until Suture has nothing left to do: every effect settled, every card in the console (a platform takes one a second), and at most `mostRuns` runs still
 * being verified (a worker carries out 8 at a time). What a side leaves behind must not be paid for by the side that is measured
 * next.
 */
export const untilIdle = async (ownerUrl: string, mostRuns = 2): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const deadline = performance.now() + withinMs
    for (;;) {
      const { rows } = await client.query<{ busy: boolean }>(
        `select exists (select from outbox where due_at < now() + $1::interval)
          or (select count(*) from run where status in ('running', 'verifying')) > $2
          or exists (select from card_delivery where chat = 'console' and delivered_version < desired_version) as busy`,
        [soon, mostRuns],
      )
      if (rows[0]?.busy === false) return
      if (performance.now() > deadline)
        throw new Error(`Suture still has work to do after ${withinMs / 1000} s; expected it to become idle`)
      await sleep(pollMs)
    }
  } finally {
    await client.end()
  }
}
