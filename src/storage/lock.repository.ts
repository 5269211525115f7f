import { sql } from 'kysely'
import type { Tx } from './database.ts'
import { gathering, rowsAsJson } from './gathering.ts'
import type { RunRow } from './run.repository.ts'

export interface Waits {
  /** In words: what it waits for. */
  readonly reason: string
  /** The run whose turn it is, when the targets are free; null when they are not. */
  readonly behind: string | null
}

/** What has just been taken: these, besides what the run held before. */
export interface Taken {
  readonly taken: readonly string[]
}

/**
 * More are not claimed together; in each round at least one of those that want the same targets has all of its own, or waits
 * for somebody who keeps what he holds.
 */
const mostRounds = 16

/**
 * All target locks in sorted order, those that it holds already among them, or none: then it says what the run waits for.
 * Nobody overtakes a run that has waited longer and could start now.
 */
export const takeLocks = async (tx: Tx, run: RunRow, targets: readonly string[]): Promise<Taken | Waits> => {
  const sorted = [...targets].sort()
  for (let round = 0; round < mostRounds; round += 1) {
    // Sent together and carried out one after the other: who waits for a run that is just ending looks for others after that.
    const [rows, first] = await Promise.all([
      lockTargets(tx, { run, sorted }),
      longerWaiting(tx, { run, targets: sorted }),
    ])
    const taken = rows.filter(({ fresh }) => fresh).map(({ target }) => target)
    if (rows.length === sorted.length && first === null) return { taken }
    await giveLocksBack(tx, run, { taken })
    const holders = await tx.db
      .selectFrom('target_lock')
      .select(['target', 'run_id'])
      .where('tenant_id', '=', tx.tenantId)
      .where('target', 'in', sorted)
      .where('run_id', '<>', run.id)
      .orderBy('target')
      .execute()
    if (holders.length > 0)
      return {
        reason: `waits for ${holders.map((holder) => `${holder.target}, held by ${holder.run_id}`).join('; ')}`,
        behind: null,
      }
    if (first !== null)
      return { reason: `waits for ${first}, which has waited longer for the same target`, behind: first }
    // Whoever was claimed together with it has had it, and has given it back: nobody would ring for it.
  }
  return { reason: 'waits for a target lock', behind: null }
}

interface LockedTarget {
  readonly target: string
  readonly run_id: string
  /** Not held before. */
  readonly fresh: boolean
}

/**
 * Of several runs that want the same target, the first has it. What somebody else holds is left untouched: a lock on that row
 * would keep its holder from giving it back, and two who claim and give back at once would wait for each other.
 */
const lockTargets = gathering<{ readonly run: RunRow; readonly sorted: readonly string[] }, LockedTarget[]>(
  async (tx, all) => {
    const wanted = new Map<string, RunRow>()
    for (const { run, sorted } of all)
      for (const target of sorted) if (!wanted.has(target)) wanted.set(target, run)
    const runs = [...wanted.values()]
    const { rows } = await sql<LockedTarget>`with wanted as (
      select * from unnest(${[...wanted.keys()]}::text[], ${runs.map(({ id }) => id)}::text[],
        ${runs.map((run) => run.fencing_token + 1)}::bigint[]) as wanted (target, run_id, fence)), held as (
      update target_lock set fencing_token = fence from wanted
        where tenant_id = ${tx.tenantId} and target_lock.target = wanted.target and target_lock.run_id = wanted.run_id
        returning target_lock.target, target_lock.run_id), taken as (
      insert into target_lock (tenant_id, target, run_id, fencing_token, acquired_at)
        select ${tx.tenantId}, target, run_id, fence, ${tx.now}::timestamptz from wanted order by target
        on conflict (tenant_id, target) do nothing
        returning target, run_id)
      select target, run_id, false as fresh from held union all select target, run_id, true from taken`.execute(
      tx.db,
    )
    return all.map(({ run }) => rows.filter((row) => row.run_id === run.id))
  },
)

/** What `takeLocks` has just taken, in the transaction that took it: as if it had not been asked. */
export const giveLocksBack = async (tx: Tx, run: RunRow, { taken }: Taken): Promise<void> => {
  await Promise.all([
    tx.db
      .deleteFrom('target_lock')
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', run.id)
      .where('target', 'in', taken.length === 0 ? [''] : [...taken])
      .execute(),
    tx.db
      .updateTable('target_lock')
      .set({ fencing_token: run.fencing_token })
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', run.id)
      .execute(),
  ])
}

/** All that a run holds; the targets that are free now. */
export const freeLocks = gathering<string, string[]>(async (tx, runIds) => {
  // In the order in which they are taken: whoever takes several at once waits for this, and not this for them as well.
  const { rows } = await sql<{ target: string; run_id: string }>`delete from target_lock
    where tenant_id = ${tx.tenantId} and target = any(array(select target from target_lock
      where tenant_id = ${tx.tenantId} and run_id = any(${[...runIds]}::text[]) order by target for update))
    returning target, run_id`.execute(tx.db)
  return runIds.map((id) => rows.filter((row) => row.run_id === id).map(({ target }) => target))
})

/**
 * The run that has waited longest for one of these targets, longer than this one, and that could have all of its own at once. One
 * that waits for something else as well, or whose permit has ended, keeps nobody waiting. A run that waits says so in its
 * reason: in a long queue of others no permit is looked up. What this transaction has just taken keeps nobody waiting yet.
 */
const longerWaiting = gathering<{ readonly run: RunRow; readonly targets: readonly string[] }, string | null>(
  async (tx, all) => {
    const asked = all.map(({ run, targets }, at) => ({
      at,
      id: run.id,
      since: run.queued_at ?? run.created_at,
      targets,
    }))
    const { rows } = await sql<{ at: number; first: string }>`select asked.at, (select run.id from run
        where tenant_id = ${tx.tenantId} and status = 'queued' and reason <> '' and run.id <> asked.id
          and (coalesce(queued_at, created_at), length(run.id), run.id) < (asked.since, length(asked.id), asked.id)
          and exists (select from permit where permit.tenant_id = run.tenant_id and permit.run_id = run.id
            and permit.status = 'issued' and permit.expires_at > ${tx.now}::timestamptz and permit.targets && asked.targets
            and not exists (select from target_lock held where held.tenant_id = run.tenant_id
              and held.target = any(permit.targets) and held.run_id <> run.id
                and not (held.run_id = any(${all.map(({ run }) => run.id)}::text[]) and held.acquired_at = ${tx.now}::timestamptz(3))))
        order by coalesce(queued_at, created_at), length(run.id), run.id limit 1) as first
      from jsonb_to_recordset(${rowsAsJson(asked)}::jsonb) as asked (at int, id text, since timestamptz, targets text[])`.execute(
      tx.db,
    )
    return all.map((_, at) => rows.find((row) => row.at === at)?.first ?? null)
  },
)
