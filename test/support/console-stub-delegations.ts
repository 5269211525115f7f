import { people, ref } from './console-stub-data.ts'
import type { StubWorld } from './console-stub-world.ts'

/** Who is away in the stub, in the shapes of `/v1`. */

interface Named {
  readonly id: string
  readonly name: string
}

export interface StubDelegation {
  readonly id: string
  readonly person: Named
  readonly delegate: Named
  readonly from: string
  readonly until: string
  readonly holds: boolean
}

export const stubStandsInFor = (world: StubWorld, id: string) =>
  world.delegations
    .filter(({ holds, delegate }) => holds && delegate.id === id)
    .map(({ person }) => ({ ...person, roles: rolesOf(person.id) }))

const rolesOf = (id: string): readonly string[] =>
  Object.values(people).find((person) => person.id === id)?.roles ?? []

export const stubDelegations = (
  world: StubWorld,
  me: Named,
  method: string,
  id: string,
  body: unknown,
): readonly [status: number, body: unknown] => {
  if (method === 'GET') return [200, { items: world.delegations }]
  if (method === 'DELETE') {
    world.delegations = world.delegations.filter((each) => each.id !== id)
    return [204, undefined]
  }
  const { to, until, from } = body as { to: string; until: string; from?: string }
  const delegate = world.people.list.find((each) => each.id === to)
  if (!delegate || delegate.id === 'person_ben')
    return [
      422,
      {
        type: 'about:blank',
        title: 'Not valid',
        status: 422,
        code: 'invalid',
        detail: 'Ben is to be away as well.',
        remedy: 'Name another person.',
        requestId: 'req',
      },
    ]
  const made: StubDelegation = {
    id: `away-${world.delegations.length + 1}`,
    person: ref(me),
    delegate: ref(delegate),
    from: from ?? new Date().toISOString(),
    until,
    holds: from === undefined || Date.parse(from) <= Date.now(),
  }
  world.delegations.push(made)
  return [201, made]
}
