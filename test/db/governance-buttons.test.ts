import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endBreakGlass } from '../../src/app/break-glass/end.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import { expireFreeze } from '../../src/app/freeze/expire-freeze.ts'
import { setSilence } from '../../src/app/silence/set-silence.ts'
import type { Card, CardAction } from '../../src/domain/card.ts'
import { testTenant } from '../support/app.ts'
import { onSlack, words } from './chat-world.ts'
import { reasonHands, timed } from './reason-hands.ts'
import { good, type RightsWorld, rightsWorld } from './rights-world.ts'

/** What stands in the way is taken away by a button where it is named, by whoever may; and then the button is gone. */

let world: RightsWorld
let hands: ReturnType<typeof reasonHands>
beforeAll(async () => {
  world = await rightsWorld()
  hands = reasonHands(world)
})
afterAll(() => world.close())

const userOf = (role: string) => onSlack(`U${role.toUpperCase()}`, { groups: [] })
const buttonsOf = ({ blocks }: Card): readonly CardAction[] =>
  blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
const labels = (card: Card): string[] => buttonsOf(card).map(({ label }) => label)
const buttonOf = (card: Card, label: string): CardAction => {
  const found = buttonsOf(card).find((each) => each.label === label)
  if (found === undefined) throw new Error(`no button ${label}: there are ${labels(card).join()}`)
  return found
}
const answer = async (role: string, { token }: CardAction, note = '') =>
  (await world.commands.press(userOf(role), { token, note })).reply
const press = async (...given: Parameters<typeof answer>): Promise<string> =>
  words((await answer(...given)).card)
const type = async (role: string, text: string): Promise<Card> =>
  (await world.commands.command(userOf(role), text)).card
const cardsOf = (incidentId: string, title: string): Promise<Card[]> =>
  world.read(async (tx) => {
    const rows = await tx.db.selectFrom('card').select('body').where('incident_id', '=', incidentId).execute()
    return rows.map(({ body }) => body).filter((card) => card.title.startsWith(title))
  })
const cardOf = async (incidentId: string, title: string): Promise<Card> => {
  const [card] = await cardsOf(incidentId, title)
  if (card === undefined) throw new Error(`${incidentId} has no card ${title}`)
  return card
}
const admin = () => world.caller('Root', ['admin'])

describe('G2 a freeze', () => {
  const frozen = async () => {
    const about = await hands.offered()
    const card = await type('override', `freeze ${about.name} until 2h because the fair`)
    const [, id = ''] = /(frz-\d+)/.exec(words(card)) ?? []
    return { ...about, id, card, lift: buttonOf(card, `Lift ${id}`) }
  }

  it('G2 is lifted by a button in its thread, by whoever may, once, and then no card shows it', async () => {
    const { incident, proposal, id, lift } = await frozen()
    expect(buttonOf(await cardOf(incident, 'Frozen'), `Lift ${id}`)).toEqual(lift)
    expect(await press('responder', lift)).toMatch(/may neither set nor lift a freeze.*|rule: forbidden/s)
    expect(await press('viewer', lift)).toContain('Ask someone with the role override.')
    const blocked = await hands.byChat('freeze', 'responder', `request ${proposal}`, timed)
    expect(labels(blocked)).toEqual([])
    const two = await cardOf(incident, 'Two steps')
    expect(buttonsOf(two).map(({ label, style }) => [label, style])).toEqual([
      ['Request', 'plain'],
      [`Lift ${id}`, 'danger'],
    ])
    const reply = await answer('override', lift)
    expect(words(reply.card)).toContain('No longer frozen')
    expect(reply.ephemeral).toBe(true)
    expect(labels(await cardOf(incident, 'Frozen'))).toEqual([])
    expect(buttonsOf(await cardOf(incident, 'Two steps')).map(({ label, style }) => [label, style])).toEqual([
      ['Request', 'primary'],
    ])
    expect(await press('admin', lift)).toMatch(/is over already: somebody has lifted it/)
    expect(words(await type('responder', `request ${proposal}`))).toContain('Requested')
  })

  it('G2 refuses whoever may lift it with the button to do so, and lists it with its button', async () => {
    const { proposal, id } = await frozen()
    const refused = await hands.byChat('freeze', 'admin', `request ${proposal}`, timed)
    expect(labels(refused)).toEqual([`Lift ${id}`])
    expect(labels(await type('override', 'freezes'))).toContain(`Lift ${id}`)
    expect(labels(await type('responder', 'freezes'))).not.toContain(`Lift ${id}`)
    expect(await press('admin', buttonOf(refused, `Lift ${id}`))).toContain('No longer frozen')
  })

  it('G2 that is over says so to whoever presses late, and its thread shows the button no more', async () => {
    const { incident, id, lift } = await frozen()
    world.shift(3 * 3_600_000)
    expect(await press('override', lift)).toContain(`${id} is over already: its time has passed`)
    await expireFreeze(world.app, testTenant, id)
    expect(labels(await cardOf(incident, 'Frozen'))).toEqual([])
    expect(await press('override', lift)).toContain(`${id} is over already: its time has passed`)
  })
})

