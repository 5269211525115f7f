import { keyEvent } from '../../domain/log/key-chain.ts'
import { inTenant } from '../../storage/database.ts'
import { putBackInLine, readKeys, readOrigin, unsealedTenants } from '../../storage/log.repository.ts'
import { allTenants } from '../../storage/retention.repository.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import type { LogKeySource, LogKeys } from '../ports.ts'
import { type CannotSign, chooseSigners, type Signing } from './choose-signers.ts'
import { type Sealing, sealTenant } from './seal.ts'

/** Turns of one tenant before the next one has its own: a backlog of one keeps nobody waiting for long. */
const batchesInARow = 5

/** How often it is looked for entries that somebody took out of the line, and how far back: at first, and from then on. */
const missingEveryMs = 60_000
const firstLookHours = 24
const lookMinutes = 3
/** Longer than a commit takes. */
const settledSeconds = 30

export interface Sealer {
  /** Seals all that waits, tenant by tenant. What keeps one from being sealed keeps none of the others. */
  readonly turn: () => Promise<void>
  /** In words, what kept something from being sealed the last time; empty when nothing did. */
  readonly problems: () => readonly string[]
}

export interface SealerOptions extends Pick<Sealing, 'host' | 'batch'> {
  readonly app: App
  readonly keys: LogKeySource
  /** Asked between batches. */
  readonly mayGoOn?: () => boolean
}

export const createSealer = ({ app, keys: source, mayGoOn = () => true, ...how }: SealerOptions): Sealer => {
  const sizes = new Map<string, number>()
  const told = new Set<string>()
  const announced = new Set<string>()
  let problems: readonly string[] = []

  const sealAll = async (tenants: readonly string[], keys: LogKeys): Promise<string[]> => {
    const found: string[] = []
    let left = [...tenants]
    while (left.length > 0 && mayGoOn()) {
      const next: string[] = []
      for (const tenantId of left) {
        const end = await sealSome(tenantId, { ...how, keys, sizes })
        if (end.problem !== null) found.push(end.problem)
        if (end.more) next.push(tenantId)
      }
      left = next
    }
    return found
  }

  const sealSome = async (
    tenantId: string,
    sealing: Sealing,
  ): Promise<{ more: boolean; problem: string | null }> => {
    for (let batch = 0; batch < batchesInARow && mayGoOn(); batch += 1) {
      try {
        const finding = await sealTenant(app, tenantId, sealing)
        if (finding.kind === 'refused') return { more: false, problem: finding.problem }
        if (!finding.more) return { more: false, problem: null }
      } catch (error) {
        // Most likely another process was first. The next turn sees what there is.
        return {
          more: false,
          problem: `${tenantId} could not be sealed: ${messageOf(error)}`,
        }
      }
    }
    return { more: mayGoOn(), problem: null }
  }

  let lookedForMissingMs: number | null = null
  const lookForMissing = async (): Promise<void> => {
    const nowMs = app.clock.monotonicMs()
    if (lookedForMissingMs !== null && nowMs - lookedForMissingMs < missingEveryMs) return
    const back = lookedForMissingMs === null ? { hours: firstLookHours } : { minutes: lookMinutes }
    lookedForMissingMs = nowMs
    for (const tenantId of await allTenants(app.store.db)) {
      const found = await inTenant(app.store, tenantId, (tx) =>
        putBackInLine(tx, { from: tx.now.subtract(back), to: tx.now.subtract({ seconds: settledSeconds }) }),
      )
      if (found > 0)
        app.log.error(
          { loop: 'sealer', tenant: tenantId, entries: found },
          'entries of the history had been taken out of the line to be sealed, which nothing of Suture does; they are sealed now',
        )
    }
  }

  let looked: LogKeys | null = null
  let misfits: readonly string[] = []

  const turn = async (): Promise<string[]> => {
    const keys = await source.read()
    // Told at once, and not only when there is something to seal.
    if (keys !== looked || misfits.length > 0) misfits = await misfitsOf(app, keys)
    looked = keys
    const changing = keys.next === null ? 0 : await tellOfNewKey(app, keys, announced)
    await lookForMissing()
    const found = await sealAll(await unsealedTenants(app.store.db), keys)
    if (keys.next !== null && found.length === 0 && changing === 0 && mayGoOn()) await source.promote()
    return [...new Set([...misfits, ...found])]
  }

  return {
    turn: async () => {
      problems = await turn().catch((error: unknown) => [messageOf(error)])
      for (const problem of problems)
        if (!told.has(problem)) app.log.error({ loop: 'sealer' }, `the audit log is not sealed: ${problem}`)
      told.clear()
      for (const problem of problems) told.add(problem)
    },
    problems: () => problems,
  }
}

/** Logs that these keys cannot sign, in words. */
const misfitsOf = async ({ store }: Pick<App, 'store'>, keys: LogKeys): Promise<string[]> => {
  const found: string[] = []
  for (const tenantId of await allTenants(store.db)) {
    const signing = await signingOf(store, tenantId, keys)
    if (signing !== null && 'problem' in signing) found.push(signing.problem)
  }
  return found
}

/** Null for a tenant of which nothing is sealed yet. */
const signingOf = async (
  store: App['store'],
  tenantId: string,
  keys: LogKeys,
): Promise<((Signing | CannotSign) & { readonly origin: string }) | null> => {
  const [origin, known] = await inTenant(
    store,
    tenantId,
    (tx) => Promise.all([readOrigin(tx), readKeys(tx)]),
    { readOnly: true },
  )
  return origin === null ? null : { origin, ...chooseSigners(keys, origin, known.at(-1)?.vkey ?? null) }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Writes into the history of each tenant which key it is signed by from then on. Returns how many logs have yet to change. */
const tellOfNewKey = async (app: App, keys: LogKeys, announced: Set<string>): Promise<number> => {
  let changing = 0
  for (const tenantId of await allTenants(app.store.db)) {
    const signing = await signingOf(app.store, tenantId, keys)
    if (signing === null || 'problem' in signing || signing.replaces === null) continue
    const { origin, replaces, newKey, signers } = signing
    changing += 1
    if (announced.has(`${tenantId} ${newKey}`)) continue
    await commit(app, tenantId, async (_tx, out) =>
      out.audit({
        event: keyEvent,
        actor: 'person_suture',
        subject: origin,
        details: { vkey: newKey, replaces, signed_by_both: signers.length > 1 },
      }),
    )
    announced.add(`${tenantId} ${newKey}`)
  }
  return changing
}
