import { idiomWords } from './idioms.ts'
import { meaningOf } from './lexicon.ts'
import { type Near, nearAmong } from './near.ts'
import { folded } from './text.ts'

/** What a question may call by name: services, people and playbooks, each by any of its labels. */
export type Named =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'playbook'; readonly name: string }

export interface Known {
  readonly services: readonly { readonly name: string; readonly aliases: readonly string[] }[]
  readonly people: readonly { readonly id: string; readonly name: string }[]
  readonly playbooks: readonly { readonly name: string; readonly title: string }[]
}

export interface Names {
  /** Null: two are called like this. Undefined: nobody. */
  readonly exactly: (words: readonly string[]) => Named | null | undefined
  /** The nearest one and how far it is; null where none is near, or two are equally near. */
  readonly nearly: (words: readonly string[]) => { readonly named: Named; readonly slips: number } | null
  readonly mostWords: number
}

/** Written together, without what people leave out or put in: `orders-db`, `orders db` and `ordersdb` are one. */
const key = (text: string): string => folded(text).replaceAll(/[^\p{L}\p{N}]/gu, '')

const mostLabelWords = 5

/** Labels of one kind of thing. */
interface Index {
  readonly find: (at: string) => Named | null | undefined
  readonly near: Near<Named | null>
}

/** A catalogue stays the same for many questions. Nothing else is remembered between them. */
const ofServices = new WeakMap<Known['services'], Index>()

export const namesOf = (known: Known): Names => {
  const services = ofServices.get(known.services) ?? indexOf(serviceLabels(known.services))
  ofServices.set(known.services, services)
  const indices = [services, indexOf(otherLabels(known))]
  const find = (at: string): Named | null | undefined => {
    const found = indices.map((index) => index.find(at)).filter((each) => each !== undefined)
    return found.length > 1 ? null : found[0]
  }
  return {
    mostWords: mostLabelWords,
    exactly: (words) => {
      const at = key(words.join(''))
      const found = find(at)
      // `bobs approvals`, as people type it.
      return found === undefined && at.length > 3 && at.endsWith('s') ? find(at.slice(0, -1)) : found
    },
    nearly: (words) => {
      const at = key(words.join(''))
      const found = indices.map(({ near }) => near.nearest(at)).filter((each) => each !== null)
      const least = Math.min(...found.map(({ slips }) => slips))
      const [best, ...others] = found.filter(({ slips }) => slips === least)
      if (best === undefined || best.tied || best.value === null || others.length > 0) return null
      return { named: best.value, slips: best.slips }
    },
  }
}

function* serviceLabels(services: Known['services']): Iterable<readonly [string, Named]> {
  for (const { name, aliases } of services)
    for (const label of [name, ...aliases]) yield [key(label), { kind: 'service', name }]
}

function* otherLabels({ people, playbooks }: Known): Iterable<readonly [string, Named]> {
  for (const { name, title } of playbooks)
    for (const label of [name, title, ...verbsOf(name)]) yield [key(label), { kind: 'playbook', name }]
  for (const { id, name } of people) {
    const parts = folded(name).split(/\s+/)
    for (const label of new Set([id, name, parts[0] ?? '', parts.at(-1) ?? '']))
      yield [key(label), { kind: 'person', id }]
  }
}

/** Null is a label of two. */
const indexOf = (labels: Iterable<readonly [string, Named]>): Index => {
  const byKey = new Map<string, Named | null>()
  for (const [at, named] of labels) {
    const before = byKey.get(at)
    if (at !== '') byKey.set(at, before === undefined || same(before, named) ? named : null)
  }
  return {
    find: (at) => byKey.get(at),
    near: nearAmong(
      [...byKey].filter(([at]) => at.length >= shortestNear),
      same,
    ),
  }
}

/** A shorter name has too many neighbours. */
const shortestNear = 5

/** `restarts`, `restarted`: what a playbook does, unless the word has a meaning here already. Two that do the same have no such name. */
const verbsOf = (name: string): string[] => {
  const [verb = '', ...rest] = folded(name).split(/[-_ ]/)
  if (rest.length === 0 || verb.length < 4 || meaningOf(verb) !== null || idiomWords.includes(verb)) return []
  const stem = verb.endsWith('e') ? verb.slice(0, -1) : verb
  return [verb, `${verb}${/(sh|ch|s|x)$/.test(verb) ? 'es' : 's'}`, `${stem}ed`, `${stem}ing`]
}

const same = (one: Named | null, other: Named | null): boolean =>
  one !== null && other !== null && one.kind === other.kind && nameIn(one) === nameIn(other)

const nameIn = (named: Named): string => (named.kind === 'person' ? named.id : named.name)
