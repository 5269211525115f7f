import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { SelfCheck } from '../../src/app/self-test/check.ts'
import { startSelfTest } from '../../src/app/self-test/run-self-test.ts'
import type { Card } from '../../src/domain/card.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { passes, type SelfTest } from '../../src/domain/self-test.ts'
import { selfTestCard } from '../../src/message/self-test-card.ts'
import { testTenant } from '../support/app.ts'
import { type ChatWorld, chatWorld, onSlack, words } from './chat-world.ts'
import { verifyProofFile, vkeysOf } from './seal-verify.ts'
import { keysInHand, sealAll } from './seal-world.ts'

let world: ChatWorld
const keys = keysInHand()
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

const responder = onSlack('URES', { groups: ['SRES'] })
let messages = 0
const say = (text: string, threadId: string | null = null) => {
  messages += 1
  return world.commands.say(responder, { text, threadId, messageKey: `L/${messages}` })
}
const stepsIn = (card: Card) => {
  const steps = card.blocks.find((block) => block.kind === 'steps')
  if (steps?.kind !== 'steps') throw new Error(`no steps in ${words(card)}`)
  return steps
}

describe('Q3 a self-test that is asked for in a chat', () => {
  it('Q3 shows how far it is, check by check, and its report takes that place', async () => {
    const caller = await world.caller('Rita', ['responder'])
    const gates = ['one', 'two', 'three'].map((name) => ({ name, ...Promise.withResolvers<void>() }))
    const checks = gates.map(
      ({ name, promise }): SelfCheck => ({
        name,
        shows: `${name} works`,
        look: async () => {
          await promise
          return name === 'two'
            ? { status: 'fail', detail: 'it is down', remedy: 'Start it.' }
            : passes('it works')
        },
      }),
    )
    const seen: SelfTest[] = []
    const started = await startSelfTest(world.app, caller, { checks, onStep: (test) => seen.push(test) })
    if (isRejection(started)) throw new Error(started.detail)
    expect(stepsIn(selfTestCard(started.test))).toMatchObject({
      done: 0,
      total: 3,
      steps: [
        { title: 'one', mark: 'running' },
        { title: 'two', mark: 'running' },
        { title: 'three', mark: 'running' },
      ],
    })
    for (const name of ['two', 'three', 'one']) gates.find((gate) => gate.name === name)?.resolve()
    const whole = await started.ended
    expect(seen.map(({ done }) => done)).toEqual([1, 2, 3])
    const [first] = seen.map(selfTestCard)
    expect([
      first?.tone,
      first?.status,
      stepsIn(first as Card).steps.map(({ title, mark }) => [title, mark]),
    ]).toEqual([
      'bad',
      '1 of 3 done',
      [
        ['two', 'failed'],
        ['one', 'running'],
        ['three', 'running'],
      ],
    ])
    const report = selfTestCard(whole as SelfTest)
    expect(words(report)).toContain('1 check of 3 failed: see what to do beside each.')
    expect(stepsIn(report)).toMatchObject({ done: 2, total: 3 })
  })

  it('Q3 C1 /heal test begins at once, for whoever asked, and goes on to the verdict', async () => {
    const { card, ephemeral, live } = await world.commands.command(responder, 'test')
    expect([ephemeral, stepsIn(card).done]).toEqual([true, 0])
    const shown: Card[] = []
    await live?.(async (next) => void shown.push(next))
    const done = shown.map((each) => stepsIn(each).done)
    expect(done.slice(0, -1)).toEqual(done.slice(0, -1).toSorted((one, other) => one - other))
    expect(words(shown.at(-1) as Card)).toMatch(/All \d+ checks passed|checks? of \d+ failed/)
    expect(words(shown.at(-1) as Card)).toContain('Asked for by URES')
  })

  it('Q3 Q1 “run the tests” does the same in words, with what every answer says of itself', async () => {
    const reply = await say('run the tests')
    expect(words(reply?.card as Card)).toContain('Read as: run the self-test')
    const shown: Card[] = []
    await reply?.live?.(async (next) => void shown.push(next))
    expect(words(shown.at(-1) as Card)).toMatch(/\d+ of \d+ passed[\s\S]*Read as: run the self-test/)
  })

  it('Q3 C5 in the thread of an incident it is one card, whose versions the chats follow', async () => {
    const incidentId = await world.proposed(world.take().name)
    await shownIn(incidentId, 'C1/21.01')
    expect(await say('run the tests?', 'C1/21.01')).toBeNull()
    const cards = await world.read((tx) =>
      tx.db
        .selectFrom('card')
        .selectAll()
        .where('incident_id', '=', incidentId)
        .where('kind', '=', 'answer')
        .execute(),
    )
    expect(cards).toHaveLength(1)
    expect(cards[0]?.version).toBeGreaterThan(1)
    expect(JSON.stringify(cards[0]?.body)).toMatch(/All \d+ checks passed|checks? of \d+ failed/)
  })

  it('G8 whoever may not is refused, and sees no test begin', async () => {
    const { card, live } = await world.commands.command(onSlack('UV', { groups: ['SVIEW'] }), 'test')
    expect([live, words(card)]).toEqual([undefined, expect.stringContaining('may not run the tests')])
  })
})

const shownIn = (incidentId: string, messageId: string) =>
  world.read((tx) =>
    tx.db
      .insertInto('card_delivery')
      .values({
        tenant_id: tx.tenantId,
        card_id: `${incidentId}/incident`,
        chat: 'slack',
        desired_version: 1,
        changed_at: tx.now,
        message_id: messageId,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'card_id', 'chat']).doUpdateSet({ message_id: messageId }),
      )
      .execute(),
  )

describe('A2 a proof that is asked for in words', () => {
  it('A2 Q1 comes with its file, in a message of its own and in the thread', async () => {
    const { runId, incidentId } = await world.queued(world.take().name)
    await performRun(world.app, testTenant, runId)
    await shownIn(incidentId, 'C1/22.01')
    await sealAll(world, keys.source)
    const pinned = await vkeysOf(world.app)
    const alone = await say(`prove ${runId}`)
    expect(words(alone?.card as Card)).toContain(`Proof of ${runId}`)
    expect(alone?.file).toMatchObject({ name: `suture-proof-${runId}.json`, threadId: 'C1/22.01' })
    expect(verifyProofFile(alone?.file?.text ?? '', pinned)).toMatchObject({
      ok: true,
      claim: { about: runId },
    })
    const inThread = await say(`can you prove ${incidentId}?`, 'C1/22.01')
    expect(inThread).toMatchObject({
      ephemeral: true,
      file: { name: `suture-proof-${incidentId}.json`, threadId: 'C1/22.01' },
    })
    expect(verifyProofFile(inThread?.file?.text ?? '', pinned)).toMatchObject({
      ok: true,
      claim: { about: incidentId },
    })
    const asked = await world.commands.command(responder, `ask prove ${runId}`)
    expect(asked.file).toMatchObject({ name: `suture-proof-${runId}.json` })
    expect((await say('which incidents are open?'))?.file).toBeUndefined()
  })
})
