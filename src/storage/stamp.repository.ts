import { sql } from 'kysely'
import type { CouldApprove } from '../domain/policy/could-approve.ts'
import type { Given } from '../domain/rubber-stamp.ts'
import type { Tx } from './database.ts'
import { gathering } from './gathering.ts'

/** More make no difference to anybody. */
const mostCounted = 100

interface Stamps {
  /** By people who could approve what is asked about. */
  readonly rushed: number
  /** Who approved what the asker requested, and what whoever approved most of it requested. */
  readonly given: readonly Given[]
}

/**
 * One statement, through two indexes that hold nothing else: it is asked at every click. Of all who approve for the asker only
 * the first can have given more than half, so nobody else is looked at.
 */
export const readStamps = (
  tx: Tx,
  askerId: string | null,
  since: Temporal.Instant,
  by: CouldApprove,
): Promise<Stamps> => stamps(tx, { askerId, since, by })

interface StampsAsked {
  readonly askerId: string | null
  readonly since: Temporal.Instant
  readonly by: CouldApprove
}

const stamps = gathering<StampsAsked, Stamps>(async (tx, all) => {
  const asked = all.map((each) => JSON.stringify(each))
  const answers = new Map(
    await Promise.all(
      all
        .filter((_, at) => asked.indexOf(asked[at] ?? '') === at)
        .map(async (each) => [JSON.stringify(each), await countStamps(tx, each)] as const),
    ),
  )
  return asked.map((each) => answers.get(each) ?? none)
})

const none: Stamps = { rushed: 0, given: [] }

const countStamps = async (tx: Tx, { askerId, since, by }: StampsAsked): Promise<Stamps> => {
  const approved = sql`tenant_id = ${tx.tenantId} and decision = 'approve' and decided_at > ${since}::timestamptz`
  const { rows } = await sql<Stamps>`
    with mine as (
      select requester_id, person_id, count(*)::int as approvals from approval_decision
      where ${approved} and requester_id = ${askerId}::text group by 1, 2),
    theirs as (
      select requester_id, person_id, count(*)::int as approvals from approval_decision
      where ${approved} and requester_id = (select person_id from mine order by approvals desc, person_id limit 1)
      group by 1, 2)
    select (select least(${mostCounted}, coalesce(sum(times), 0))::int from (
        select person_id, coalesce(for_person_id, person_id) as voice_id, count(*) as times from approval_decision
        where tenant_id = ${tx.tenantId} and rushed and decided_at > ${since}::timestamptz group by 1, 2) as lately
        where exists (select 1 from person p where p.tenant_id = ${tx.tenantId} and p.id = lately.person_id and p.disabled_at is null)
          and exists (select 1 from person p join governance g on g.tenant_id = p.tenant_id
            where p.tenant_id = ${tx.tenantId} and p.id = lately.voice_id and p.disabled_at is null
              and (p.roles && array['admin', 'override'] or p.id = any(${[...by.people]}::text[])
                or exists (select 1 from unnest(p.roles) role where role = any(g.approver_roles) and role = any(${[...by.roles]}::text[]))))) as rushed,
      (select coalesce(json_agg(json_build_object('requesterId', requester_id, 'approverId', person_id, 'approvals', approvals)), '[]')
        from (select * from mine union all select * from theirs) as both_ways) as given`.execute(tx.db)
  return rows[0] ?? none
}

export interface RushedRow {
  readonly request_id: string
  readonly run_id: string
  readonly incident_id: string
  readonly requester_id: string
  readonly person_id: string
  readonly via: string
  readonly created_at: Temporal.Instant
  readonly decided_at: Temporal.Instant
}

/** Newest first. */
export const rushedSince = (tx: Tx, since: Temporal.Instant, limit: number): Promise<RushedRow[]> =>
  tx.db
    .selectFrom('approval_decision')
    .innerJoin('approval_request', (join) =>
      join
        .onRef('approval_request.tenant_id', '=', 'approval_decision.tenant_id')
        .onRef('approval_request.id', '=', 'approval_decision.request_id'),
    )
    .select([
      'approval_decision.request_id',
      'approval_request.run_id',
      'approval_request.incident_id',
      'approval_request.requester_id',
      'approval_decision.person_id',
      'approval_decision.via',
      'approval_request.created_at',
      'approval_decision.decided_at',
    ])
    .where('approval_decision.tenant_id', '=', tx.tenantId)
    .where('approval_decision.rushed', '=', true)
    .where('approval_decision.decided_at', '>', since)
    .orderBy('approval_decision.decided_at', 'desc')
    .limit(limit)
    .execute()

/** Everybody with everybody: for the page that shows it, never on the way of a click. */
export const givenSince = async (tx: Tx, since: Temporal.Instant): Promise<Given[]> => {
  const { rows } = await sql<Given>`select requester_id as "requesterId", person_id as "approverId",
      count(*)::int as approvals
    from approval_decision
    where tenant_id = ${tx.tenantId} and decision = 'approve' and requester_id is not null
      and decided_at > ${since}::timestamptz
    group by 1, 2`.execute(tx.db)
  return rows
}
