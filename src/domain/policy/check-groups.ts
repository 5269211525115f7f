import { mayVote, type PersonKind } from '../person.ts'
import type { FileProblem } from '../reading.ts'
import type { PolicyDocument } from './document.ts'

export interface KnownPerson {
  readonly id: string
  readonly name: string
  readonly kind: PersonKind
  readonly disabled: boolean
}

/** Everybody whom the policy names. */
export const namedIn = ({ groups, shifts }: Pick<PolicyDocument, 'groups' | 'shifts'>): string[] => [
  ...new Set([...Object.values(groups).flat(), ...shifts.flatMap(({ people }) => people.flat())]),
]

/** Whether those whom the groups name can approve at all: only the people of the tenant tell. */
export const checkGroups = (
  groups: PolicyDocument['groups'],
  people: readonly KnownPerson[],
): FileProblem[] =>
  Object.entries(groups).flatMap(([group, ids]) =>
    checkPeople(ids, ['groups', group], `the group ${group}`, people),
  )

/** The same of those who take turns: nobody else could take over. */
export const checkShifts = (
  shifts: PolicyDocument['shifts'],
  people: readonly KnownPerson[],
): FileProblem[] =>
  shifts.flatMap(({ id, people: turns }, at) =>
    turns.flatMap((turn, place) => {
      const path = ['shifts', at, 'people']
      return typeof turn === 'string'
        ? checkPeople([turn], path, `the shift ${id}`, people, place)
        : checkPeople(turn, [...path, place], `one turn of the shift ${id}`, people)
    }),
  )

const checkPeople = (
  ids: readonly string[],
  list: readonly (string | number)[],
  where: string,
  people: readonly KnownPerson[],
  first = 0,
): FileProblem[] =>
  ids.flatMap((id, at) => {
    const path = [...list, first + at]
    const person = people.find((each) => each.id === id)
    if (ids.indexOf(id) !== at)
      return [{ path, problem: `${id} is in ${where} twice`, remedy: 'Remove one of the two.' }]
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
  })
