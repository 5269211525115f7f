import { mayVote, type PersonKind } from '../person.ts'
import type { FileProblem } from '../reading.ts'
import type { PolicyDocument } from './document.ts'

export interface KnownPerson {
  readonly id: string
  readonly name: string
  readonly kind: PersonKind
  readonly disabled: boolean
}

/** Whether those whom the groups name can approve at all: only the people of the tenant tell. */
export const checkGroups = (
  groups: PolicyDocument['groups'],
  people: readonly KnownPerson[],
): FileProblem[] => {
  const known = new Map(people.map((person) => [person.id, person]))
  return Object.entries(groups).flatMap(([group, ids]) =>
    ids.flatMap((id, at) => {
      const path = ['groups', group, at]
      const person = known.get(id)
      if (ids.indexOf(id) !== at)
        return [{ path, problem: `${id} is in the group ${group} twice`, remedy: 'Remove one of the two.' }]
      if (person === undefined)
        return [
          {
            path,
            problem: `there is no person ${id}`,
            remedy: 'Use an id as `suture people list` shows it, or remove it.',
          },
        ]
      if (!mayVote({ ...person, roles: [] }))
        return [
          {
            path,
            problem: `${person.name} (${id}) is a service account and never approves`,
            remedy: 'Name a person, or remove it.',
          },
        ]
      if (person.disabled)
        return [
          {
            path,
            problem: `${person.name} (${id}) is disabled and approves nothing`,
            remedy: 'An admin enables them, or remove them.',
          },
        ]
      return []
    }),
  )
}
