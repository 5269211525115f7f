import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { createChatCommands } from '../../src/app/chat/commands.ts'
import { sweepClicks } from '../../src/app/sweep-clicks.ts'
import { lockIncident } from '../../src/storage/incident.repository.ts'
import { type ChatWorld, chatWorld, onDiscord, onSlack, words } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

/** The platform's patience is over at once; what was begun goes on. */
const impatient = () => ({ over: Promise.resolve(), cancel: () => undefined })
/** It is over when the test says so. */
const byHand = () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { timer: () => ({ over: promise, cancel: () => undefined }), end: resolve }
}

const clicks = () =>
  world.read((tx) => tx.db.selectFrom('click').selectAll().orderBy('received_at').execute())
const clickOf = async (token: string) => (await clicks()).find((row) => row.token === token)
const press = (user: ReturnType<typeof onSlack>, token: string, note = '') =>
  world.commands.press(user, { token, note })

/** Holds the incident's lock, so that whoever decides waits; `release` lets them go on. */
const hold = async (incidentId: string) => {
  const holding = Promise.withResolvers<void>()
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const held = world.read(async (tx) => {
    await lockIncident(tx, incidentId)
    holding.resolve()
    await promise
  })
  await holding.promise
  return async () => {
    release()
    await held
  }
}

