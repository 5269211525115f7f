import { afterAll, beforeAll, expect, it } from 'vitest'
import { testTenant } from '../support/app.ts'
import { type ChatWorld, chatWorld, onDiscord, onSlack, words } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

type User = Parameters<ChatWorld['commands']['command']>[0]
const say = async (user: User, text: string): Promise<string> =>
  words((await world.commands.command(user, text)).card)

const responder = onDiscord('1001', { groups: ['901'] })
const admin = onSlack('U9', { groups: ['SADM'] })

it('G13 G7 /heal why says what each layer says, who can act, and what was said when, on every chat', async () => {
  const { name } = world.take()
  const { runId } = await world.requested(await world.proposed(name), 'restart')
  for (const user of [responder, admin]) {
    const told = await say(user, `why ${runId}`)
    expect(told).toContain(`Why: restart on ${name}`)
    expect(told).toContain('Wants approval now')
    expect(told).toMatch(/Who can act: 1 approval by approver/)
    expect(told).toMatch(/Not in this mode \(wants approval\): /)
    expect(told).toContain('Ada (responder) asked for approval of restart.')
    expect(told).toContain(`suture policy explain ${runId}`)
  }
  expect(await world.commands.suggest(responder, 'why run')).toContain(`why ${runId}`)
  expect(await say(responder, 'why')).toContain('It needs a run or a proposal, such as run-7 or prop-7.')
  expect(await say(responder, 'why run-999999')).toContain('There is nothing called run-999999.')
})

it('G13 G7 /heal why tells the strictest first, with the earliest time and the next step', async () => {
  const { name } = world.take()
  const id = await world.proposalOf(await world.proposed(name), 'two-steps')
  await world.configure(
    {},
    (text) => text,
    testTenant,
    `windows: []
freezes:
  - { id: fair, from: '2020-01-01T00:00', to: '2120-01-02T00:00', timeZone: UTC, reason: the fair }
rules:
  - { id: careful, then: { quorum: 2 }, reason: mind the fair }
`,
  )
  const told = await say(responder, `why ${id}`)
  expect(told).toContain('Refused now')
  expect(told).toMatch(/Earliest: .*2120-01-02/s)
  expect(told).toMatch(/Who can act: Request it again from/)
  expect(told.indexOf('Frozen (refuses)')).toBeGreaterThan(0)
  expect(told.indexOf('Frozen (refuses)')).toBeLessThan(
    told.indexOf('Rule careful of the policy: mind the fair'),
  )
})
