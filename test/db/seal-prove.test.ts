import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchExport, openExport } from '../../src/app/audit/open-export.ts'
import { type Proved, proveAbout } from '../../src/app/audit/prove.ts'
import { readAudit } from '../../src/app/audit/read-audit.ts'
import { sha256 } from '../../src/app/audit/sha256.ts'
import { commit } from '../../src/app/commit.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { parseProof } from '../../src/domain/log/audit-proof.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'
import { verifyFile, verifyProofFile, vkeysOf } from './seal-verify.ts'
import { aSigner, keysInHand, sealAll, sealerOf, write } from './seal-world.ts'

describe('proofs of what was done', () => {
  let world: CoreWorld
  let vera: Caller
  let root: Caller
  let runId: string
  let incidentId: string
  const keys = keysInHand()
  beforeAll(async () => {
    world = await coreWorld()
    vera = await world.caller('Vera', ['viewer'])
    root = await world.caller('Root', ['admin'])
    await write(world.app, 700)
    await sealAll(world, keys.source)
    const { name } = world.take()
    ;({ runId, incidentId } = await world.queued(name))
    await performRun(world.app, testTenant, runId)
    await world.resolve(name)
    await sealAll(world, keys.source)
  })
  afterAll(() => world.close())

  const proved = async (about: string): Promise<Proved> => {
    const found = await proveAbout(world.app, vera, about)
    if (isRejection(found)) throw new Error(found.detail)
    return found
  }
  const eventsIn = (text: string): string[] => {
    const proof = parseProof(text, sha256)
    if (!proof.ok) throw new Error(proof.problem)
    return proof.value.entries.map(
      ({ entry }) => (JSON.parse(Buffer.from(entry).toString()) as { event: string }).event,
    )
  }

  it('A2 a proof about a run holds who requested, who approved, what ran and what came of it, and verifies offline', async () => {
    const proof = await proved(runId)
    expect(verifyProofFile(proof.text, await vkeysOf(world.app))).toMatchObject({
      ok: true,
      kind: 'proof',
      trust: { kind: 'pinned' },
      claim: { about: runId, complete: true },
    })
    expect(proof.complete).toBe(true)
    expect(proof.sentence).toMatch(
      new RegExp(
        `^The ${proof.entries} entries about ${runId}, each proved to stand in the history of ${proof.size} entries`,
      ),
    )
    expect(eventsIn(proof.text)).toEqual(
      expect.arrayContaining([
        'proposal_made',
        'approval_requested',
        'approval_vote',
        'approval_granted',
        'permit_issued',
        'run_started',
        'step_finished',
        'run_finished',
      ]),
    )
    expect(eventsIn(proof.text)).not.toContain('incident_opened')
    const whole = await proved(incidentId)
    expect(eventsIn(whole.text)).toEqual(
      expect.arrayContaining(['incident_opened', 'incident_resolved', 'run_finished']),
    )
    expect(whole.entries).toBeGreaterThan(proof.entries)
  })

  it('A2 by proposal and by request it is the same story, and what is not there is said', async () => {
    const { proposal_id: proposalId } = await world.run(runId)
    expect((await proved(proposalId)).entries).toBe((await proved(runId)).entries)
    const request = eventsIn((await proved(runId)).text)
    expect(request.length).toBeGreaterThan(8)
    for (const nothing of ['run-999', 'inc-999', 'req-999', 'x'])
      expect(await proveAbout(world.app, vera, nothing)).toMatchObject({ code: 'not_found' })
  })

  it('A1 taking a proof or the whole history is itself in the history', async () => {
    await proved(runId)
    const found = await readAudit(world.app, root, { events: ['audit_proved'], limit: 1 })
    expect(found).toMatchObject({
      items: [
        { event: 'audit_proved', actor: { name: 'Vera' }, subject: 'suture.test/audit/lab', index: null },
      ],
    })
    expect(await openExport(world.app, vera)).toMatchObject({ code: 'forbidden' })
    const ticket = await openExport(world.app, root)
    if (isRejection(ticket)) throw new Error(ticket.detail)
    const file = await fetchExport(world.app, root, ticket.id)
    if (isRejection(file)) throw new Error(file.detail)
    const bytes = Buffer.concat(await Array.fromAsync(file.body))
    expect(verifyFile(bytes, { pinned: await vkeysOf(world.app) })).toMatchObject({
      ok: true,
      size: ticket.entries,
    })
    // A ticket is for one person, and for an hour.
    expect(await fetchExport(world.app, vera, ticket.id)).toMatchObject({ code: 'not_found' })
    expect(await fetchExport(world.app, root, 'another')).toMatchObject({ code: 'not_found' })
    world.shift(3_600_001)
    expect(await fetchExport(world.app, root, ticket.id)).toMatchObject({ code: 'not_found' })
    world.shift(-3_600_001)
  })

  it('A2 a proof says when not all of it is sealed yet, and goes back to keys that are no more', async () => {
    const [first = ''] = await vkeysOf(world.app)
    keys.set({ next: aSigner() })
    const sealer = sealerOf(world.app, keys.source)
    await sealer.turn()
    await write(world.app, 1)
    await sealer.turn()
    expect(sealer.problems()).toEqual([])
    const after = await proved(incidentId)
    expect(verifyProofFile(after.text, [first])).toMatchObject({ ok: true, trust: { kind: 'introduced' } })
    await commit(world.app, testTenant, async (_tx, out) =>
      out.audit(
        { event: 'message_posted', actor: 'person_eve', subject: incidentId, details: { text: 'more' } },
        incidentId,
      ),
    )
    const again = await proved(incidentId)
    expect(again.complete).toBe(false)
    expect(again.sentence).toContain('that are sealed so far')
  })

  it('A1 entries are read by person, service, incident, event and time, page by page, and only an admin sees all', async () => {
    const all: string[] = []
    let after: string | undefined
    do {
      const page = await readAudit(world.app, root, { after, limit: 200 })
      if (isRejection(page)) throw new Error(page.detail)
      all.push(...page.items.map(({ id }) => id))
      after = page.next ?? undefined
    } while (after !== undefined)
    const rows = await world.read((tx) =>
      tx.db.selectFrom('audit_entry').select('id').orderBy('at', 'desc').orderBy('seq', 'desc').execute(),
    )
    expect(all).toEqual(rows.map(({ id }) => id))
    const read = async (caller: Caller, filter: object) => {
      const page = await readAudit(world.app, caller, { limit: 200, ...filter })
      if (isRejection(page)) throw new Error(page.detail)
      return page.items
    }
    const { service } = await world.incident(incidentId)
    expect(new Set((await read(root, { service })).map((each) => each.incidentId))).toEqual(
      new Set([incidentId]),
    )
    expect((await read(root, { actor: 'person_chloe' })).map((each) => each.event)).toEqual(['approval_vote'])
    expect(await read(vera, { actor: 'person_ada', events: ['message_posted'] })).toEqual([])
    const begun = (await read(root, { events: ['run_started'] }))[0]
    const at = Temporal.Instant.from(begun?.at ?? '')
    expect((await read(root, { from: at, to: at.add({ milliseconds: 1 }) })).map(({ id }) => id)).toContain(
      begun?.id,
    )
    expect(await readAudit(world.app, root, { after: 'nonsense', limit: 5 })).toMatchObject({
      code: 'invalid',
    })
  })
})
