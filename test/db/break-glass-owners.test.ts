import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endBreakGlass } from '../../src/app/break-glass/end.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const policy = `version: 1
windows: []
groups: { payments: [person_eve, person_fay, person_gone] }
`

/** Who owns what, and where they read. */
const owned: Readonly<Record<string, string>> = {
  'plain-1': 'owner: payments\n    channels: [payments, incidents]',
  'plain-2': 'owner: eve\n    channels: [shop]',
  'plain-3': "owner: '<!channel> @everyone'\n    channels: [shop]",
}

describe('G10 a broken glass is told to the owners', () => {
  let world: CoreWorld
  let dan: Caller
  beforeAll(async () => {
    world = await coreWorld()
    for (const name of ['Eve', 'Fay']) await world.caller(name, ['approver'])
    await world.caller('Gone', ['approver'])
    dan = await world.caller('Dan', ['admin'])
    await world.configure(
      {},
      (text) =>
        Object.entries(owned).reduce(
          (edited, [name, more]) => edited.replace(`  - name: ${name}\n`, `  - name: ${name}\n    ${more}\n`),
          text,
        ),
      undefined,
      policy,
    )
    // Disabled once the file was read: is named no more.
    await world.read((tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', 'person_gone').execute(),
    )
  })
  afterAll(() => world.close())

  const broken = async (service: string | null): Promise<string> => {
    const opened = await openBreakGlass(world.app, dan, {
      service,
      reason: 'the shop is down',
      forMs: 30 * 60_000,
    })
    if (isRejection(opened)) throw new Error(opened.detail)
    return opened.id
  }
  const toldOf = (id: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('card')
        .select(['channel', 'incident_id', 'body', 'id'])
        .where('id', 'like', `apart/${id}/%`)
        .orderBy('channel')
        .orderBy('id', 'desc')
        .execute(),
    )
  const mentionsIn = (body: unknown): string[] =>
    [...JSON.stringify(body).matchAll(/"personId":"([^"]+)"/g)].map(([, id = '']) => id)

  it('G10 in the main channel of the service, without an incident: the people of the group are mentioned', async () => {
    const id = await broken('plain-1')
    const [card, ...more] = await toldOf(id)
    expect(more).toEqual([])
    expect(card).toMatchObject({ channel: 'payments', incident_id: null })
    const words = card === undefined ? '' : plainText(card.body)
    expect(words).toContain('The glass is broken')
    expect(words).toContain('the shop is down')
    expect(words).toContain('For payments (Eve and Fay).')
    expect(mentionsIn(card?.body)).toEqual(['person_eve', 'person_fay'])
    await endBreakGlass(world.app, dan, id)
    expect((await toldOf(id)).map(({ body }) => body.title)).toEqual([
      'The glass is broken',
      'The glass is whole again',
    ])
  })

  it('G10 an owner who is one person is mentioned, in the thread too', async () => {
    const incidentId = await world.fire('plain-2')
    const id = await broken('plain-2')
    const [card] = await toldOf(id)
    expect(mentionsIn(card?.body)).toEqual(['person_eve'])
    expect(plainText(card?.body ?? expect.fail('nothing was told'))).toContain('For Eve.')
    const thread = await world.read((tx) =>
      tx.db
        .selectFrom('card')
        .select('body')
        .where('incident_id', '=', incidentId)
        .where('id', 'like', `%/notice/${id}/%`)
        .executeTakeFirstOrThrow(),
    )
    expect(mentionsIn(thread.body)).toEqual(['person_eve'])
    await endBreakGlass(world.app, dan, id)
  })

  it('G10 an owner whom nobody knows is plain text that pings nobody', async () => {
    const id = await broken('plain-3')
    const [card] = await toldOf(id)
    expect(mentionsIn(card?.body)).toEqual([])
    const block = card?.body.blocks[0]
    const spans = block?.kind === 'text' ? block.text : []
    expect(spans.filter(({ kind }) => kind !== 'plain')).toEqual([])
    expect(plainText(card?.body ?? expect.fail('nothing was told'))).toContain('For <!channel> @everyone.')
    await endBreakGlass(world.app, dan, id)
  })

  it('G10 for all services each main channel is told once, with its own owners', async () => {
    const id = await broken(null)
    const told = await toldOf(id)
    expect(told.map(({ channel }) => channel)).toEqual(['incidents', 'payments', 'shop'])
    expect(told.map(({ body }) => mentionsIn(body))).toEqual([
      [],
      ['person_eve', 'person_fay'],
      ['person_eve'],
    ])
    await endBreakGlass(world.app, dan, id)
  })
})
