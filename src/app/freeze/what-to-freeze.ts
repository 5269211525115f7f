import { editDistance } from '../../domain/edit-distance.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Configuration } from '../app.ts'

/** What a freeze is about, as its row has it. All three null: everything. */
export interface ToFreeze {
  /** As people call it. */
  readonly what: string
  readonly services: string[] | null
  readonly playbooks: string[] | null
  readonly owners: string[] | null
  /** By whose clock `18:00` is meant. */
  readonly zone: string
}

/** A tenant is one environment: its name means all of it, unless the catalogue has something of that name. */
const wordsForAll = ['', 'all', 'everything', 'prod', 'production']

const everything = { services: null, playbooks: null, owners: null }

/** A service by name or alias, a playbook, or an owner of the catalogue; else everything, or which name is near. */
export const whatToFreeze = (configuration: Configuration, typed: string): ToFreeze | Rejection => {
  const word = typed.trim()
  const lower = word.toLowerCase()
  const service = configuration.serviceOf(word) ?? configuration.serviceOf(lower)
  if (service !== undefined)
    return { ...everything, what: service.name, services: [service.name], zone: service.timeZone }
  const playbook = configuration.playbooks.find((loaded) => loaded.playbook.name === lower)?.playbook
  if (playbook !== undefined)
    return { ...everything, what: `playbook ${playbook.name}`, playbooks: [playbook.name], zone: 'UTC' }
  const { services } = configuration.catalogue
  const owned = services.filter(({ owner }) => owner.toLowerCase() === lower)
  const [first] = owned
  if (first !== undefined)
    return {
      ...everything,
      what: `services of ${first.owner}`,
      owners: [...new Set(owned.map(({ owner }) => owner))],
      zone: owned.every(({ timeZone }) => timeZone === first.timeZone) ? first.timeZone : 'UTC',
    }
  if (wordsForAll.includes(lower)) return { ...everything, what: 'everything', zone: 'UTC' }
  return notKnown(word, namesOf(configuration))
}

const namesOf = ({ catalogue, playbooks }: Configuration): string[] => [
  'all',
  ...catalogue.services.flatMap(({ name, aliases, owner }) => [name, ...aliases, owner]),
  ...playbooks.map(({ playbook }) => playbook.name),
]

const longestWord = 63

const notKnown = (word: string, names: readonly string[]): Rejection => {
  const shown = word.slice(0, longestWord)
  const near = nearest(shown.toLowerCase(), names)
  return reject(
    'invalid',
    `There is no service, playbook or owner “${shown}”.${near === null ? '' : ` Did you mean ${near}?`}`,
    'Name a service of the catalogue, a playbook, an owner, or all.',
    { facts: { field: 'what', nearest: near } },
  )
}

/** The name that was probably meant, or null when none is near. */
export const nearest = (word: string, names: readonly string[]): string | null => {
  const most = Math.max(1, Math.floor(word.length / 3))
  let best: { name: string; distance: number } | null = null
  for (const name of new Set(names)) {
    if (Math.abs(name.length - word.length) > most) continue
    const distance = editDistance(word, name.toLowerCase())
    if (distance <= most && (best === null || distance < best.distance)) best = { name, distance }
  }
  return best?.name ?? null
}
