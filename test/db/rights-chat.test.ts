import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOut, click } from '../../src/app/click.ts'
import type { ChatUser } from '../../src/app/ports.ts'
import { commandNames } from '../../src/domain/chat-command.ts'
import { roles } from '../../src/domain/person.ts'
import { buttonRights } from '../../src/domain/rights/buttons.ts'
import { commandRights } from '../../src/domain/rights/commands.ts'
import { cardCommands } from '../../src/storage/card.table.ts'
import { onSlack, otherTenant, words } from './chat-world.ts'
import { buttonSamples, commandSamples } from './rights-samples.ts'
import {
  type Asker,
  callerOf,
  history,
  mayAsk,
  missing,
  type RightsWorld,
  rightsWorld,
  type Subjects,
} from './rights-world.ts'

/** Every command that is typed and every button that is pressed, by people of every role, of this tenant and of another. */

let world: RightsWorld
beforeAll(async () => {
  world = await rightsWorld()
})
afterAll(() => world.close())

const userOf = (role: string, workspaceId = 'T1'): ChatUser =>
  onSlack(`U${role.toUpperCase()}`, { workspaceId, groups: [] })
const people = () => world.askers.filter(({ isService, as }) => !isService && as !== undefined)

const type = async (user: ChatUser, text: string): Promise<string> =>
  words((await world.commands.command(user, text)).card)

const refused = /forbidden|separation_of_duties/
/** What was refused by rights while `work` went on, as `actor reason`. */
const refusedBy = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = (await world.refusals()).length
  await work()
  return (await world.refusals()).slice(before).filter((said) => refused.test(said))
}

describe.each(commandNames.map((name) => ({ name })))('/heal $name', ({ name }) => {
  const right = commandRights[name]
  const sample = commandSamples[name]

  it('G8 is refused to whoever may not, once and in words, and changes nothing', async () => {
    const before = await world.tables(history)
    for (const asker of people()) {
      if (mayAsk(right, asker)) continue
      let told = ''
      const written = await refusedBy(async () => {
        told = await type(userOf(asker.name), sample(world.own))
      })
      expect([asker.name, written]).toEqual([
        asker.name,
        [expect.stringMatching(new RegExp(`^person_matrix-${asker.name} (${refused.source})$`))],
      ])
      expect(told).toMatch(/^(Not allowed|Somebody else must approve)/)
    }
    expect(await world.tables(history)).toEqual(before)
  })

  it('A3 changes nothing of another tenant, whose ids are as good as none', async () => {
    const before = await world.tables([...history, 'link_code'])
    if (sample(world.own) !== sample(world.foreign))
      for (const asker of people()) {
        const user = userOf(asker.name)
        const theirs = await type(user, sample(world.foreign))
        const nobodys = await type(user, sample(missing(world.foreign)))
        expect(neutral(theirs, world.foreign)).toEqual(neutral(nobodys, missing(world.foreign)))
        expect(await type(userOf('admin', 'T2'), sample(world.own))).toMatch(/no|not known/i)
      }
    expect(await world.tables([...history, 'link_code'])).toEqual(before)
  })
})

const neutral = (told: string, subjects: Subjects): string =>
  Object.values(subjects).reduce((text, id) => text.replaceAll(id, 'ID'), told)

it('G8 a stranger is told how to get in, by whatever they type, and changes nothing', async () => {
  const stranger = onSlack('USTRANGER', { groups: [] })
  await type(stranger, 'status')
  const before = await world.tables(history)
  for (const name of commandNames) await type(stranger, commandSamples[name](world.own))
  for (const token of await tokens()) await world.commands.press(stranger, { token, note: 'why' })
  expect(await world.tables(history)).toEqual(before)
})

const tokens = (tenantId?: string) =>
  world.read(
    async (tx) =>
      (await tx.db.selectFrom('action_token').select('token').execute()).map(({ token }) => token),
    tenantId,
  )