describe('C1 C2 a button', () => {
  it('C1 G8 one person requested, another approves on Slack: the run is queued', async () => {
    const { requestId, runId } = await world.waiting()
    const reply = await press(onSlack('UA'), await world.tokenOf(requestId, 'approve'))
    expect(reply).toMatchObject({ kind: 'done', reply: { ephemeral: true, card: { title: 'Approved' } } })
    expect((await world.run(runId)).status).toBe('queued')
    expect(await world.votesOf(requestId)).toEqual(['slack-ua approve slack'])
  })

  it('C1 a double click decides once, and the second says what is so', async () => {
    const { requestId } = await world.waiting('grave')
    const token = await world.tokenOf(requestId, 'approve')
    const replies = await Promise.all([press(onSlack('UB'), token), press(onSlack('UB'), token)])
    const texts = replies.map((each) => words(each.reply.card)).sort()
    expect(texts[0]).toMatch(/has already voted/)
    expect(texts[1]).toMatch(/1 so far/)
    expect(await world.votesOf(requestId)).toHaveLength(1)
  })

  it('C1 a reject asks for its reason first, as the card says; an approve and a decided one ask nothing', async () => {
    const { requestId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'reject')
    expect(await world.commands.promptOf(onSlack('UC'), token)).toMatchObject({
      title: 'Reject: Two steps',
      label: 'Why not?',
      required: true,
      about: expect.stringContaining('requested by Ada') as string,
    })
    expect(await world.commands.promptOf(onSlack('UC'), await world.tokenOf(requestId, 'approve'))).toBeNull()
    expect(await world.commands.promptOf(onSlack('UC', { groups: [] }), 'nothing')).toBeNull()
    const reply = await press(onSlack('UC'), token, 'not‮ now\u0000')
    expect(words(reply.reply.card)).toContain('Rejected')
    expect(await world.commands.promptOf(onSlack('UC'), token)).toBeNull()
    const row = await world.read((tx) =>
      tx.db.selectFrom('approval_request').selectAll().where('id', '=', requestId).executeTakeFirstOrThrow(),
    )
    expect(row.reason).toBe('not now')
  })

  it("C1 H4 a button of another tenant's card, or of none, says that it is not known here", async () => {
    const { requestId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    for (const reply of [
      await press(onSlack('U9', { workspaceId: 'T2' }), token),
      await press(onSlack('UA'), 'no-such-token'),
      await press(onSlack('UA'), 'x'.repeat(40_000)),
    ])
      expect(words(reply.reply.card)).toContain('This button is not known here.')
    expect(await world.votesOf(requestId)).toEqual([])
  })
})

describe('C1 C2 a press that takes longer than a platform waits', () => {
  it('C1 is stored before it is said to be under way, and its outcome is written to the row', async () => {
    const { requestId, incidentId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    // Known already: what takes long here is the work, not who it is.
    await world.commands.command(onSlack('UD'), 'whoami')
    const release = await hold(incidentId)
    const { timer, end } = byHand()
    const pressing = world.commandsWith({ startTimer: timer }).press(onSlack('UD'), { token, note: '' })
    await expect.poll(waitsForLock).toBe(true)
    end()
    const reply = await pressing
    expect(reply.kind).toBe('working')
    expect(await clickOf(token)).toMatchObject({ person_id: 'slack-ud', via: 'slack', outcome: null })
    await release()
    if (reply.kind !== 'working') throw new Error('it was done at once')
    expect(words((await reply.later).card)).toContain('Approved')
    expect((await clickOf(token))?.outcome).toMatchObject({ done: true, title: 'Approved' })
    world.shift(60_000)
    expect(await sweepClicks(world.app)).toBe(0)
    expect(await world.votesOf(requestId)).toHaveLength(1)
  })

  it('C1 when not even who it is could be found out in time, nothing is begun and nothing is kept', async () => {
    const { requestId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    const reply = await world
      .commandsWith({ startTimer: impatient })
      .press(onSlack('UE'), { token, note: '' })
    expect(words(reply.reply.card)).toContain('nothing was changed')
    expect(await clickOf(token)).toBeUndefined()
    expect(await world.votesOf(requestId)).toEqual([])
  })

  it('C1 a stored click whose process died is carried out once, by one of many sweepers', async () => {
    const { requestId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    await world.commands.command(onSlack('UF'), 'whoami')
    await leaveBehind(token, 'slack-uf')
    expect(await sweepClicks(world.app)).toBe(0)
    world.shift(31_000)
    const swept = await Promise.all(Array.from({ length: 5 }, () => sweepClicks(world.app)))
    expect(swept.reduce((sum, each) => sum + each, 0)).toBe(1)
    expect(await world.votesOf(requestId)).toEqual(['slack-uf approve slack'])
    expect((await clickOf(token))?.outcome).toMatchObject({ done: true, title: 'Approved' })
    world.shift(120_000)
    expect(await sweepClicks(world.app)).toBe(0)
  })

  it('C1 a process that loses its database under a stored click says so, and another one carries it out once', async () => {
    const { requestId, incidentId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    await world.commands.command(onSlack('UJ'), 'whoami')
    const release = await hold(incidentId)
    let gone = false
    const { timer, end } = byHand()
    const dying = createChatCommands(
      {
        ...world.app,
        store: {
          ...world.app.store,
          transact: (work, options) =>
            gone ? Promise.reject(new Error('gone')) : world.app.store.transact(work, options),
        },
      },
      {
        workspaces: [{ chat: 'slack', workspaceId: 'T1', tenantId: 'lab' }],
        roleGroups: { slack: [{ role: 'approver', group: 'SAPP' }], discord: [] },
        consoleUrl: null,
        startTimer: timer,
      },
    )
    const pressing = dying.press(onSlack('UJ'), { token, note: '' })
    await expect.poll(waitsForLock).toBe(true)
    end()
    const reply = await pressing
    if (reply.kind !== 'working') throw new Error('it was done at once')
    gone = true
    await world.app.store.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    expect(words((await reply.later).card)).toContain('kept and tried again')
    await release()
    expect(await world.votesOf(requestId)).toEqual([])
    world.shift(31_000)
    expect(await sweepClicks(world.app)).toBe(1)
    expect(await world.votesOf(requestId)).toEqual(['slack-uj approve slack'])
    expect((await clickOf(token))?.outcome).toMatchObject({ done: true })
  })

  it('C1 a process that died after the commit and before the outcome does not make it happen twice', async () => {
    const { requestId } = await world.waiting('grave')
    const token = await world.tokenOf(requestId, 'approve')
    await press(onSlack('UG'), token)
    await leaveBehind(token, 'slack-ug')
    world.shift(31_000)
    expect(await sweepClicks(world.app)).toBe(1)
    expect((await clickOf(token))?.outcome).toMatchObject({ done: false, code: 'already_decided' })
    expect(await world.votesOf(requestId)).toHaveLength(1)
  })

  it('C1 who was disabled meanwhile, or lost the role, has pressed for nothing', async () => {
    const { requestId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    await world.commands.command(onSlack('UH'), 'whoami')
    await leaveBehind(token, 'slack-uh')
    await disable('slack-uh')
    world.shift(31_000)
    expect(await sweepClicks(world.app)).toBe(1)
    expect((await clickOf(token))?.outcome).toMatchObject({ done: false, code: 'forbidden' })
    expect(await world.votesOf(requestId)).toEqual([])
  })

  it('C1 one that fails each time is given up after five attempts, and says so', async () => {
    const { requestId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    await world.commands.command(onSlack('UI'), 'whoami')
    await leaveBehind(token, 'slack-ui')
    const broken: App = {
      ...world.app,
      checkpoint: async () => {
        throw new Error('nothing commits here')
      },
    }
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      world.shift(31_000)
      expect(await sweepClicks(broken), String(attempt)).toBe(1)
    }
    expect((await clickOf(token))?.outcome).toMatchObject({ done: false, code: 'fault' })
    expect(await world.votesOf(requestId)).toEqual([])
  })
})

describe('C1 C2 faults', () => {
  it('C1 a fault is a plain card and a line in the log; nothing throws', async () => {
    const logged: string[] = []
    const broken: App = {
      ...world.app,
      store: {
        ...world.app.store,
        transact: async () => {
          throw new Error('the database is gone')
        },
      },
      log: { info: () => undefined, warn: () => undefined, error: (_, message) => logged.push(message) },
    }
    const commands = createChatCommands(broken, {
      workspaces: [{ chat: 'slack', workspaceId: 'T1', tenantId: 'lab' }],
      roleGroups: { slack: [], discord: [] },
      consoleUrl: null,
    })
    const user = onSlack('UA')
    expect((await commands.press(user, { token: 't', note: '' })).reply.card.title).toBe('That did not work')
    expect((await commands.command(user, 'status')).card.title).toBe('That did not work')
    expect((await commands.say(user, { text: 'status?', threadId: null, messageKey: 'm' }))?.card.title).toBe(
      'That did not work',
    )
    expect((await commands.home(user))[0]?.title).toBe('That did not work')
    expect(await commands.suggest(user, 'show ')).toEqual([])
    expect(await commands.promptOf(user, 't')).toBeNull()
    expect(await commands.firstTime('slack', 'k')).toBe(true)
    await commands.refused({ chat: 'slack', reason: 'stale' })
    expect(logged).toHaveLength(8)
  })

  it('C1 nothing that a platform or a person sends is a fault, whatever it holds', async () => {
    const faults: string[] = []
    const commands = createChatCommands(
      {
        ...world.app,
        log: { info: () => undefined, warn: () => undefined, error: (_, why) => faults.push(why) },
      },
      {
        workspaces: [{ chat: 'slack', workspaceId: 'T1', tenantId: 'lab' }],
        roleGroups: { slack: [{ role: 'approver', group: 'SAPP' }], discord: [] },
        consoleUrl: null,
      },
    )
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '\u0000',
        '\ud800',
        '__proto__',
        "' or 1=1 --",
        '‮'.repeat(40_000),
        'x'.repeat(40_000),
        '%',
        '',
      ),
      fc.constantFrom(
        'show inc-999999999999999',
        'approve req-1 \u0000',
        'link \u0000',
        'ask \ud800?',
        'what runs?',
      ),
    )
    await fc.assert(
      fc.asyncProperty(odd, odd, odd, fc.boolean(), async (one, two, three, known) => {
        const user = known
          ? onSlack('UZ', { name: two })
          : onSlack(one, { name: two, workspaceId: three === '' ? 'T1' : three, groups: [one, two] })
        await commands.press(user, { token: one, note: two })
        await commands.promptOf(user, one)
        await commands.command(user, one)
        await commands.command(user, `ask ${two}`)
        await commands.command(user, `link ${three}`)
        await commands.suggest(user, one)
        await commands.suggest(user, `ask ${two}`)
        await commands.say(user, { text: `${one}?`, threadId: null, messageKey: two })
        await commands.say(user, { text: one, threadId: two, messageKey: three })
        await commands.firstTime('slack', one)
        await commands.home(user)
      }),
      { numRuns: 40 },
    )
    expect(faults).toEqual([])
  })

  it('C1 a click that fails while it is under way is written down as failed, so that nobody does it later', async () => {
    const { requestId, incidentId } = await world.waiting()
    const token = await world.tokenOf(requestId, 'approve')
    await world.commands.command(onDiscord('77'), 'whoami')
    const release = await hold(incidentId)
    const { timer, end } = byHand()
    const failing = createChatCommands(
      {
        ...world.app,
        checkpoint: async () => {
          throw new Error('dies committing')
        },
      },
      {
        workspaces: [{ chat: 'discord', workspaceId: 'G1', tenantId: 'lab' }],
        roleGroups: { slack: [], discord: [{ role: 'approver', group: '900' }] },
        consoleUrl: null,
        startTimer: timer,
      },
    )
    const pressing = failing.press(onDiscord('77'), { token, note: '' })
    await expect.poll(waitsForLock).toBe(true)
    end()
    const reply = await pressing
    await release()
    if (reply.kind !== 'working') throw new Error('it was done at once')
    expect(words((await reply.later).card)).toContain('nothing was changed')
    world.shift(31_000)
    expect(await sweepClicks(world.app)).toBe(0)
    expect(await world.votesOf(requestId)).toEqual([])
  })
})

const waitsForLock = () =>
  world.read(async () => {
    const { rows } = await world.app.store.pool.query<{ waiting: boolean }>(
      `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting`,
    )
    return rows[0]?.waiting === true
  })

/** What a process leaves behind that stored a press, said that it works, and died. */
const leaveBehind = (token: string, personId: string) =>
  world.read((tx) =>
    tx.db
      .insertInto('click')
      .values({
        tenant_id: tx.tenantId,
        id: world.app.ids.uuid(),
        token,
        person_id: personId,
        via: 'slack',
        received_at: tx.now,
      })
      .execute(),
  )

const disable = (personId: string) =>
  world.read((tx) =>
    tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', personId).execute(),
  )
