import { editDistance } from '../../domain/edit-distance.ts'
import type { ModeAbout } from '../../domain/mode-words.ts'
import type { ModeScope } from '../../domain/policy/effective-mode.ts'
import { modes } from '../../domain/policy/modes.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Configuration } from '../app.ts'

export interface Named {
  readonly scope: ModeScope
  /** As the catalogue or the playbook has it, whatever alias was said. */
  readonly name: string
}

/** The service or playbook that is meant; a name that nobody knows is refused with the nearest ones. */
export const findNamed = (configuration: Configuration, { kind, name }: ModeAbout): Named | Rejection => {
  const service = configuration.serviceOf(name) ?? configuration.serviceOf(name.toLowerCase())
  const playbook = configuration.playbooks.find((each) => each.playbook.name === name.toLowerCase())?.playbook
  const found: Named[] = [
    ...(service === undefined || kind === 'playbook'
      ? []
      : [{ scope: 'service' as const, name: service.name }]),
    ...(playbook === undefined || kind === 'service'
      ? []
      : [{ scope: 'playbook' as const, name: playbook.name }]),
  ]
  const [first, second] = found
  if (first === undefined) return unknown(configuration, { kind, name })
  if (second === undefined) return first
  return reject(
    'invalid',
    `${name} is both a service and a playbook.`,
    `Say which: service ${name}, or playbook ${name}.`,
  )
}

const unknown = (configuration: Configuration, { kind, name }: ModeAbout): Rejection => {
  const near = nearest(name, [
    ...(kind === 'playbook' ? [] : configuration.catalogue.services.map((each) => each.name)),
    ...(kind === 'service' ? [] : configuration.playbooks.map((each) => each.playbook.name)),
  ])
  const isMode = nearest(name, [...modes])
  return reject(
    'not_found',
    `There is no ${kind ?? 'service or playbook'} named ${name}.`,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : isMode.length > 0
        ? `Did you mean the mode ${isMode[0]}?`
        : 'The catalogue has the services, and the console lists the playbooks.',
  )
}

const mostNear = 3

/** Those that a slip of the hand or half a name makes of what was typed. */
export const nearest = (typed: string, names: readonly string[]): string[] => {
  const word = typed.toLowerCase().slice(0, 64)
  return [...new Set(names)]
    .map((name) => ({ name, distance: name.includes(word) ? 0 : editDistance(word, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, mostNear)
    .map(({ name }) => name)
}