describe.each(cardCommands.map((command) => ({ command })))('the button $command', ({ command }) => {
  it('G8 is refused to whoever may not, once and in words, and changes nothing', async () => {
    const right = buttonRights[command]
    const subject = world.own[buttonSamples[command]]
    if (right === undefined) throw new Error(`${command} has no row in src/domain/rights/buttons.ts`)
    const before = await world.tables(history)
    for (const asker of world.askers.filter(({ as }) => as !== undefined)) {
      if (mayAsk(right, asker)) continue
      const caller = callerOf(asker)
      const written = await refusedBy(async () => {
        const outcome = await carryOut(world.app, caller, command, subject, 'I looked.', null, { by: '2' })
        expect([asker.name, outcome]).toEqual([
          asker.name,
          expect.objectContaining({
            done: false,
            code: expect.stringMatching(refused) as string,
            remedy: expect.stringMatching(/./) as string,
          }),
        ])
      })
      expect([asker.name, written.length]).toEqual([asker.name, 1])
    }
    expect(await world.tables(history)).toEqual(before)
  })

  it('A3 does nothing on what is another tenant’s', async () => {
    const before = await world.tables(history)
    for (const asker of world.askers.filter(({ as }) => as !== undefined)) {
      const caller = callerOf(asker)
      const [theirs, nobodys] = await Promise.all(
        [world.foreign, missing(world.foreign)].map(async (subjects) => {
          const subject = subjects[buttonSamples[command]]
          const outcome = await carryOut(world.app, caller, command, subject, 'I looked.', null, { by: '2' })
          return JSON.stringify(outcome).replaceAll(subject, 'ID')
        }),
      )
      expect([asker.name, theirs]).toEqual([asker.name, nobodys])
      expect(theirs).toMatch(/not_found|forbidden/)
    }
    expect(await world.tables(history)).toEqual(before)
  })
})

it('A3 no button of another tenant is known, by any way it could come', async () => {
  const theirs = await tokens(otherTenant)
  expect(theirs.length).toBeGreaterThan(5)
  const before = await world.tables(history)
  const root = callerOf(admin())
  for (const token of theirs) {
    expect(await click(world.app, root, token, 'why')).toMatchObject({ done: false, code: 'not_found' })
    const { status, json } = await world.ask('POST', '/v1/clicks', {
      as: admin().as ?? '',
      body: { token, note: 'why' },
    })
    expect([status, json]).toEqual([200, expect.objectContaining({ done: false, code: 'not_found' })])
    const pressed = await world.commands.press(userOf('admin'), { token, note: 'why' })
    expect(words(pressed.reply.card)).toContain('not known')
    expect(await world.commands.promptOf(userOf('admin'), token)).toBeNull()
  }
  expect(await world.tables(history)).toEqual(before)
})

const admin = (): Asker => {
  const found = world.askers.find(({ name }) => name === 'admin')
  if (found === undefined) throw new Error('there is no admin')
  return found
}

describe('whoever may', () => {
  /** Whoever has taken their account off may type nothing more. */
  const inOrder = [...commandNames.filter((name) => name !== 'unlink'), 'unlink' as const]

  it.each(inOrder.map((name) => ({ name })))('G8 is not refused /heal $name', async ({ name }) => {
    for (const asker of people()) {
      if (!mayAsk(commandRights[name], asker)) continue
      let told = ''
      const written = await refusedBy(async () => {
        told = await type(userOf(asker.name), commandSamples[name](world.own))
      })
      if (name === 'unlink' && told.includes('must not count twice')) continue
      expect([asker.name, told, written]).toEqual([asker.name, told, []])
      expect(told).not.toMatch(/That did not work|Not allowed|^Almost/)
    }
  })

  it('G8 is not refused a button, whoever of them is first', async () => {
    const subjects = await world.more()
    await type(userOf('admin'), 'resume it is over')
    // An approval is taken back by whoever gave it.
    for (const command of [...cardCommands.filter((each) => each !== 'revoke'), 'revoke' as const])
      for (const role of roles) {
        const asker = world.askers.find(({ name }) => name === role)
        const right = buttonRights[command]
        if (asker === undefined || right === undefined || !mayAsk(right, asker)) continue
        const caller = callerOf(asker)
        const outcome = await carryOut(
          world.app,
          caller,
          command,
          subjects[buttonSamples[command]],
          'I looked.',
          null,
          { by: '2' },
        )
        expect([command, role, outcome.code]).toEqual([command, role, expect.not.stringMatching(refused)])
      }
  })
})