describe('G10 a broken glass', () => {
  const broken = async () => {
    const about = await hands.offered()
    const opener = await world.caller('Matrix-admin', ['admin'])
    const { id } = good(
      await openBreakGlass(world.app, opener, {
        service: about.name,
        reason: 'the shop is down',
        forMs: 600_000,
      }),
    )
    return { ...about, id, opener }
  }

  it('G10 that is over is reviewed by a form, by another person than who broke it, once', async () => {
    const { incident, id, opener } = await broken()
    expect(labels(await cardOf(incident, 'The glass is broken'))).toEqual([])
    good(await endBreakGlass(world.app, opener, id))
    const review = buttonOf(await cardOf(incident, 'The glass is whole again'), `Review ${id}`)
    expect(review.prompt).toMatchObject({ title: `Review ${id}`, required: true })
    for (const [role, asks] of [
      ['admin', false],
      ['responder', false],
      ['viewer', false],
      ['approver', true],
      ['override', true],
    ] as const)
      expect([role, (await world.commands.promptOf(userOf(role), review.token)) !== null]).toEqual([
        role,
        asks,
      ])
    expect((await world.commands.promptOf(userOf('approver'), review.token))?.about).toContain(
      'the shop is down',
    )
    expect(await press('admin', review, 'all well')).toContain('somebody else reviews')
    expect(await press('responder', review, 'all well')).toContain('may look, but not review')
    expect(await press('approver', review)).toContain('A review needs a note')
    expect(labels(await type('approver', 'break-glass'))).toContain(`Review ${id}`)
    expect(labels(await type('admin', 'break-glass'))).not.toContain(`Review ${id}`)
    expect(await press('approver', review, 'one restart, as agreed')).toContain('Reviewed')
    expect(words(await cardOf(incident, 'Reviewed'))).toContain('one restart, as agreed')
    expect(labels(await cardOf(incident, 'The glass is whole again'))).toEqual([])
    expect(await press('override', review, 'me too')).toContain('has been reviewed already')
    expect(await world.commands.promptOf(userOf('override'), review.token)).toBeNull()
  })
})

describe('G9 G10 until a broken glass is reviewed', () => {
  it('G10 what Suture asked for by itself is refused with the button of the review', async () => {
    await hands.governance({ mode: 'approve' })
    try {
      const { name } = world.take()
      const incident = await world.proposed(name)
      const root = await admin()
      const asked = { service: name, reason: 'the shop is down', forMs: 600_000 }
      const { id } = good(await openBreakGlass(world.app, root, asked))
      good(await endBreakGlass(world.app, root, id))
      const { requestId } = await world.read((tx) =>
        tx.db
          .selectFrom('approval_request')
          .select('id as requestId')
          .where('incident_id', '=', incident)
          .executeTakeFirstOrThrow(),
      )
      const refused = await hands.byChat('mode', 'approver', `approve ${requestId}`)
      expect(words(refused)).toContain(`until somebody reviews ${id}`)
      expect(labels(refused)).toEqual([`Review ${id}`])
      expect(await press('approver', buttonOf(refused, `Review ${id}`), 'all well')).toContain('Reviewed')
    } finally {
      await hands.governance({ mode: 'propose' })
    }
  })
})

describe('I4 a silence', () => {
  it('I4 is ended by its button, by whoever may, once, and then no card shows it', async () => {
    const { name, incident } = await hands.offered()
    const { id } = good(
      await setSilence(world.app, await admin(), {
        kind: 'silence',
        matchers: [{ label: 'service', operator: '=', value: name }],
        until: '2h',
        reason: 'a deploy',
      }),
    )
    const end = buttonOf(await cardOf(incident, 'Silenced'), `End ${id}`)
    expect(labels(await type('responder', 'silences'))).toContain(`End ${id}`)
    expect(labels(await type('viewer', 'silences'))).not.toContain(`End ${id}`)
    expect(await press('viewer', end)).toContain('Not allowed')
    expect(await press('responder', end)).toContain('No longer silenced')
    expect(labels(await cardOf(incident, 'Silenced'))).toEqual([])
    expect(await press('responder', end)).toContain(`${id} is over already`)
  })
})

