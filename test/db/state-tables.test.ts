import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { expireApproval } from '../../src/app/approval/expire-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { endOverdueRuns } from '../../src/app/end-overdue-runs.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { alertStatuses, severities } from '../../src/domain/alert.ts'
import { approvalStatuses, approvalTransitions } from '../../src/domain/approval.ts'
import { effectKinds } from '../../src/domain/effect.ts'
import { evidenceStatuses } from '../../src/domain/evidence.ts'
import { incidentStatuses, incidentTransitions } from '../../src/domain/incident.ts'
import { recoveries } from '../../src/domain/learning.ts'
import { permitStatuses, permitTransitions } from '../../src/domain/permit.ts'
import { type Caller, identityProviders, personKinds } from '../../src/domain/person.ts'
import { modes } from '../../src/domain/policy/facts.ts'
import { isTerminal, runStatuses, runTransitions } from '../../src/domain/run.ts'
import { stepPhases, stepStatuses, stepTransitions } from '../../src/domain/step.ts'
import type { Tx } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import type { EstateService } from './core-estate.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

/** Watches every change of a status, whichever statement made it. Only in this test's own database. */
const watch = `
create table seen (n bigint generated always as identity, noun text, id text, before text, after text);
create function see() returns trigger language plpgsql security definer set search_path from current as $$
begin
  insert into seen (noun, id, before, after) values (tg_table_name, coalesce(to_jsonb(new)->>'id', to_jsonb(new)->>'step_id'), old.status, new.status);
  return null;
end $$;
${['run', 'approval_request', 'permit', 'incident', 'step_execution']
  .map((table) => `create trigger see after update on ${table} for each row execute function see();`)
  .join('\n')}`

const tables: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  run: runTransitions,
  approval_request: approvalTransitions,
  permit: permitTransitions,
  incident: incidentTransitions,
  step_execution: stepTransitions,
}

const commands = [
  'fire',
  'resolve',
  'heal',
  'request',
  'approve',
  'approve',
  'second approval',
  'reject',
  'cancel',
  'expire',
  'perform',
  'perform',
  'die meaning',
  'die acting',
  'die verifying',
  'let the lease end',
  'let it be overdue',
] as const
type Command = (typeof commands)[number]

