import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { createChatCommands } from '../../src/app/chat/commands.ts'
import type { Card } from '../../src/domain/card.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { type ChatWorld, chatWorld, onDiscord, onSlack, words } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

let messages = 0
const say = (text: string, threadId: string | null = null, user = onSlack('U1')) => {
  messages += 1
  return world.commands.say(user, { text, threadId, messageKey: `C1/${messages}` })
}
const messagesOf = (incidentId: string) =>
  world.read((tx) => tx.db.selectFrom('message').selectAll().where('incident_id', '=', incidentId).execute())
const answersOf = (incidentId: string) =>
  world.read((tx) =>
    tx.db
      .selectFrom('card')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('kind', '=', 'answer')
      .execute(),
  )
/** As delivery leaves it: the head of the incident's thread stands in Slack. */
const headOnSlack = (incidentId: string, messageId: string, tenantId?: string) =>
  world.read(
    (tx) =>
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
    tenantId,
  )

describe('C1 C2 a message in the thread of an incident', () => {
  it('C1 Q1 is kept once, however often it is delivered, and its answer is a card in the thread', async () => {
    const incidentId = await world.proposed(world.take().name)
    await headOnSlack(incidentId, 'C1/17.01 C2/17.02')
    for (const threadId of ['C1/17.01', 'C2/17.02']) {
      const said = { text: 'what happened?', threadId, messageKey: `${threadId}/1` }
      const replies = await Promise.all(
        Array.from({ length: 5 }, () => world.commands.say(onSlack('U1'), said)),
      )
      expect(replies).toEqual([null, null, null, null, null])
    }
    expect((await messagesOf(incidentId)).map((row) => [row.body, row.author_id])).toEqual([
      ['what happened?', 'slack-u1'],
      ['what happened?', 'slack-u1'],
    ])
    expect(await answersOf(incidentId)).toHaveLength(2)
  })

  it('C1 chatter is kept without an answer; a part of an id, or another thread, is none of ours', async () => {
    const incidentId = await world.proposed(world.take().name)
    await headOnSlack(incidentId, 'C1/18.01')
    expect(await say('I am on it', 'C1/18.01')).toBeNull()
    for (const threadId of ['C1/18.0', 'C1/18', '18.01', 'C9/1', '%', ''])
      expect(await say('I am on it too', threadId)).toBeNull()
    expect(await say('what happened?', 'C1/18.01', onDiscord('1'))).toBeNull()
    // Strangers who ask one another are not told about Suture.
    expect(await say('are you coming?', 'C9/1', onSlack('U2', { groups: [] }))).toBeNull()
    expect(await say('are you coming?', 'C1/18.01', onSlack('U2', { workspaceId: 'T666' }))).toBeNull()
    expect((await messagesOf(incidentId)).map((row) => row.body)).toEqual(['I am on it'])
  })

  it('C1 whom Suture does not know, and viewers, talk undisturbed; asking tells them how it is', async () => {
    const incidentId = await world.proposed(world.take().name)
    await headOnSlack(incidentId, 'C1/19.01')
    const stranger = onSlack('U2', { groups: [] })
    const viewer = onSlack('U3', { groups: ['SVIEW'] })
    const refused = await world.counts('refused')
    expect(await say('hello everybody', 'C1/19.01', stranger)).toBeNull()
    expect(await say('hello everybody', 'C1/19.01', viewer)).toBeNull()
    expect(await world.counts('refused')).toBe(refused)
    const reply = await say('what happened?', 'C1/19.01', stranger)
    expect(reply).toMatchObject({ ephemeral: true, card: { status: 'Not linked' } })
    expect(await say('what happened?', 'C1/19.01', viewer)).toBeNull()
    expect((await messagesOf(incidentId)).map((row) => row.author_id)).toEqual(['slack-u3'])
  })

  it('C1 40,000 characters, marks and halves of pairs are cut and cleaned, never refused', async () => {
    const incidentId = await world.proposed(world.take().name)
    await headOnSlack(incidentId, 'C1/20.01')
    for (const text of ['x'.repeat(40_000), '😀'.repeat(20_000), 'a\u0000b\ud800c', '‮gnitirw​\nnext line'])
      expect(await say(text, 'C1/20.01')).toBeNull()
    const bodies = (await messagesOf(incidentId)).map((row) => row.body)
    expect(bodies).toHaveLength(4)
    for (const body of bodies) expect(body.length).toBeLessThanOrEqual(4_000)
    expect(bodies).toContain('abc')
    expect(bodies).toContain('gnitirw\nnext line')
    expect(await say('​‮\u0000', 'C1/20.01')).toBeNull()
  })

  it('C1 the thread is found by an index among thousands, also behind row-level security', async () => {
    const incidentId = await world.proposed(world.take().name)
    const owner = new pg.Client({ connectionString: world.ownerUrl })
    await owner.connect()
    await owner.query(
      `insert into card (tenant_id, id, incident_id, kind, channel, body, created_at, updated_at)
       select 'lab', 'many/' || n, $1, 'notice', 'incidents', '{}', now(), now() from generate_series(1, 5000) n`,
      [incidentId],
    )
    await owner.query(
      `insert into card_delivery (tenant_id, card_id, chat, desired_version, changed_at, message_id)
       select 'lab', 'many/' || n, 'slack', 1, now(), 'C1/' || n from generate_series(1, 5000) n`,
    )
    await owner.query('analyze card_delivery')
    await owner.end()
    const plan = await world.read(async (tx) => {
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select card_id from card_delivery
        where tenant_id = ${tx.tenantId} and chat = 'slack' and (first_part = 'C1/1' or last_part = 'C1/1')`.execute(
        tx.db,
      )
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toContain('card_delivery_first_part')
    expect(plan).toContain('card_delivery_last_part')
  })

  it("C1 H4 another tenant's thread of the same name is none of this tenant's", async () => {
    const incidentId = await world.proposed(world.take().name)
    await headOnSlack(incidentId, 'C1/21.01')
    const other = onSlack('U1', { workspaceId: 'T2' })
    expect(await say('what happened?', 'C1/21.01', other)).toBeNull()
    expect(await messagesOf(incidentId)).toEqual([])
  })
})

describe('C1 C2 a mention or a direct message', () => {
  it('C1 Q1 a question is answered from everything, and kept; anything else gets a short help', async () => {
    const incidentId = await world.proposed(world.take().name)
    const before = await world.counts('question_answered')
    const reply = await say('which incidents are open?')
    expect(reply?.ephemeral).toBe(false)
    expect(words(reply?.card as Card)).toContain(incidentId)
    expect((await world.counts('question_answered')) - before).toBe(1)
    expect((await say('hello'))?.card.title).toBe('Ask me about an incident')
    expect((await say('hello', null, onSlack('U2', { groups: [] })))?.card.status).toBe('Not linked')
  })

  it('C1 the same message again is answered with nothing; an hour later it is another one', async () => {
    const said = { text: 'what runs now?', threadId: null, messageKey: 'D1/1' }
    expect(await world.commands.say(onSlack('U1'), said)).not.toBeNull()
    expect(await world.commands.say(onSlack('U1'), said)).toBeNull()
    world.shift(3_600_001)
    expect(await world.commands.say(onSlack('U1'), said)).not.toBeNull()
  })

  it('C1 a key is new once, in whatever process; other chats have keys of their own', async () => {
    const other = world.commandsWith({})
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? world.commands : other).firstTime('slack', 'signature'),
      ),
    )
    expect(seen.filter(Boolean)).toHaveLength(1)
    expect(await world.commands.firstTime('discord', 'signature')).toBe(true)
  })
})

describe('C1 C2 what is not from the platform', () => {
  it('H5 a flood of refused requests is one entry a minute and reason, with their number', async () => {
    let monotonicMs = 0
    const clock = { ...world.app.clock, monotonicMs: () => monotonicMs }
    const commands = createChatCommands(
      { ...world.app, clock },
      {
        workspaces: [{ chat: 'slack', workspaceId: 'T1', tenantId: 'lab' }],
        roleGroups: { slack: [], discord: [] },
        consoleUrl: null,
      },
    )
    const before = await world.counts('chat_refused')
    const since = async () => (await world.counts('chat_refused')) - before
    for (let count = 0; count < 500; count += 1) await commands.refused({ chat: 'slack', reason: 'stale' })
    await commands.refused({ chat: 'slack', reason: 'mismatch' })
    // A chat that nobody is served by leaves no entry anywhere.
    await commands.refused({ chat: 'discord', reason: 'stale' })
    expect(await since()).toBe(2)
    monotonicMs += 60_000
    world.shift(60_000)
    await commands.refused({ chat: 'slack', reason: 'stale' })
    expect(await since()).toBe(3)
    const last = await world.read((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select('bytes')
        .where('event', '=', 'chat_refused')
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow(),
    )
    expect(JSON.parse(last.bytes.toString())).toMatchObject({
      actor: 'source:slack',
      details: { chat: 'slack', reason: 'stale', more: 499 },
    })
  })
})

describe('C1 the home page', () => {
  const buttons = (cards: readonly Card[]) =>
    cards.flatMap((card) =>
      card.blocks.flatMap((block) =>
        block.kind === 'actions' ? block.actions.map((each) => each.token) : [],
      ),
    )

  it('C1 says that nothing waits, then has what waits with its buttons, and why one may not', async () => {
    const quiet = await world.commands.home(onSlack('U9', { workspaceId: 'T2' }))
    expect(quiet.map((card) => card.title)).toEqual(['Nothing waits for you'])
    const { requestId, incidentId } = await world.waiting()
    const mine = await world.commands.home(onSlack('U1'))
    const approve = await world.tokenOf(requestId, 'approve')
    expect(buttons(mine)).toContain(approve)
    expect(mine[0]?.status).toBe('Waits for you')
    expect(JSON.stringify(mine)).toContain(`https://suture.example/incidents/${incidentId}`)
    const responder = await world.commands.home(onSlack('U7', { groups: ['SRES'] }))
    expect(responder[0]?.title).toBe('Nothing waits for you')
    expect(buttons(responder)).toEqual([])
    expect(responder.map(words).join('\n')).toContain('does not have the role to approve this')
    // The button of the home page is the button of the card.
    const reply = await world.commands.press(onSlack('U1'), { token: approve, note: '' })
    expect(words(reply.reply.card)).toContain('Approved')
    expect(buttons(await world.commands.home(onSlack('U1')))).not.toContain(approve)
  })

  it('C1 has at most 20 cards, and tells how many more wait', async () => {
    for (let count = 0; count < 22; count += 1) await world.waiting()
    const cards = await world.commands.home(onSlack('U1'))
    expect(cards.length).toBeLessThanOrEqual(20)
    expect(cards.map(words).join('\n')).toMatch(/\d more requests? waiting/)
    expect(words((await world.commands.command(onSlack('U1'), 'approvals')).card)).toMatch(/and \d+ more/)
  })

  it('C1 G9 the emergency stop stands above all, and nothing can be approved meanwhile', async () => {
    const dan = await world.caller('Dan', ['admin'])
    const stopped = await changeGovernance(world.app, dan, { emergencyStop: true })
    if (isRejection(stopped)) throw new Error(stopped.detail)
    const cards = await world.commands.home(onSlack('U1'))
    expect(cards[0]?.status).toBe('Emergency stop')
    expect(buttons(cards)).toEqual([])
    expect(words((await world.commands.command(onSlack('U1'), 'status')).card)).toContain(
      'emergency stop is on',
    )
    await changeGovernance(world.app, dan, { emergencyStop: false })
  })
})

describe('C2 completions', () => {
  const suggest = (typed: string, user = onDiscord('1')) => world.commands.suggest(user, typed)

  it('C2 complete commands, then ids and services, at most 25', async () => {
    expect(await suggest('')).toContain('approve')
    expect(await suggest('app')).toEqual(['approvals', 'approve'])
    expect(await suggest('xyz')).toEqual([])
    const shown = await suggest('show ')
    expect(shown).toHaveLength(25)
    expect(shown[0]).toMatch(/^show inc-\d+$/)
    const newest = shown[0] ?? ''
    expect(await suggest(newest.toUpperCase())).toContain(newest)
    expect((await suggest('approve '))[0]).toMatch(/^approve req-\d+$/)
    expect((await suggest('request '))[0]).toMatch(/^request prop-\d+$/)
    expect((await suggest('cancel '))[0]).toMatch(/^cancel run-\d+$/)
    const modes = await suggest('mode o')
    expect(modes.slice(0, 2)).toEqual(['mode observe', 'mode observe for plain-1'])
    expect(modes).toHaveLength(25)
    expect(await suggest('ask what happened to plain-77')).toEqual(['ask what happened to plain-77?'])
    expect(await suggest('x'.repeat(40_000))).toEqual([])
  })
})
