import { beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { postMessage } from '../../src/app/post-message.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { inTenant } from '../../src/storage/database.ts'
import { aWorld, bruno, fire, nobody, tenant, vera, type World } from './answer-support.ts'

let world: World
let incidentId: string

beforeEach(async () => {
  world = await aWorld()
  incidentId = (await fire(world.app)).incidentId
  return undefined
})

const rows = (app: App) =>
  inTenant(app.store, tenant, async (tx) => ({
    messages: await tx.db.selectFrom('message').selectAll().execute(),
    answers: await tx.db.selectFrom('card').selectAll().where('kind', '=', 'answer').execute(),
    audit: (
      await tx.db
        .selectFrom('audit_entry')
        .selectAll()
        .where('event', 'in', ['message_posted', 'question_answered', 'refused'])
        .orderBy('seq')
        .execute()
    ).map((row) => ({
      event: row.event,
      actor: row.actor,
      text: row.bytes.toString('utf8'),
    })),
  }))

const posted = async (body: string, caller = bruno) => {
  const result = await postMessage(world.app, caller, incidentId, body)
  if (isRejection(result)) throw new Error(result.detail)
  return result
}

describe('Q1 a message in a thread', () => {
  it('Q1 a question is answered by one card in the same thread, in the main channel of the service', async () => {
    const { id, createdAt } = await posted('  what happened?  ')
    const { messages, answers, audit } = await rows(world.app)
    expect(messages).toMatchObject([
      { id, body: 'what happened?', author_id: 'person_bruno', incident_id: incidentId },
    ])
    expect(messages[0]?.created_at.equals(createdAt)).toBe(true)
    expect(answers).toMatchObject([
      {
        id: `${incidentId}/answer/${id}`,
        channel: 'shop',
        body: { kind: 'answer', title: `What happened in ${incidentId}` },
      },
    ])
    expect(audit.map((entry) => entry.event)).toEqual(['message_posted', 'question_answered'])
    expect(audit[1]?.text).toContain('"subject":"what_happened"')
    expect(audit[1]?.text).toContain('"complete":true')
  })

  it('Q1 chatter is kept and not answered', async () => {
    await posted('I am looking at the database')
    const { messages, answers, audit } = await rows(world.app)
    expect([messages.length, answers.length, audit.length]).toEqual([1, 0, 1])
  })

  it('Q1 what was written is not in the audit log, only its digest', async () => {
    await posted('the password is hunter2, what happened?')
    const { audit } = await rows(world.app)
    expect(audit).toHaveLength(2)
    expect(audit.map((entry) => entry.text).join()).not.toContain('hunter2')
    expect(audit[0]?.text).toMatch(/"sha256":"[0-9a-f]{64}"/)
  })

  it('Q1 a viewer asks and does not write; somebody without a role does neither', async () => {
    await posted('what happened?', vera)
    expect(await postMessage(world.app, vera, incidentId, 'restart it')).toMatchObject({
      rejected: true,
      code: 'forbidden',
    })
    expect(await postMessage(world.app, nobody, incidentId, 'what happened?')).toMatchObject({
      rejected: true,
      code: 'forbidden',
    })
    const { messages, audit } = await rows(world.app)
    expect(messages).toHaveLength(1)
    expect(audit.filter((entry) => entry.event === 'refused').map((entry) => entry.actor)).toEqual([
      'person_vera',
      'person_nobody',
    ])
  })

  it.each([
    ['nothing', '   ', 'invalid'],
    ['4,001 characters', 'a'.repeat(4_001), 'too_large'],
    ['U+0000', 'what\u0000happened?', 'invalid'],
    ['half a surrogate pair', 'what happened \ud800?', 'invalid'],
  ])('Q1 %s is refused and leaves no row', async (_, body, code) => {
    expect(await postMessage(world.app, bruno, incidentId, body)).toMatchObject({ rejected: true, code })
    expect((await rows(world.app)).messages).toEqual([])
  })

  it('Q1 an incident that is not there is not found', async () => {
    expect(await postMessage(world.app, bruno, 'inc-999999', 'what happened?')).toMatchObject({
      rejected: true,
      code: 'not_found',
    })
  })

  it('Q1 a message stays posted when its answer fails, and the fault is logged', async () => {
    const failing: App = {
      ...world.app,
      checkpoint: async (name) => {
        if (name === 'committing:question_answered') throw new Error('pulled the plug')
      },
    }
    const result = await postMessage(failing, bruno, incidentId, 'what happened?')
    expect(isRejection(result)).toBe(false)
    const { messages, answers } = await rows(world.app)
    expect([messages.length, answers.length]).toEqual([1, 0])
    expect(world.logged).toHaveLength(1)
  })
})
