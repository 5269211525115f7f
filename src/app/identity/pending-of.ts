import type { RunStatus } from '../../domain/run.ts'
import type { Tx } from '../../storage/database.ts'

/** A request nobody has decided yet that this person made or had a say in; null when there is none. */
export const pendingOf = (tx: Tx, personId: string): Promise<string | null> =>
  requestBehind(tx, personId, ['pending_approval'])

/** The same, or one whose run has not begun: it is blocked should a voter be nobody by then. */
export const restsOn = async (tx: Tx, personId: string): Promise<boolean> =>
  (await requestBehind(tx, personId, ['pending_approval', 'queued'])) !== null

const requestBehind = async (
  tx: Tx,
  personId: string,
  runs: readonly RunStatus[],
): Promise<string | null> => {
  const row = await tx.db
    .selectFrom('run')
    .innerJoin('approval_request as request', (join) =>
      join.onRef('request.tenant_id', '=', 'run.tenant_id').onRef('request.run_id', '=', 'run.id'),
    )
    .select('request.id')
    .where('run.tenant_id', '=', tx.tenantId)
    .where('run.status', 'in', [...runs])
    .where((eb) =>
      eb.or([
        eb('request.requester_id', '=', personId),
        eb.exists(
          eb
            .selectFrom('approval_decision as vote')
            .select('vote.person_id')
            .whereRef('vote.tenant_id', '=', 'request.tenant_id')
            .whereRef('vote.request_id', '=', 'request.id')
            // Somebody for whom a delegate voted has had their say, too.
            .where((of) =>
              of.or([of('vote.person_id', '=', personId), of('vote.for_person_id', '=', personId)]),
            ),
        ),
      ]),
    )
    .orderBy('request.created_at')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? null
}
