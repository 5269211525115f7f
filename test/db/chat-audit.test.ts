import { afterAll, beforeAll, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type ChatWorld, chatWorld, onSlack } from './chat-world.ts'
import { verifyProofFile, vkeysOf } from './seal-verify.ts'
import { keysInHand, sealAll } from './seal-world.ts'

let world: ChatWorld
const keys = keysInHand()
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

it('A2 /heal audit prove answers with a sentence and the proof file, for the thread of the incident', async () => {
  const { runId, incidentId } = await world.queued(world.take().name)
  await performRun(world.app, testTenant, runId)
  await sealAll(world, keys.source)
  const ask = (words: string) => world.commands.command(onSlack('UADA', { groups: ['SRES'] }), words)
  const { card, file } = await ask(`audit prove ${runId.toUpperCase()}`)
  expect(card).toMatchObject({ title: `Proof about ${runId}`, tone: 'good' })
  expect(JSON.stringify(card)).toMatch(
    /The \d+ entries about run-\d+, each proved to stand in the history of/,
  )
  expect(file).toMatchObject({ name: `suture-proof-${runId}.json`, threadId: null })
  expect(verifyProofFile(file?.text ?? '', await vkeysOf(world.app))).toMatchObject({
    ok: true,
    claim: { about: runId, complete: true },
  })
  // Once the incident is shown in Slack, the file goes there.
  await world.read((tx) =>
    tx.db
      .insertInto('card_delivery')
      .values({
        tenant_id: tx.tenantId,
        card_id: `${incidentId}/incident`,
        chat: 'slack',
        desired_version: 1,
        changed_at: tx.now,
        due_since: tx.now,
        due_at: tx.now,
        lane: 'incidents',
        position: 1,
        message_id: 'C1/1795369000.000100',
      })
      .execute(),
  )
  expect((await ask(`audit prove ${incidentId}`)).file).toMatchObject({ threadId: 'C1/1795369000.000100' })
  expect(await world.counts('audit_proved')).toBe(2)
  const nothing = await ask('audit prove run-999')
  expect(nothing.file).toBeUndefined()
  expect(JSON.stringify(nothing.card)).toContain('There is nothing called run-999')
  expect(JSON.stringify((await ask('audit prove')).card)).toContain('/heal audit prove RUN')
})
