import type { FileProblem } from '../reading.ts'
import type { PolicyDocument } from './document.ts'
import { fitsPattern, type Match } from './match.ts'

/**
 * What holds, but hardly as it was meant: parts that match nothing, or are long over. Warnings and no problems, because
 * the catalogue and the playbooks may change without the policy, and neither may be kept from changing by it.
 */

export interface KnownNames {
  /** Null where nobody knows them: nothing is then said of services. */
  readonly services: readonly { readonly name: string; readonly aliases: readonly string[] }[] | null
  readonly playbooks:
    | readonly {
        readonly name: string
        readonly impact: string
        readonly diagnoses: readonly string[]
      }[]
    | null
}

const lists = ['windows', 'freezes', 'holidays', 'shifts', 'rules'] as const

export const policyWarnings = (
  policy: PolicyDocument,
  known: KnownNames,
  now: Temporal.Instant,
): FileProblem[] => [
  ...lists.flatMap((list) =>
    policy[list].flatMap(({ match }, at) =>
      unmatched(match, known).map((each) => ({ ...each, path: [list, at, 'match', ...each.path] })),
    ),
  ),
  ...policy.freezes.flatMap((freeze, at) => longOver(freeze, at, now)),
  ...policy.rules.flatMap((rule, at) => fewInGroups(rule, at, policy.groups)),
]

const unmatched = (match: Match, known: KnownNames): FileProblem[] => {
  const found = [...unknownServices(match, known), ...unknownPlaybooks(match, known)]
  return found.length > 0 ? found : unlikely(match, known)
}

const unknownServices = ({ services = [] }: Match, known: KnownNames): FileProblem[] =>
  known.services === null ? [] : unknown('services', services, known.services)

const unknownPlaybooks = ({ playbooks = [] }: Match, known: KnownNames): FileProblem[] =>
  known.playbooks === null ? [] : unknown('playbooks', playbooks, known.playbooks)

const unknown = (
  field: 'services' | 'playbooks',
  listed: readonly string[],
  all: readonly { readonly name: string; readonly aliases?: readonly string[] }[],
): FileProblem[] =>
  listed.flatMap((pattern, at) => {
    if (all.some(({ name }) => fitsPattern(pattern, name))) return []
    const meant = all.find(({ aliases = [] }) => aliases.includes(pattern))
    const one = field === 'services' ? 'service of the catalogue' : 'playbook in force'
    return [
      {
        path: [field, at],
        problem:
          meant === undefined
            ? `no ${one} is called ${pattern}, so this holds for nothing`
            : `${pattern} is another name of ${meant.name}, so this holds for nothing`,
        remedy: meant === undefined ? 'Correct the name, or remove it.' : `Write ${meant.name}.`,
      },
    ]
  })

/** Every name exists, but nothing has all of what is asked for at once. */
const unlikely = (match: Match, { playbooks }: KnownNames): FileProblem[] => {
  const { playbooks: listed, impacts, diagnoses } = match
  if (playbooks === null || (listed === undefined && impacts === undefined && diagnoses === undefined))
    return []
  const fits = playbooks.some(
    ({ name, impact, diagnoses: treats }) =>
      (listed === undefined || listed.some((pattern) => fitsPattern(pattern, name))) &&
      (impacts === undefined || (impacts as readonly string[]).includes(impact)) &&
      (diagnoses === undefined || diagnoses.some((code) => treats.includes(code))),
  )
  return fits
    ? []
    : [
        {
          path: [],
          problem:
            'no playbook in force has this name, impact and diagnosis at once, so this holds for nothing',
          remedy: 'Drop one of them, or remove it.',
        },
      ]
}

const longOver = ({ id, to }: PolicyDocument['freezes'][number], at: number, now: Temporal.Instant) =>
  // Whatever its zone: a day more or less is no matter after a year.
  Temporal.PlainDateTime.compare(
    Temporal.PlainDateTime.from(to).add({ years: 1 }),
    now.toZonedDateTimeISO('UTC').toPlainDateTime(),
  ) < 0
    ? [
        {
          path: ['freezes', at],
          problem: `the freeze ${id} has been over for more than a year`,
          remedy: 'Remove it.',
        },
      ]
    : []

const fewInGroups = (
  { id, then }: PolicyDocument['rules'][number],
  at: number,
  groups: PolicyDocument['groups'],
): FileProblem[] => {
  const named = then.groups ?? []
  const people = new Set(
    named.flatMap((group) => (Object.hasOwn(groups, group) ? (groups[group] ?? []) : [])),
  )
  if (named.length === 0 || then.quorum === undefined || then.quorum <= people.size) return []
  return [
    {
      path: ['rules', at, 'then', 'quorum'],
      problem: `the rule ${id} wants ${then.quorum} people, and its groups have ${people.size}: others have to make up the number`,
      remedy: 'Add people to the groups, or lower the quorum.',
    },
  ]
}