describe('state machines', () => {
  let world: CoreWorld
  let owner: pg.Client
  let ada: Caller
  let chloe: Caller
  let dora: Caller
  beforeAll(async () => {
    world = await coreWorld()
    owner = new pg.Client({ connectionString: world.ownerUrl })
    await owner.connect()
    await owner.query(watch)
    ada = await world.caller('Ada', ['responder', 'approver'])
    chloe = await world.caller('Chloe', ['approver'])
    dora = await world.caller('Dora', ['approver'])
  })
  afterAll(async () => {
    await owner.end()
    await world.close()
  })

  it.each([
    ['run', 'status', runStatuses],
    ['approval_request', 'status', approvalStatuses],
    ['permit', 'status', permitStatuses],
    ['incident', 'status', incidentStatuses],
    ['incident', 'severity', severities],
    ['alert', 'status', alertStatuses],
    ['step_execution', 'status', stepStatuses],
    ['step_execution', 'phase', stepPhases],
    ['outbox', 'kind', effectKinds],
    ['governance', 'mode', modes],
    ['identity', 'provider', identityProviders],
    ['person', 'kind', personKinds],
    ['evidence', 'status', evidenceStatuses],
    ['learning_outcome', 'recovery', recoveries],
  ] as const)(
    'R9 the database allows %s.%s exactly the values that the program knows',
    async (table, column, values) => {
      const { rows } = await owner.query<{ text: string }>(
        `select pg_get_constraintdef(c.oid) as text from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attname = $2
       where c.conrelid = $1::regclass and c.contype = 'c' and c.conkey = array[a.attnum]`,
        [table, column],
      )
      const allowed = rows.flatMap(({ text }) => [...text.matchAll(/'([^']*)'/g)].map(([, value]) => value))
      expect(new Set(allowed)).toEqual(new Set(values))
    },
  )

  it('R9 the database knows which runs have ended as the program does', async () => {
    const { rows } = await owner.query<{ text: string }>(
      `select pg_get_constraintdef(oid) as text from pg_constraint
       where conrelid = 'run'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%finished_at%'`,
    )
    const ended = rows.flatMap(({ text }) => [...text.matchAll(/'([^']*)'/g)].map(([, value]) => value))
    expect(new Set(ended)).toEqual(new Set(runStatuses.filter(isTerminal)))
  })

  it.each(Object.entries(tables))(
    'R9 in the table of %s every state is reached, and every path ends',
    (noun, table) => {
      const targets = new Set(Object.values(table).flat())
      const starts = Object.keys(table).filter((state) => !targets.has(state))
      expect(starts.length).toBeLessThanOrEqual(1)
      for (const state of targets) expect(Object.keys(table)).toContain(state)
      const endsFrom = (state: string, seen: readonly string[]): boolean => {
        const next = table[state] ?? []
        return (
          next.length === 0 || next.some((each) => !seen.includes(each) && endsFrom(each, [...seen, state]))
        )
      }
      if (noun !== 'incident')
        for (const state of Object.keys(table)) expect(endsFrom(state, []), state).toBe(true)
    },
  )

  /** What stands in the rows of one incident's service. */
  const facts = (name: string) =>
    world.read(async (tx) => {
      const incidents = await tx.db.selectFrom('incident').selectAll().where('service', '=', name).execute()
      const ids = [...incidents.map((incident) => incident.id), 'none']
      const runs = await tx.db
        .selectFrom('run')
        .selectAll()
        .where('incident_id', 'in', ids)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      const runIds = [...runs.map((run) => run.id), 'none']
      return {
        incidents,
        runs,
        requests: await tx.db
          .selectFrom('approval_request')
          .selectAll()
          .where('run_id', 'in', runIds)
          .execute(),
        votes: await tx.db.selectFrom('approval_decision').selectAll().execute(),
        permits: await tx.db.selectFrom('permit').selectAll().where('run_id', 'in', runIds).execute(),
        locks: await tx.db
          .selectFrom('target_lock')
          .selectAll()
          .where('target', '=', `test/${name}`)
          .execute(),
        outcomes: await tx.db
          .selectFrom('learning_outcome')
          .selectAll()
          .where('run_id', 'in', runIds)
          .execute(),
        outbox: await tx.db.selectFrom('outbox').selectAll().execute(),
        proposals: await tx.db.selectFrom('proposal').selectAll().where('incident_id', 'in', ids).execute(),
        buttons: await buttonsOf(tx, ids),
      }
    })

  /** Every button that can be pressed in the threads of these incidents, as `command subject`. */
  const buttonsOf = async (tx: Tx, incidentIds: readonly string[]): Promise<string[]> => {
    const cards = await tx.db
      .selectFrom('card')
      .select('body')
      .where('incident_id', 'in', incidentIds)
      .execute()
    const tokens = await tx.db.selectFrom('action_token').selectAll().execute()
    return cards
      .flatMap(({ body }) => body.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : [])))
      .flatMap((action) => tokens.filter(({ token }) => token === action.token))
      .map(({ command, subject }) => `${command} ${subject}`)
  }

  const act = async (
    command: Command,
    name: string,
    playbook: string,
    minute: { at: number },
  ): Promise<void> => {
    const { incidents, runs, requests } = await facts(name)
    const incident = incidents.at(-1)
    const run = runs.at(-1)
    const request = requests.find((each) => each.run_id === run?.id)
    const startsAt = () => Temporal.Instant.from('2026-11-22T14:00:00Z').add({ minutes: minute.at })
    const app = world.app
    const dies = (at: string) =>
      performRun(dyingAt(app, at), testTenant, run?.id ?? '').catch((error: unknown) => {
        if (!(error instanceof Died)) throw error
      })
    switch (command) {
      case 'fire':
        minute.at += 1
        await world.fire(name, { startsAt: startsAt() })
        return
      case 'resolve':
        return world.resolve(name, { startsAt: startsAt() })
      case 'heal':
        if (incident !== undefined) await healIncident(app, testTenant, incident.id)
        return
      case 'request': {
        if (incident === undefined) return
        const proposal = await world.proposalOf(incident.id, playbook).catch(() => null)
        if (proposal !== null) await requestRun(app, ada, proposal)
        return
      }
      case 'approve':
      case 'second approval':
      case 'reject':
        if (request !== undefined)
          await decideApproval(app, command === 'second approval' ? dora : chloe, {
            requestId: request.id,
            decision: command === 'reject' ? 'reject' : 'approve',
            reason: 'because',
          })
        return
      case 'cancel':
        if (run !== undefined) await cancelRun(app, ada, run.id)
        return
      case 'expire':
        if (request === undefined) return
        if (request.status === 'pending') world.shift(app.limits.approvalTtlMs)
        return expireApproval(app, testTenant, request.id)
      case 'perform':
        return performRun(app, testTenant, run?.id ?? '')
      case 'die meaning':
        return dies('intent:action:flag')
      case 'die acting':
        return dies('acted:action:flag')
      case 'die verifying':
        return dies('verifying')
      case 'let the lease end':
        world.shift(afterTheLeaseMs)
        return
      case 'let it be overdue':
        if (run?.deadline_at !== null && run?.finished_at === null)
          world.shift(app.limits.runBudgetMs + 5_000)
        await endOverdueRuns(app, vi.fn())
    }
  }

  const holds = async (name: string, service: EstateService): Promise<void> => {
    const { incidents, runs, requests, votes, permits, locks, outcomes, outbox, proposals, buttons } =
      await facts(name)
    const live = runs.filter((run) => run.finished_at === null)
    expect(live.length).toBeLessThanOrEqual(1)
    expect(incidents.filter((incident) => incident.status !== 'resolved').length).toBeLessThanOrEqual(1)
    for (const lock of locks) {
      const holder = runs.find((run) => run.id === lock.run_id)
      expect(['running', 'verifying', 'rolling_back', 'unknown']).toContain(holder?.status)
    }
    for (const run of live)
      if (run.status !== 'pending_approval') expect(outbox.map((row) => row.key)).toContain(run.id)
    for (const run of runs) {
      expect(outcomes.filter((outcome) => outcome.run_id === run.id)).toHaveLength(
        run.finished_at === null ? 0 : 1,
      )
      const [permit] = permits.filter((each) => each.run_id === run.id)
      if (run.started_at !== null) expect(permit?.status).toBe('used')
      const request = requests.find((each) => each.run_id === run.id)
      const approvals = votes.filter((vote) => vote.request_id === request?.id && vote.decision === 'approve')
      expect(approvals.map((vote) => vote.person_id)).not.toContain(run.requester_id)
      if (permit !== undefined) expect(approvals.length).toBeGreaterThanOrEqual(request?.quorum ?? 99)
    }
    // What has ended rings no more, and has no button.
    const rings = outbox.map(({ kind, key }) => `${kind} ${key}`)
    for (const run of runs)
      if (run.finished_at !== null) {
        expect(rings).not.toContain(`run ${run.id}`)
        expect(buttons).not.toContain(`cancel ${run.id}`)
      } else if (run.status !== 'pending_approval' && run.cancel_requested_by === null)
        expect(buttons).toContain(`cancel ${run.id}`)
    for (const request of requests) {
      const waits = request.status === 'pending'
      expect(rings.includes(`expire_approval ${request.id}`), request.id).toBe(waits)
      if (!waits) expect(rings).not.toContain(`remind_approval ${request.id}`)
      expect(buttons.includes(`approve ${request.id}`), request.id).toBe(waits)
      expect(buttons.includes(`reject ${request.id}`), request.id).toBe(waits)
    }
    for (const proposal of proposals)
      if (proposal.withdrawn_at !== null) expect(buttons).not.toContain(`request ${proposal.id}`)
    for (const incident of incidents)
      if (incident.status === 'resolved') expect(rings).not.toContain(`heal ${incident.id}`)
      else if (incident.status === 'open') expect(rings).toContain(`heal ${incident.id}`)
    // Nothing is done without a run that began, and nothing is done twice.
    const keys = service.calls.map((call) => call.split(' ')[1] ?? '')
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys)
      expect(runs.find((run) => key.startsWith(`${run.id}.`))?.started_at, key).not.toBeNull()
    // An incident without a firing alert is closed, unless something is under way or a person has to look.
    for (const incident of incidents)
      if (incident.firing === 0 && incident.status !== 'resolved')
        expect(
          live.length > 0 || runs.some((run) => ['unknown', 'rollback_failed'].includes(run.status)),
          `${incident.id} is ${incident.status} although nothing fires`,
        ).toBe(true)
  }

  it('R9 G8 D4 whatever people, alerts, workers and time do, states move by their tables and the promises hold', async () => {
    const story = fc.record({
      commands: fc.array(fc.constantFrom(...commands), { minLength: 4, maxLength: 12 }),
      // Most stories begin as stories do, or they would seldom get far.
      begins: fc.constantFrom(0, 3, 4, 4, 5),
      playbook: fc.constantFrom('two-steps', 'two-steps', 'grave'),
      heals: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(story, async ({ commands: told, begins, playbook, heals }) => {
        const { name, service } = world.take()
        service.heals = heals
        const minute = { at: 0 }
        const opening = (['fire', 'heal', 'request', 'approve', 'die meaning'] as const).slice(0, begins)
        for (const command of [...opening, ...told]) {
          await act(command, name, playbook, minute)
          await holds(name, service)
        }
      }),
      // Shrinking would take a service for each try; the seed tells it again.
      { numRuns: 45, endOnFailure: true },
    )
    const { rows } = await owner.query<{ noun: string; before: string; after: string; times: number }>(
      `select noun, before, after, count(*)::int as times from seen where before <> after group by 1, 2, 3`,
    )
    const wrong = rows.filter(({ noun, before, after }) => !(tables[noun]?.[before] ?? []).includes(after))
    expect(wrong).toEqual([])
    expect(rows.filter((row) => row.noun === 'run').length).toBeGreaterThan(5)
    const after = await owner.query(
      `select * from seen where noun = 'run' and before = after and before = any($1)`,
      [runStatuses.filter(isTerminal)],
    )
    expect(after.rows).toEqual([])
  })
})
