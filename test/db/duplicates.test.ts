import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { expireApproval } from '../../src/app/approval/expire-approval.ts'
import { openRun, requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { commit } from '../../src/app/commit.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { policyFacts } from '../../src/app/policy-facts.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { evaluatePolicy } from '../../src/domain/policy/evaluate.ts'
import type { Verdict } from '../../src/domain/policy/verdict.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { findProposal } from '../../src/storage/run.repository.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('duplicate requests', () => {
  let world: CoreWorld
  let owner: pg.Client
  let ada: Caller
  let chloe: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({}, undefined, undefined, 'windows: []\n')
    owner = new pg.Client({ connectionString: world.ownerUrl })
    await owner.connect()
    ada = await world.caller('Ada', ['responder', 'approver', 'admin'])
    chloe = await world.caller('Chloe', ['approver'])
  })
  afterAll(async () => {
    await owner.end()
    await world.close()
  })

  /** The same proposal in `count` threads more, as several alert rules about one service would open them. */
  const copies = async (incidentId: string, proposalId: string, count: number): Promise<string[]> => {
    const { rows } = await owner.query<{ id: string }>(
      `with threads as (
         insert into incident (tenant_id, group_key, service, severity, title, summary, status, opened_at, firing)
         select tenant_id, id || ' ' || n || ' ' || gen_random_uuid(), service, severity, title, summary, 'proposed', opened_at, 1
         from incident, generate_series(1, $2::int) as n where id = $1 returning tenant_id, id)
       insert into proposal (tenant_id, incident_id, playbook, playbook_digest, parameters_digest, digest, body, verdict, rank, created_at)
       select p.tenant_id, t.id, p.playbook, p.playbook_digest, p.parameters_digest, p.digest, p.body, p.verdict, p.rank, p.created_at
       from proposal p, threads t where p.id = $3 returning id`,
      [incidentId, count, proposalId],
    )
    return rows.map((row) => row.id)
  }
  const prepared = async (count: number) => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    const first = await world.proposalOf(incidentId, 'two-steps')
    return { name, service, incidentId, first, others: await copies(incidentId, first, count) }
  }
  const request = async (proposalId: string) => {
    const result = await requestRun(world.app, ada, proposalId)
    return isRejection(result) ? result : { ...result, requestId: result.requestId ?? '' }
  }
  const made = async (proposalId: string) => {
    const result = await request(proposalId)
    if (isRejection(result)) throw new Error(result.detail)
    return result
  }
  const duplicateOf = (first: string) => ({ code: 'duplicate_request', facts: { first } })
  const requestsFor = async (service: string): Promise<number> =>
    (
      await owner.query<{ id: string }>(
        `select q.id from approval_request q join proposal p on p.id = q.proposal_id where p.service = $1`,
        [service],
      )
    ).rows.length

  it('G5 fifty requests for the same at once make one, and the others name it', async () => {
    const { name, others } = await prepared(50)
    const results = await Promise.all(others.map(request))
    const winners = results.filter((each) => !isRejection(each))
    expect(winners).toHaveLength(1)
    const [winner] = winners
    if (winner === undefined || isRejection(winner)) throw new Error('nobody won')
    for (const each of results.filter(isRejection)) expect(each).toMatchObject(duplicateOf(winner.requestId))
    expect(await requestsFor(name)).toBe(1)
    const { rows } = await owner.query(`select run_id, request_id from dedup_claim where service = $1`, [
      name,
    ])
    expect(rows).toEqual([{ run_id: winner.runId, request_id: winner.requestId }])
    const refusals = await owner.query(
      `select 1 from audit_entry where event = 'refused' and subject = any($1::text[])`,
      [others],
    )
    expect(refusals.rows).toHaveLength(49)
    const failed = await owner.query(`select 1 from audit_entry where event = 'duplicate_check_failed'`)
    expect(failed.rows).toHaveLength(0)
  })

  it('G5 after 9:59 it is a duplicate, after 10:01 it is not', async () => {
    const { name, first, others } = await prepared(2)
    const { requestId } = await made(first)
    const { rows } = await owner.query<{ at: string }>(
      `select to_json(requested_at) #>> '{}' as at from dedup_claim where service = $1`,
      [name],
    )
    const requestedAt = Temporal.Instant.from(rows[0]?.at ?? '')
    const askAt = (proposalId: string, seconds: number) =>
      commit(world.app, testTenant, async (given, out) => {
        const tx = { ...given, now: requestedAt.add({ seconds }) }
        const proposal = await findProposal(tx, proposalId)
        if (proposal === undefined) throw new Error(`no ${proposalId}`)
        const incident = await tx.db
          .selectFrom('incident')
          .selectAll()
          .where('id', '=', proposal.incident_id)
          .executeTakeFirstOrThrow()
        const asking = { requesterId: ada.person.id, overrides: [] }
        const { facts, policyVersion } = await policyFacts(
          world.app,
          tx,
          'request',
          incident,
          proposal.body,
          asking,
        )
        const verdict = evaluatePolicy(facts)
        const claimed = await openRun(world.app, tx, out, {
          facts,
          incident,
          proposal,
          verdict,
          policyVersion,
          requester: ada.person,
        })
        return { verdict, claimed }
      })
    const [soon = '', later = ''] = others
    const before = await askAt(soon, 9 * 60 + 59)
    expect(before.verdict.outcome).toBe('deny')
    expect(before.verdict.reasons[0]).toMatchObject(duplicateOf(requestId))
    expect(before.claimed).toMatchObject({
      ...duplicateOf(requestId),
      earliest: requestedAt.add({ minutes: 10 }).toString(),
    })
    const after = await askAt(later, 10 * 60 + 1)
    expect(after.verdict.outcome).toBe('require_approval')
    expect(isRejection(after.claimed)).toBe(false)
  })

  it('G5 what was rejected, canceled or expired before it began gives its place back', async () => {
    const { others } = await prepared(4)
    const [one = '', two = '', three = '', four = ''] = others
    const rejected = await made(one)
    expect(await request(two)).toMatchObject(duplicateOf(rejected.requestId))
    await decideApproval(world.app, chloe, {
      requestId: rejected.requestId,
      decision: 'reject',
      reason: 'wait',
    })
    const canceled = await made(two)
    await cancelRun(world.app, ada, canceled.runId)
    const expired = await made(three)
    await owner.query(`update approval_request set expires_at = now() - interval '1 h' where id = $1`, [
      expired.requestId,
    ])
    await expireApproval(world.app, testTenant, expired.requestId)
    await made(four)
  })

  it('G5 a run that ran holds its place, however it ended', async () => {
    const { service, others } = await prepared(2)
    service.heals = false
    const [one = '', two = ''] = others
    const { requestId, runId } = await made(one)
    await decideApproval(world.app, chloe, { requestId, decision: 'approve', reason: '' })
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'rolled_back' })
    const refusal = await request(two)
    expect(refusal).toMatchObject(duplicateOf(requestId))
    expect(refusal).toHaveProperty('detail', expect.stringContaining(`${runId} ended: rolled back.`))
  })

  it('G5 when the check itself fails the request is made, and that is audited', async () => {
    const { name, others } = await prepared(3)
    const [one = '', two = '', three = ''] = others
    await made(one)
    await owner.query(`update dedup_claim set expires_at = now() where service = $1`, [name])
    await owner.query('begin')
    await owner.query('select 1 from dedup_claim where service = $1 for update', [name])
    await made(two)
    await owner.query('rollback')
    await owner.query('revoke insert on dedup_claim from suture_app')
    await made(three)
    await owner.query('grant insert on dedup_claim to suture_app')
    expect(await requestsFor(name)).toBe(3)
    const { rows } = await owner.query<{ subject: string; error: string }>(
      `select subject, convert_from(bytes, 'UTF8')::jsonb #>> '{details,error}' as error from audit_entry
       where event = 'duplicate_check_failed' order by seq`,
    )
    expect(rows.map(({ subject }) => subject)).toEqual([two, three])
    expect(rows[0]?.error).toContain('lock timeout')
    expect(rows[1]?.error).toContain('permission denied')
  })

  it('G5 what Suture would have requested a second time is shown, not requested, and says why', async () => {
    await changeGovernance(world.app, ada, { mode: 'approve' })
    const { name, service } = world.take()
    service.healthy = false
    const incidentId = await world.proposed(name)
    const { rows } = await owner.query<{ id: string; thread: string }>(
      `with thread as (
         insert into incident (tenant_id, group_key, service, severity, title, summary, status, opened_at, firing)
         select tenant_id, 'again ' || id, service, severity, title, summary, 'open', opened_at, 1 from incident where id = $1
         returning id)
       select q.id, thread.id as thread from approval_request q, thread where q.incident_id = $1`,
      [incidentId],
    )
    const [{ id: requestId, thread } = { id: '', thread: '' }] = rows
    await healIncident(world.app, testTenant, thread)
    expect(await world.incident(thread)).toMatchObject({ status: 'proposed' })
    const shown = await owner.query<{ verdict: Verdict; requested: boolean }>(
      `select verdict, exists (select 1 from run r where r.proposal_id = p.id) as requested from proposal p
       where incident_id = $1 and rank = 0`,
      [thread],
    )
    expect(shown.rows).toMatchObject([{ requested: false, verdict: { needsRequester: true } }])
    expect(shown.rows[0]?.verdict.reasons.at(-1)).toMatchObject(duplicateOf(requestId))
    await changeGovernance(world.app, ada, { mode: 'propose' })
  })
})
