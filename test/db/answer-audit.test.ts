import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { answerQuestion } from '../../src/app/answer-question.ts'
import { readAudit } from '../../src/app/audit/read-audit.ts'
import { answerOutside } from '../../src/app/chat/ask.ts'
import { commit } from '../../src/app/commit.ts'
import { postMessage } from '../../src/app/post-message.ts'
import { readTimeline } from '../../src/app/read/timeline.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { inTenant } from '../../src/storage/database.ts'
import { aWorld, bruno, fire, tenant, type World } from './answer-support.ts'

/** Entries outside of incidents are for admins; what others read along must not tell them. */

const root: Caller = {
  tenantId: tenant,
  person: { id: 'person_root', name: 'Root', kind: 'human', roles: ['admin'] },
  via: 'console',
  scopes: ['read', 'respond', 'approve', 'admin'],
}

const worldWithSecret = async (): Promise<World> => {
  const world = await aWorld()
  await commit(world.app, tenant, async (_tx, out) =>
    out.audit({
      event: 'key_created',
      actor: 'person_cora',
      subject: 'key_of_the_payroll',
      details: { name: 'payroll', scopes: ['read'] },
    }),
  )
  return world
}

const eventsSeenBy = async (world: World, caller: Caller): Promise<string[]> => {
  const page = await readAudit(world.app, caller, { limit: 200 })
  if (isRejection(page)) throw new Error(page.detail)
  return page.items.map(({ event }) => event)
}

it('A1 Q1 an admin who asks in a thread is told what everybody may see; alone, everything', async () => {
  const world = await worldWithSecret()
  const { incidentId } = await fire(world.app)
  await postMessage(world.app, root, incidentId, 'what did Cora do today?')
  const inThread = await inTenant(world.app.store, tenant, (tx) =>
    tx.db
      .selectFrom('card')
      .select('body')
      .where('incident_id', '=', incidentId)
      .where('kind', '=', 'answer')
      .execute(),
  )
  expect(inThread).toHaveLength(1)
  expect(JSON.stringify(inThread)).toContain('is not told where others read along')
  expect(JSON.stringify(inThread)).not.toMatch(/payroll|made the key/i)
  // A mention in a channel is read by all of it.
  const aloud = await answerOutside(world.app, root, 'what did Cora do today?')
  expect(aloud === null ? '' : plainText(aloud.card)).not.toMatch(/payroll/)
  const alone = await answerOutside(world.app, root, 'what did Cora do today?', { alone: true })
  expect(alone === null ? '' : plainText(alone.card)).toMatch(/payroll/)
})

it('A1 H2 the key of an admin that may only read sees what everybody sees', async () => {
  const world = await worldWithSecret()
  await fire(world.app)
  expect(await eventsSeenBy(world, root)).toContain('key_created')
  const narrow = await eventsSeenBy(world, { ...root, via: 'key', scopes: ['read'] })
  expect(narrow).not.toContain('key_created')
  expect(narrow).toEqual(await eventsSeenBy(world, bruno))
})

it('A1 Q1 what somebody has written into the database past Suture hides nothing of the rest', async () => {
  const world = await aWorld()
  const { incidentId } = await fire(world.app)
  await inTenant(world.app.store, tenant, async ({ db }) => {
    for (const [event, text] of [
      ['refused', 'no json'],
      ['incident_resolved', 'null'],
      ['constructor', '{"details":[]}'],
      ['question_answered', '[]'],
    ])
      await sql`insert into audit_entry (tenant_id, id, at, event, actor, subject, incident_id, bytes, leaf_hash)
        values (${tenant}, gen_random_uuid(), now(), ${event}, 'person_bruno', 'inc-1', ${incidentId}, convert_to(${text}, 'UTF8'),
          sha256('\\x00'::bytea || convert_to(${text}, 'UTF8')))`.execute(db)
  })
  expect(await eventsSeenBy(world, bruno)).toContain('incident_opened')
  const told = await readTimeline(world.app, tenant, incidentId, { limit: 50 })
  expect(JSON.stringify(told)).toContain('incident_opened')
  for (const question of ['what happened?', 'what was refused here?', 'what did Bruno do today?']) {
    const card = await answerQuestion(world.app, tenant, {
      text: question,
      incidentId,
      askedBy: bruno.person,
    })
    expect(card?.title, question).not.toBe('I did not understand that')
  }
})
