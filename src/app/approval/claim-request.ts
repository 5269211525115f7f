import { duplicateOf } from '../../domain/policy/duplicate.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import { type Ailment, claimApart, readLimits } from '../../storage/limit.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'

/**
 * `taken`: name the run in it. `unchecked`: the policy does not ask, or nobody could say whether there is another, which is
 * audited; the request is made. Otherwise the refusal that names the first.
 */
type Claimed = 'taken' | 'unchecked' | Rejection

/** Longer than a commit takes, and short of what a person waits for a button. */
const lockTimeoutMs = 3_000

/**
 * Of many that ask for the same at once, over whatever processes, one gets the row; the others wait for its commit and are
 * refused. Inside a savepoint: should the check itself fail, what was done before it stands, and the request is made.
 */
export const claimRequest = async (
  app: App,
  tx: Tx,
  out: Outbound,
  about: Ailment & { readonly proposalId: string; readonly incidentId: string; readonly actor: string },
): Promise<Claimed> => {
  const { policy } = await app.configuration.of(tx.tenantId)
  const withinMs = policy.document.limits.duplicateWithin
  if (withinMs === 0) return 'unchecked'
  const taken = await claimApart(tx, about, tx.now.add({ milliseconds: withinMs }), lockTimeoutMs)
  if (taken === 'taken') return 'taken'
  if (taken === 'held') return refusalOf(tx, about)
  const { error } = taken
  out.audit(
    {
      event: 'duplicate_check_failed',
      actor: about.actor,
      subject: about.proposalId,
      details: {
        service: about.service,
        diagnosis: about.diagnosisCode,
        error: error instanceof Error ? error.message : String(error),
      },
    },
    about.incidentId,
  )
  app.log.error({ error, proposal: about.proposalId }, 'could not check for a duplicate; the request is made')
  return 'unchecked'
}

const refusalOf = async (tx: Tx, about: Ailment & { incidentId: string }): Promise<Rejection> => {
  const { claim } = await readLimits(tx, about, about.incidentId, 0)
  return claim === null
    ? reject(
        'duplicate_request',
        `The same was requested for ${about.service} at this moment.`,
        'Look at the incident again; request it again if nothing runs.',
        { facts: { service: about.service, diagnosis: about.diagnosisCode } },
      )
    : duplicateOf(about.service, claim, tx.now)
}
