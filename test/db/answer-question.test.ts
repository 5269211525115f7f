import { beforeEach, describe, expect, it } from 'vitest'
import { answerQuestion } from '../../src/app/answer-question.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import {
  alma,
  aWorld,
  bruno,
  cora,
  fire,
  healedIn,
  otherTenant,
  proposedIn,
  requestedIn,
  tenant,
  vera,
  type World,
} from './answer-support.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
  return undefined
})

const ask = async (
  text: string,
  incidentId: string | null,
  by: Caller = bruno,
  tenantId = tenant,
): Promise<string> => {
  const card = await answerQuestion(world.app, tenantId, { text, incidentId, askedBy: by.person })
  return card === null ? 'no answer' : plainText(card)
}

const proposed = () => proposedIn(world)
const requested = () => requestedIn(world)
const healed = () => healedIn(world)

/** The kinds of sentences in the order they must come, times left out. */
const sentences = (text: string): string[] =>
  text
    .split('\n')
    .slice(1, -1)
    .map((line) => line.replace(/^\S+Z {2}/, ''))

describe('Q1 what happened', () => {
  it('Q1 Q2 tells a healed incident from the alert to the end, in order', async () => {
    const { incidentId, proposalId, requestId, runId } = await healed()
    const text = await ask('what happened?', incidentId)
    const expected = [
      /^Alert CheckoutDown fired, from alertmanager\.$/,
      /^Evidence: No earlier incident of checkout is on record\.$/,
      /^Diagnosis: .+, \d+ % likely\.$/,
      new RegExp(
        `^Suture proposed Restart the service on checkout \\(${proposalId}\\): never tried here\\.$`,
      ),
      new RegExp(`^Alma requested Restart the service \\(${requestId}\\)\\.$`),
      new RegExp(
        `^Alma was refused \\(approve ${requestId}\\): Alma requested this and so cannot approve it\\.$`,
      ),
      new RegExp(`^Cora approved ${requestId}: looks right\\.$`),
      new RegExp(`^${runId} \\(Restart the service\\) began\\.$`),
      new RegExp(`^Step “Restart the service” of ${runId} succeeded after .+: restarted as pid 17\\.$`),
      new RegExp(`^Verification “.+” of ${runId} succeeded`),
      new RegExp(`^${runId} succeeded`),
      /^Resolved after \d+ min: /,
    ]
    const lines = sentences(text)
    let from = 0
    for (const each of expected) {
      const at = lines.findIndex((line, index) => index >= from && each.test(line))
      expect(at, `${each} after line ${from} of\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0)
      from = at + 1
    }
    expect(text).toContain(
      `Read as: what happened in ${incidentId} · Rests on ${incidentId}, ${proposalId}, ${runId}, ${requestId}, audit `,
    )
    expect(text).toContain('Complete, as of ')
  })

  it('Q1 about one run it tells that run alone', async () => {
    const { incidentId, runId } = await healed()
    const lines = sentences(await ask(`what happened in ${runId}?`, null))
    expect(lines[0]).toMatch(/^Alma requested/)
    expect(lines.at(-1)).toMatch(new RegExp(`^${runId} succeeded`))
    expect(lines.join('\n')).not.toContain('CheckoutDown')
    expect(incidentId).toMatch(/^inc-/)
  })

  it('Q1 Q2 about a service it is the newest incident, and says that there were others', async () => {
    await healed()
    world.later({ hours: 1 })
    const second = await fire(world.app, { title: 'CheckoutSlow' })
    const text = await ask('what happened to checkout-api?', null)
    expect(text).toContain('Alert CheckoutSlow fired')
    expect(text).toContain(
      `In part: checkout has had other incidents; this is about ${second.incidentId} alone`,
    )
  })

  it('Q2 a story of many lines says how many it leaves out', async () => {
    const { incidentId, requestId } = await requested()
    for (let attempt = 0; attempt < 45; attempt += 1)
      await decideApproval(world.app, bruno, { requestId, decision: 'approve', reason: '' })
    const text = await ask('what happened?', incidentId)
    expect(sentences(text)).toHaveLength(40)
    expect(text).toMatch(
      /In part: \d+ lines in the middle are left out; the timeline of inc-\d+ has them all/,
    )
  })
})

describe('Q1 who approved', () => {
  it('Q1 names who approved what, who asked, and when', async () => {
    const { incidentId, requestId, runId } = await healed()
    const text = await ask('who approved it?', incidentId)
    expect(text).toMatch(
      new RegExp(`Cora approved Restart the service \\(${requestId}, ${runId}\\), \\S+Z: looks right\\.`),
    )
    expect(text).toContain('It was requested by Alma')
    expect(text).not.toContain('Alma approved')
  })

  it('Q1 nobody has, and who may', async () => {
    const { incidentId, proposalId } = await proposed()
    expect(await ask('who approved?', incidentId)).toContain(
      `Nobody: nothing has been requested in ${incidentId}.`,
    )
    await requestRun(world.app, alma, proposalId)
    expect(await ask('who approved?', incidentId)).toContain(
      '0 of 1 approval, by approver, and not by whoever requested it',
    )
  })
})

describe('Q1 why', () => {
  it('Q1 why is it blocked: nobody has requested, then nobody has approved', async () => {
    const { incidentId, proposalId } = await proposed()
    expect(await ask('why is it blocked?', incidentId)).toContain(
      `Nobody has requested Restart the service (${proposalId}) yet.`,
    )
    const asked = await requestRun(world.app, alma, proposalId)
    expect(await ask("why isn't it running?", incidentId)).toContain(
      `waits for approval (${isRejection(asked) ? '' : asked.requestId})`,
    )
  })

  it('Q1 why was I refused is about whoever asks, why was it refused about everybody', async () => {
    const { incidentId, requestId } = await requested()
    await decideApproval(world.app, bruno, { requestId, decision: 'approve', reason: '' })
    expect(await ask('why was I refused?', incidentId, bruno)).toContain(
      `Bruno was refused (approve ${requestId}): Bruno does not have the role to approve this.`,
    )
    expect(await ask('why was I refused?', incidentId, vera)).not.toContain('Bruno')
    expect(await ask('why was it refused?', incidentId, vera)).toContain('Bruno was refused')
  })

  it("Q1 why can't I approve is answered before anybody tries", async () => {
    const { incidentId, requestId } = await requested()
    expect(await ask("why can't I approve it?", incidentId, alma)).toContain(
      `You can't approve ${requestId} now: Alma requested this and so cannot approve it.`,
    )
  })

  it('Q1 a rejection is told with its reason', async () => {
    const { incidentId, requestId } = await requested()
    await decideApproval(world.app, cora, { requestId, decision: 'reject', reason: 'wait for the backup' })
    expect(await ask('why was it rejected?', incidentId)).toContain(
      `Cora rejected ${requestId} (Restart the service), requested by Alma: wait for the backup.`,
    )
  })
})

describe('Q1 what runs, where it stands, what is next', () => {
  it('Q1 what runs lists what waits too, and nothing when nothing does', async () => {
    expect(await ask('what runs?', null)).toContain('Nothing.')
    const { runId, incidentId } = await requested()
    expect(await ask('what runs?', null)).toContain(
      `Restart the service on checkout (${runId}, ${incidentId}) waits for approval`,
    )
    expect(await ask('what is running?', null)).toContain('Nothing.')
    expect(await ask('what waits for approval?', null)).toContain(runId)
  })

  it('Q1 status of a thread, of a service, and of everything', async () => {
    const { incidentId } = await proposed()
    expect(await ask('status?', incidentId)).toContain(
      'CheckoutDown on checkout is open; it waits for people.',
    )
    expect(await ask('how is checkout doing?', null)).toContain('1 alert still firing')
    expect(await ask('which incidents are open?', null)).toContain(
      `CheckoutDown (${incidentId}, checkout, critical)`,
    )
    expect(await ask('status of search?', null)).toContain('There is no incident of search on record.')
  })

  it('Q1 what can I do now depends on who asks', async () => {
    const { incidentId, proposalId } = await proposed()
    expect(await ask('what can I do now?', incidentId, bruno)).toContain(
      `You can: Request Restart the service (${proposalId}).`,
    )
    expect(await ask('what can I do now?', incidentId, vera)).toContain(
      'Vera may look, but not request. Ask someone with the role responder.',
    )
    const asked = await requestRun(world.app, alma, proposalId)
    const requestId = isRejection(asked) ? '' : asked.requestId
    expect(await ask('what next?', incidentId, alma)).toContain(
      `You can't approve or reject Restart the service (${requestId}): Alma requested this`,
    )
    expect(await ask('what next?', incidentId, cora)).toContain(
      `You can: Approve or reject Restart the service (${requestId}).`,
    )
  })

  it('Q1 after the end there is nothing to do', async () => {
    const { incidentId } = await healed()
    expect(await ask('what can I do now?', incidentId)).toContain(`Nothing: ${incidentId} has resolved.`)
  })
})

describe('Q1 what is not there', () => {
  it('Q1 chatter gets no answer, and what is not understood says so', async () => {
    const { incidentId } = await proposed()
    expect(await ask('I am looking at the database', incidentId)).toBe('no answer')
    expect(await ask('who approved it twice?', incidentId)).toContain('I did not understand that')
  })

  it("Q1 another tenant's incident looks like one that never was", async () => {
    const theirs = await fire(world.app, {}, otherTenant)
    const absent = (await ask('what happened in inc-999999?', null)).split('\n')[1]
    expect(absent).toBe('There is no inc-999999 here.')
    expect((await ask(`what happened in ${theirs.incidentId}?`, null)).split('\n')[1]).toBe(
      `There is no ${theirs.incidentId} here.`,
    )
    expect(await ask('which incidents are open?', null)).toContain('No incident is open.')
    expect(await ask('which incidents are open?', null, bruno, otherTenant)).toContain(theirs.incidentId)
  })
})
