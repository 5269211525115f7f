import type { Tx } from '../../storage/database.ts'

/** What a proof is about: the entries of this incident, all of them or those about these subjects. */
export interface About {
  readonly incidentId: string
  readonly subjects: readonly string[] | null
}

/**
 * An incident is all that happened in it. A run, a proposal or a request is told by the entries about it and about what belongs to it:
 * the proposal that was run, the request that was decided, the runs that came of it. Null where there is nothing of that id.
 */
export const aboutOf = async (tx: Tx, id: string): Promise<About | null> => {
  if (id.startsWith('inc-')) {
    const incident = await tx.db
      .selectFrom('incident')
      .select('id')
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    return incident === undefined ? null : { incidentId: id, subjects: null }
  }
  const found = await tx.db
    .selectFrom('proposal')
    .leftJoin('run', (join) =>
      join
        .onRef('run.tenant_id', '=', 'proposal.tenant_id')
        // There is an index by incident, and none by proposal.
        .onRef('run.incident_id', '=', 'proposal.incident_id')
        .onRef('run.proposal_id', '=', 'proposal.id'),
    )
    .leftJoin('approval_request as request', (join) =>
      join.onRef('request.tenant_id', '=', 'run.tenant_id').onRef('request.run_id', '=', 'run.id'),
    )
    .select(['proposal.id as proposal', 'proposal.incident_id', 'run.id as run', 'request.id as request'])
    .where('proposal.tenant_id', '=', tx.tenantId)
    .where((where) =>
      where.or(
        id.startsWith('prop-')
          ? [where('proposal.id', '=', id)]
          : id.startsWith('run-')
            ? [where('run.id', '=', id)]
            : [where('request.id', '=', id)],
      ),
    )
    .execute()
  const [first] = found
  if (first === undefined) return null
  const subjects = new Set(found.flatMap(({ proposal, run, request }) => [proposal, run, request]))
  return { incidentId: first.incident_id, subjects: [...subjects].filter((each) => each !== null) }
}
