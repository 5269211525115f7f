import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { revokeApproval } from '../../src/app/approval/revoke-approval.ts'
import { postMessage } from '../../src/app/post-message.ts'
import { readPostmortem } from '../../src/app/read/postmortem.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

let world: CoreWorld
beforeAll(async () => {
  world = await coreWorld()
})
afterAll(() => world.close())

const draftOf = async (incidentId: string): Promise<string> =>
  (await readPostmortem(world.app, testTenant, incidentId))?.markdown ?? 'none'

describe('the draft of a postmortem, from what is recorded', () => {
  it('C8 of a healed incident tells thread, refusal, approval, steps, verification and end, in the zone of the service', async () => {
    await world.configure({}, (catalogue) =>
      catalogue.replace(
        '  - name: plain-1\n',
        '  - name: plain-1\n    owner: team-one\n    timeZone: Asia/Tokyo\n',
      ),
    )
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const { runId, requestId } = await world.requested(incidentId, 'two-steps')
    const ada = await world.caller('Ada', ['responder', 'approver'])
    const chloe = await world.caller('Chloe', ['approver'])
    const vote = { requestId, decision: 'approve' as const, reason: 'the *flag* it is' }
    expect(isRejection(await decideApproval(world.app, ada, vote))).toBe(true)
    const posted = await postMessage(world.app, ada, incidentId, '# Over\n\nsee https://evil.example')
    expect(isRejection(posted)).toBe(false)
    await decideApproval(world.app, chloe, vote)
    await performRun(world.app, testTenant, runId)
    await world.resolve(name)

    const text = await draftOf(incidentId)
    const expected = [
      new RegExp(`^# Postmortem \\(draft\\): `),
      new RegExp(`^- Where: \\*\\*${name}\\*\\*, owned by team-one\\.$`),
      /^- Who was affected: by the catalogue nothing else depends on it/,
      new RegExp(`^- To approve: ${requestId} approved after \\d+ m?s\\.$`),
      new RegExp(`^- To run: ${runId} took \\d+ m?s\\.$`),
      /^- To recover: \d+ m?s, /,
      /^Times are those of Asia\/Tokyo, /,
      /^- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(.*\d\d:\d\d:\d\d UTC\): Alert \*\*.+\*\* fired, from alertmanager\.$/,
      new RegExp(`UTC\\): \\*\\*Ada \\(responder\\)\\*\\* was refused \\(approve ${requestId}\\): `),
      /UTC\): \*\*Ada \(responder\)\*\* wrote: \\# Over see `https:\/\/evil\.example`$/,
      new RegExp(
        `UTC\\): \\*\\*Chloe \\(approver\\)\\*\\* approved ${requestId}: the \\\\\\*flag\\\\\\* it is\\.$`,
      ),
      new RegExp(`UTC\\): Step “.+” of ${runId} succeeded`),
      /UTC\): Resolved after /,
      new RegExp(
        `^- ${requestId} \\(${runId}\\): requested by \\*\\*Ada \\(responder\\)\\*\\* .+; approved by \\*\\*Chloe \\(approver\\)\\*\\* `,
      ),
      new RegExp(`^- ${runId}: \\*\\*Two steps\\*\\* succeeded.*; verified: the service recovered$`),
      new RegExp(`^- Records: ${incidentId}, .*${runId}, ${requestId}, audit [0-9a-f]{8}`),
      /^- Complete: /,
    ]
    const lines = text.split('\n')
    let from = 0
    for (const each of expected) {
      const at = lines.findIndex((line, index) => index >= from && each.test(line))
      expect(at, `${each} after line ${from} of\n${text}`).toBeGreaterThanOrEqual(0)
      from = at + 1
    }
  })

  it('C8 tells what the story of an answer leaves out, too: that an approval was taken back', async () => {
    const { name } = world.take()
    const { incidentId, runId } = await world.queued(name)
    const requestId = /req-\d+/.exec(await draftOf(incidentId))?.[0] ?? ''
    const chloe = await world.caller('Chloe', ['approver'])
    expect(isRejection(await revokeApproval(world.app, chloe, requestId, 'wrong *flag*'))).toBe(false)
    const text = await draftOf(incidentId)
    expect(text).toContain(`UTC: Chloe (approver) took the approval of ${requestId} back: wrong \\*flag\\*.`)
    expect(text).toContain(`- ${runId}: **Two steps** was canceled: `)
  })

  it('C8 of an incident that nobody has looked into says what is not known; of none there is no draft', async () => {
    const incidentId = await world.fire(world.take().name)
    const text = await draftOf(incidentId)
    expect(text).toContain('- To run: nothing ran.\n- To recover: not recovered yet.')
    expect(text).toContain('No evidence is on record.\n\nNo diagnosis was made.')
    expect(text).toContain('- Not complete: the incident is not over.')
    expect(await readPostmortem(world.app, testTenant, 'inc-999999')).toBeNull()
    expect(await readPostmortem(world.app, 'another', incidentId)).toBeNull()
  })
})
