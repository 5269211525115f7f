import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLinkCode } from '../../src/app/identity/link-code.ts'
import { redeemAsCaller } from '../../src/app/identity/redeem-code.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld, codeIn, onDiscord, onSlack } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
})
afterAll(() => world.close())

describe('C6 linking takes a proof from both sides', () => {
  it('C6 a code is readable, counts once and for ten minutes, and only its hash is kept', async () => {
    const { slack, discord, id, accounts } = hands.somebody()
    const card = await hands.type(slack, 'link')
    const code = codeIn(card)
    const rows = await world.read((tx) =>
      tx.db.selectFrom('link_code').selectAll().where('person_id', '=', id).execute(),
    )
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(code.replace('-', ''))
    expect(await auditText(id)).not.toMatch(new RegExp(`${code}|${code.replace('-', '')}`))
    // As people copy it.
    expect(await hands.told(discord, `link ${code.toLowerCase().replace('-', ' ')}`)).toContain('Linked')
    expect(await hands.told(onDiscord('5550'), `link ${code}`)).toContain('was used already')
    expect(await hands.identitiesOf(id)).toEqual([accounts.discord, accounts.slack])
    expect((await world.eventsOf(id)).slice(2)).toEqual(['link_code_made', 'identity_linked'])
  })

  it('C6 a code that is too old, or was followed by a newer one, opens nothing', async () => {
    const { slack, discord } = hands.somebody()
    const old = codeIn(await hands.type(slack, 'link'))
    const newer = codeIn(await hands.type(slack, 'link'))
    expect(await hands.told(discord, `link ${old}`)).toContain('opens nothing')
    world.shift(10 * 60_000)
    expect(await hands.told(discord, `link ${newer}`)).toContain('opens nothing')
  })

  it('C6 of two who type the same code at once one is linked', async () => {
    const { slack, discord } = hands.somebody()
    const code = codeIn(await hands.type(slack, 'link'))
    const answers = await Promise.all(
      [discord, onDiscord('5551'), onDiscord('5552')].map((user) =>
        hands.told({ ...user, groups: [] }, `link ${code}`),
      ),
    )
    expect(answers.filter((each) => each.includes('Linked'))).toHaveLength(1)
  })

  it('C6 however codes, links and partings cross each other, none of them is a fault', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { slack, discord } = hands.somebody()
      const [ofSlack, ofDiscord] = await Promise.all(
        [slack, discord].map(async (user) => codeIn(await hands.type(user, 'link'))),
      )
      const answers = await Promise.all([
        hands.told(discord, `link ${ofSlack}`),
        hands.told(slack, `link ${ofDiscord}`),
        hands.told(slack, 'link'),
        hands.told(discord, 'link'),
        hands.told(slack, 'unlink'),
        hands.told(discord, 'unlink'),
        // Groups that change meanwhile.
        hands.told({ ...slack, groups: ['SAPP', 'SRES'] }, 'whoami'),
        hands.told({ ...discord, groups: ['900', '901'] }, 'whoami'),
        hands.told({ ...discord, groups: ['901'] }, 'status'),
      ])
      for (const answer of answers) expect(answer).not.toContain('That did not work')
      const enabled = await Promise.all([slack, discord].map((user) => hands.told(user, 'whoami')))
      expect(enabled.some((each) => each.includes('Roles:'))).toBe(true)
    }
  })

  it('C6 after five wrong codes an hour has to pass, even for the right one, also when all come at once', async () => {
    const { slack, discord, discordId } = hands.somebody()
    const wrong = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        hands.told(discord, `link AAAAA-AAAA${'BCDEFGHJKLMNPQRSTUVW'[index]}`),
      ),
    )
    expect(wrong.filter((each) => each.includes('opens nothing'))).toHaveLength(5)
    expect(wrong.filter((each) => each.includes('within an hour'))).toHaveLength(15)
    expect((await world.eventsOf(discordId)).filter((event) => event === 'refused')).toHaveLength(5)
    const code = codeIn(await hands.type(slack, 'link'))
    expect(await hands.told(discord, `link ${code}`)).toContain('Earliest')
    // Somebody else is not kept from it.
    expect(await hands.told(onDiscord('5553'), `link ${code}`)).toContain('Linked')
    world.shift(3_600_000)
    expect(await hands.told(discord, `link ${codeIn(await hands.type(onSlack('U5554'), 'link'))}`)).toContain(
      'Linked',
    )
  })

  it("C6 H4 another tenant's code opens nothing here", async () => {
    const { slack, discord } = hands.somebody()
    const code = codeIn(await hands.type({ ...slack, workspaceId: 'T2' }, 'link'))
    expect(await hands.told(discord, `link ${code}`)).toContain('opens nothing')
  })

  it('C6 two accounts of one workspace are two people', async () => {
    const { slack } = hands.somebody()
    const colleague = hands.somebody()
    expect(await hands.link(slack, colleague.slack)).toContain('nobody has two')
    expect(await hands.link(slack, { ...onSlack('U9999'), groups: [] })).toContain('nobody has two')
    expect(await hands.told(slack, `link ${codeIn(await hands.type(slack, 'link'))}`)).toContain(
      'on both sides already',
    )
  })

  it('C6 people whom an admin made are never taken in; who came by chat goes into them, from either side', async () => {
    const { slack, discord, id } = hands.somebody()
    const caro = await world.caller('Caro', ['approver'])
    const dirk = await world.caller('Dirk', ['approver'])
    await hands.type(slack, 'whoami')
    // The code is the chat's, and typed in the console.
    const code = codeIn(await hands.type(slack, 'link'))
    const linked = await redeemAsCaller(world.app, caro, code)
    expect(linked).toMatchObject({ person: { id: 'person_caro', roles: ['approver'] } })
    expect((await hands.person(id))?.disabled_at).not.toBeNull()
    expect(await hands.told(slack, 'whoami')).toContain('person_caro')
    // The code is the console's, and typed in a chat where there is somebody already.
    const made = await makeLinkCode(world.app, caro, null)
    if (isRejection(made)) throw new Error(made.detail)
    await hands.type(discord, 'whoami')
    expect(await hands.told(discord, `link ${made.code}`)).toContain('You are Caro')
    // Two whom an admin made.
    const other = await makeLinkCode(world.app, dirk, null)
    if (isRejection(other)) throw new Error(other.detail)
    expect(await hands.told(slack, `link ${other.code}`)).toContain('neither goes into the other')
    expect(await hands.person('person_dirk')).toMatchObject({ disabled_at: null })
  })

  it('C6 G8 somebody with a vote open does not go into whom an admin made, and these not into them', async () => {
    const { discord, discordId } = hands.somebody()
    const fred = await world.caller('Fred', ['approver'])
    const { requestId } = await world.waiting('grave')
    await hands.approve(discord, requestId)
    const made = await makeLinkCode(world.app, fred, null)
    if (isRejection(made)) throw new Error(made.detail)
    expect(await hands.told(discord, `link ${made.code}`)).toContain(requestId)
    const code = codeIn(await hands.type(discord, 'link'))
    expect(await redeemAsCaller(world.app, fred, code)).toMatchObject({ code: 'separation_of_duties' })
    expect((await hands.person('person_fred'))?.disabled_at).toBeNull()
    expect((await hands.person(discordId))?.disabled_at).toBeNull()
  })

  it('C6 H2 a key that has less than its person, or ends, is no side of a link', async () => {
    const { slack } = hands.somebody()
    const code = codeIn(await hands.type(slack, 'link'))
    const eva = await world.caller('Eva', ['approver'])
    expect(await makeLinkCode(world.app, { ...eva, scopes: ['read'] }, null)).toMatchObject({
      code: 'forbidden',
    })
    expect(
      await makeLinkCode(world.app, { ...eva, until: Temporal.Now.instant().add({ hours: 1 }) }, null),
    ).toMatchObject({ code: 'forbidden' })
    expect(await redeemAsCaller(world.app, { ...eva, scopes: ['read'] }, code)).toMatchObject({
      code: 'forbidden',
    })
    expect((await hands.identitiesOf('person_eva')).length).toBe(0)
    const robot = { ...eva, person: { ...eva.person, kind: 'service_account' as const } }
    expect(await makeLinkCode(world.app, robot, null)).toMatchObject({ code: 'forbidden' })
  })
})

const auditText = (subject: string): Promise<string> =>
  world.read(async (tx) =>
    (await tx.db.selectFrom('audit_entry').select('bytes').where('subject', '=', subject).execute())
      .map((row) => row.bytes.toString())
      .join('\n'),
  )
