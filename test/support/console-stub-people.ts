import { at } from './console-stub-data.ts'

/** People, accounts and link codes of the console's stub. */

interface StubAccount {
  chat: 'slack' | 'discord'
  account: string
  linkedAt: string
  roles: string[]
  rolesSeenAt: string | null
  rolesCountUntil: string | null
}
interface StubPerson {
  id: string
  name: string
  kind: 'human' | 'service_account'
  roles: string[]
  rolesFrom: 'granted' | 'groups'
  disabledAt: string | null
}

const granted = (id: string, name: string, roles: string[], more: Partial<StubPerson> = {}): StubPerson => ({
  id,
  name,
  kind: 'human',
  roles,
  rolesFrom: 'granted',
  disabledAt: null,
  ...more,
})

const account = (
  chat: StubAccount['chat'],
  id: string,
  roles: string[],
  seenMinutesAgo: number | null,
): StubAccount => ({
  chat,
  account: id,
  linkedAt: at(60 * 50),
  roles,
  rolesSeenAt: seenMinutesAgo === null ? null : at(seenMinutesAgo),
  rolesCountUntil: seenMinutesAgo === null ? null : at(seenMinutesAgo - 10),
})

export const stubPeople = () => ({
  list: [
    granted('deploy-bot', 'Deploy bot', ['responder'], { kind: 'service_account' }),
    granted('person_ada', 'Ada (responder)', ['responder']),
    granted('person_ben', 'Ben (responder)', ['responder']),
    granted('person_chloe', 'Chloe (approver)', ['approver']),
    granted('person_dan', 'Dan (admin)', ['admin']),
    granted('slack-u101', 'Eve Marlow', ['responder', 'approver'], { rolesFrom: 'groups' }),
    granted('slack-u102', 'Femi Adeyemi', ['viewer'], { rolesFrom: 'groups', disabledAt: at(60 * 30) }),
  ],
  accounts: {
    person_dan: [account('slack', 'T1:U7', [], null)],
    'slack-u101': [
      account('discord', 'G1:901882734', ['approver'], 14),
      account('slack', 'T1:U101', ['responder'], 2),
    ],
    'slack-u102': [account('slack', 'T1:U102', ['viewer'], 900)],
  } as Record<string, StubAccount[]>,
  /** What the next change is refused with: code, detail and remedy. */
  refusal: null as readonly [code: string, detail: string, remedy: string] | null,
})
export type StubPeople = ReturnType<typeof stubPeople>

type Answer = readonly [status: number, body: unknown]
type Problem = (status: number, code: string, detail: string, remedy: string) => Answer

export function peopleRoutes(stub: StubPeople, problem: Problem) {
  return (method: string, id: string, part: string, body: unknown): Answer => {
    if (id === '') return [200, { items: stub.list, next: null }]
    const accounts = (stub.accounts[id] ??= [])
    const person = stub.list.find((each) => each.id === id)
    if (!person) return problem(404, 'not_found', `There is no person ${id}.`, 'List people.')
    if (method === 'GET') return [200, { items: accounts }]
    if (stub.refusal !== null) return problem(409, ...stub.refusal)
    if (part === 'unlink') {
      const { account: off } = body as { account: string }
      stub.accounts[id] = accounts.filter((each) => each.account !== off)
      return [200, { items: stub.accounts[id] }]
    }
    person.disabledAt = part === 'disable' ? at(0) : null
    return [200, person]
  }
}

export const stubLinks = (
  stub: StubPeople,
  me: { readonly id: string; readonly name: string },
  redeem: boolean,
  body: unknown,
  problem: Problem,
): Answer => {
  if (!redeem) return [201, { code: 'K7PQM-2XWHD', expiresAt: at(-10) }]
  if ((body as { code: string }).code !== 'ABCDE-FGHJK')
    return problem(404, 'not_found', 'This code opens nothing.', 'Make a new one on the other side.')
  const mine = (stub.accounts[me.id] ??= [])
  mine.push(account('discord', 'G1:42', [], null))
  return [
    200,
    { person: { id: me.id, name: me.name }, accounts: mine.map((each) => `${each.chat} ${each.account}`) },
  ]
}
