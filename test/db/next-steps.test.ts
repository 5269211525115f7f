import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOut } from '../../src/app/click.ts'
import type { Card, CardAction } from '../../src/domain/card.ts'
import { onSlack, words } from './chat-world.ts'
import { reasonHands, timed } from './reason-hands.ts'
import { callerOf, type RightsWorld, rightsWorld } from './rights-world.ts'

/** A refusal offers what may be done instead, where whoever was refused may do it. */

let world: RightsWorld
let hands: ReturnType<typeof reasonHands>
beforeAll(async () => {
  world = await rightsWorld()
  hands = reasonHands(world)
})
afterAll(() => world.close())

const buttonsOf = (card: Card): CardAction[] =>
  card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
const labels = (card: Card): string[] => buttonsOf(card).map(({ label }) => label)
const userOf = (role: string) => onSlack(`U${role.toUpperCase()}`, { groups: [] })
const press = async (role: string, card: Card, label: string, note = ''): Promise<string> => {
  const button = buttonsOf(card).find((each) => each.label === label)
  if (button === undefined) throw new Error(`no button ${label}: there are ${labels(card).join()}`)
  return words((await world.commands.press(userOf(role), { token: button.token, note })).reply.card)
}
const type = async (role: string, text: string) => (await world.commands.command(userOf(role), text)).card

/** No dependent may be touched, and each has one. */
const refusing = async (name: string) =>
  hands.policy(
    `windows: []
limits: { proposalsPerHour: 1000, backOff: { first: 0s, most: 0s }, duplicateWithin: 0s }
blastRadius: { auto: 0, approve: 0 }
`,
    (catalogue) => `${catalogue}  - name: needy\n    dependsOn: [${name}]\n`,
  )

describe('beneath a refusal', () => {
  it('G1 G8 what an override lets past can be asked for with its reason, for one run', async () => {
    const { name, proposal } = await hands.offered()
    await refusing(name)
    const card = await hands.byChat('blast_radius', 'responder', `request ${proposal}`)
    expect(labels(card)).toEqual(['Ask for an override'])
    expect(buttonsOf(card)[0]?.prompt).toMatchObject({ required: true })
    expect(await press('responder', card, 'Ask for an override', 'it burns')).toContain('Override requested')
    await hands.policy()
  })

  it('G5 the run that is in the way can be cancelled, and then the same may be asked for', async () => {
    const { proposal, runId } = await hands.asked()
    const card = await hands.byChat('duplicate_request', 'responder', `request ${proposal}`)
    expect(labels(card)).toEqual(['Show the first request', `Cancel ${runId}`])
    expect(await press('responder', card, `Cancel ${runId}`)).toContain('Canceled')
    expect(words(await type('responder', `request ${proposal}`))).toContain('Requested')
  })

  it('G8 what has expired can be requested again, by whoever may request', async () => {
    const { requestId } = await hands.asked()
    world.shift(world.app.limits.approvalTtlMs + 1)
    const card = await type('approver', `approve ${requestId}`)
    expect(words(card)).toMatch(/^Expired \(Refused\)\nNext: Request the proposal again\./)
    expect(labels(card)).toEqual(['Request'])
  })

  it('G8 whoever may not press it is offered nothing', async () => {
    const { proposal } = await hands.asked()
    for (const asker of world.askers.filter(({ name }) => name === 'viewer' || name === 'override')) {
      const outcome = await carryOut(world.app, callerOf(asker), 'request', proposal, '')
      expect([asker.name, outcome.code, outcome.next]).toEqual([asker.name, 'forbidden', undefined])
    }
  })

  it('G1 the API names them too, with what the rule saw', async () => {
    const { name, proposal } = await hands.offered()
    await refusing(name)
    const token = await world.tokenOf(proposal, 'request')
    const { json } = await hands.once('blast_radius', () => hands.post('responder', '/v1/clicks', { token }))
    expect(json).toMatchObject({
      done: false,
      facts: { dependents: 1, most: 0 },
      next: [{ label: 'Ask for an override', style: 'primary' }],
    })
    await hands.policy()
  })
})

it('G2 the earliest time stands in the zone of whoever reads it', async () => {
  const { name, proposal } = await hands.offered()
  const frozen = await hands.post('override', '/v1/freezes', { what: name, until: '2h', reason: 'a sale' })
  expect(frozen.status).toBe(201)
  const card = await hands.byChat('freeze', 'responder', `request ${proposal}`, timed)
  const times = card.blocks.flatMap((block) =>
    block.kind === 'text' ? block.text.filter(({ kind }) => kind === 'time') : [],
  )
  expect(times).toHaveLength(1)
})
