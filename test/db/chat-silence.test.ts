import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { anAlert } from '../support/alerts.ts'
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
const fire = (service: string) =>
  createIngestWriter(world.app).ingest({
    tenantId: testTenant,
    source: 'alertmanager',
    alerts: [anAlert({ service })],
    keptAside: [],
  })

describe('silences in a chat', () => {
  const responder = onDiscord('1001', { groups: ['901'] })
  const other = onSlack('U9', { groups: ['SADM'] })

  it('I4 a silence is set, listed, asked about and ended by words, on both chats', async () => {
    const { name } = world.take()
    expect(await say(other, 'silences')).toContain('Nothing is silenced')
    const set = await say(responder, `silence service=${name}-api until 2h because deploy 2.1`)
    const [, id = ''] = /(sil-\d+)/.exec(set) ?? []
    expect(set).toContain(`Silenced: ${name}`)
    expect(set).toContain('What still fires at the end opens an incident then.')
    expect((await fire(name)).incidents).toEqual([])
    expect(await say(other, 'silences')).toMatch(
      new RegExp(`${id} ${name}, until .*: deploy 2\\.1\\. It has kept 1 alert quiet\\.`, 's'),
    )
    const why = await say(other, `ask why was ${name} silent?`)
    expect(why).toContain(`service=${name} (${id}) is silenced from `)
    expect(why).toContain('deploy 2.1. It kept 1 alert quiet: ServiceDown.')
    expect(why).toContain(`Rests on ${id}`)
    expect(await say(other, 'ask what is silenced?')).toContain(`service=${name} (${id})`)
    expect(await world.commands.suggest(other, 'unsilence ')).toEqual([`unsilence ${id}`])
    expect(await say(other, `unsilence ${id}`)).toContain(`No longer silenced: service=${name}`)
    expect(await say(other, 'ask what is silenced?')).toContain('Nothing is silenced.')
    expect(await say(other, `ask why was ${name} silent?`)).toContain(`(${id}) was silenced from `)
  })

  it('I4 maintenance of a service, and what was quiet without any silence', async () => {
    const { name } = world.take()
    expect(await say(responder, `ask why was ${name} quiet?`)).toContain(
      `No silence has kept alerts of ${name} quiet`,
    )
    expect(await say(responder, `maintenance ${name} for 2h because upgrade`)).toContain(
      `Maintenance: ${name}`,
    )
    expect(await say(responder, `ask is ${name} silenced?`)).toContain(`Maintenance of service=${name}`)
  })

  it('I4 says what is missing and which times it understands', async () => {
    expect(await say(responder, 'silence plain-1')).toContain('Say until when: 18:00, 2h')
    expect(await say(responder, 'silence plain-1 until 2h')).toContain('Say why: because deploy.')
    expect(await say(responder, 'silence plainn until 2h because x')).toContain(
      'There is no service “plainn” in the catalogue.',
    )
    expect(await say(responder, 'silence plain-1 until whenever because x')).toContain(
      'is no time that Suture understands',
    )
    expect(await say(responder, 'unsilence')).toContain('It needs a silence, such as sil-7.')
  })
})