describe('G5 the first request', () => {
  it('G5 is shown as it stands to whoever asked for the same, and to nobody else; nothing changes by it', async () => {
    const { name, incident, proposal, runId, requestId } = await hands.asked()
    const card = await hands.byChat('duplicate_request', 'responder', `request ${proposal}`)
    const show = buttonOf(card, 'Show the first request')
    const before = await world.tables()
    const waits = await answer('viewer', show)
    expect(await world.tables()).toEqual(before)
    expect(waits.ephemeral).toBe(true)
    expect([waits.card.title, waits.card.status]).toEqual([
      `${runId}: Two steps on ${name}`,
      'Waits for approval',
    ])
    expect(words(waits.card)).toMatch(
      new RegExp(`requested it for ${incident} at .* UTC\\. 1 approval still needed.*, until .* UTC\\.`),
    )
    await type('approver', `approve ${requestId}`)
    expect(words((await answer('responder', show)).card)).toMatch(/\(Queued\).*\n.*requested it for/)
    await type('responder', `cancel ${runId}`)
    expect(words((await answer('responder', show)).card)).toMatch(/\(Canceled\)/)
  })
})

describe('G1 where policy refuses the best', () => {
  const breathe = `name: breathe
version: 1
title: Wait a moment
description: Waits.
impact: low
diagnoses: [service_down, elevated_errors, general_degradation, saturation]
steps:
  - { id: wait, action: wait, with: { seconds: 1 }, timeout: 2s }
verify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }
prior: { worked: 8, failed: 3 }
`
  const closed = async () => {
    const now = await world.read(async (tx) => tx.now)
    const day = now.toZonedDateTimeISO('UTC').add({ days: 3 }).toPlainDate()
    const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
    await world.configure(
      { breathe },
      undefined,
      testTenant,
      `windows:
  - { id: far-away, days: [${names[day.dayOfWeek - 1]}], from: '12:00', to: '13:00', timeZone: UTC }
limits: { proposalsPerHour: 1000, backOff: { first: 0s, most: 0s }, duplicateWithin: 0s }
`,
    )
  }

  it('G1 what has less impact and is permitted is offered beside it by name, and waits for a person', async () => {
    await closed()
    try {
      const { name } = world.take()
      const incident = await world.proposed(name)
      const titles = (await cardsOf(incident, '')).map(({ title }) => title)
      expect(titles).toContain(`Two steps on ${name}`)
      expect(titles).toContain(`Wait a moment on ${name}`)
      // As much impact as the best, or more.
      expect(titles).not.toContain(`Restart on ${name}`)
      expect(words(await cardOf(incident, 'A person is needed'))).toMatch(
        /Permitted now instead: Wait a moment \(low impact\), prop-\d+\./,
      )
      const runs = await world.read((tx) =>
        tx.db.selectFrom('run').select('status').where('incident_id', '=', incident).execute(),
      )
      expect(runs.filter(({ status }) => status !== 'blocked')).toEqual([])
      const best = await world.proposalOf(incident, 'two-steps')
      const refused = await hands.byChat('change_window', 'responder', `request ${best}`, timed)
      expect(words(refused)).toMatch(/Permitted now instead: Wait a moment \(low impact\)/)
      expect(buttonsOf(refused).map(({ label, style }) => [label, style])).toEqual([
        ['Request Wait a moment', 'primary'],
        ['Ask for an override', 'plain'],
      ])
      expect(await press('responder', buttonOf(refused, 'Request Wait a moment'))).toMatch(/Requested|Queued/)
    } finally {
      await hands.policy()
    }
  })

  it('G1 what is refused as well is not offered', async () => {
    const { name, proposal } = await hands.offered()
    const set = await hands.post('override', '/v1/freezes', { what: name, until: '2h', reason: 'a sale' })
    const refused = await hands.byChat('freeze', 'responder', `request ${proposal}`, timed)
    expect(words(refused)).not.toContain('Permitted now')
    expect(labels(refused)).toEqual([])
    await type('override', `unfreeze ${(set.json as { id: string }).id}`)
  })
})
