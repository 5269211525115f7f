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

/** The key of words that may be a label: articles within it say nothing (`warm the cache`), at its ends they are no part of it. */
const labelKey = (words: readonly string[]): string | null => {
  const [first = '', last = ''] = [words[0], words.at(-1)]
  if (articles.has(first) || articles.has(last)) return words.length === 1 ? key(first) : null
  return key(words.length < 3 ? words.join('') : words.filter((word) => !articles.has(word)).join(''))
}
const articles = new Set('the a an our this that'.split(' '))

/** `checkout-eu` is no slip for `checkout`: it has one more part, so it is something else. */
const hasPartOf = (word: string, find: (at: string) => Named | null | undefined): boolean => {
  const parts = word.split(/[-_.:/]/)
  return parts.some(
    (part, at) => part.length <= mostMore && find(key(parts.toSpliced(at, 1).join(''))) !== undefined,
  )
}

/** A longer part is more than any slip. */
const mostMore = 2

const mostLabelWords = 5

/** Labels of one kind of thing. */
interface Index {
  readonly find: (at: string) => Named | null | undefined
  readonly near: Near<Named | null>
  /** All labels, for one word that has no parts: `restaritng`, but not `restart-pod`. */
  readonly nearWord: Near<Named | null>
}

/** A catalogue stays the same for many questions. Nothing else is remembered between them. */
const ofServices = new WeakMap<Known['services'], Index>()
const ofPlaybooks = new WeakMap<Known['playbooks'], Index>()

export const namesOf = (known: Known): Names => {
  const services = ofServices.get(known.services) ?? indexOf(serviceLabels(known.services))
  ofServices.set(known.services, services)
  const playbooks =
    ofPlaybooks.get(known.playbooks) ?? indexOf(playbookLabels(known.playbooks), deedLabels(known.playbooks))
  ofPlaybooks.set(known.playbooks, playbooks)
  const indices = [services, playbooks, indexOf(personLabels(known.people))]
  const find = (at: string): Named | null | undefined => {
    const found = indices.map((index) => index.find(at)).filter((each) => each !== undefined)
    return found.length > 1 ? null : found[0]
  }
  return {
    mostWords: mostLabelWords,
    exactly: (words) => {
      const at = labelKey(words)
      if (at === null) return undefined
      const found = find(at)
      // `bobs approvals`, as people type it.
      return found === undefined && at.length > 3 && at.endsWith('s') ? find(at.slice(0, -1)) : found
    },
    nearly: (words) => {
      const at = key(words.join(''))
      const whole = words.length === 1 && words[0] === at
      const found = indices
        .map(({ near, nearWord }) => (whole ? nearWord : near).nearest(at))
        .filter((each) => each !== null)
      const least = Math.min(...found.map(({ slips }) => slips))
      const [best, ...others] = found.filter(({ slips }) => slips === least)
      if (best === undefined || best.tied || best.value === null || others.length > 0) return null
      if (words.some((word) => hasPartOf(word, find))) return null
      return { named: best.value, slips: best.slips }
    },
  }
}

function* serviceLabels(services: Known['services']): Iterable<readonly [string, Named]> {
  for (const { name, aliases } of services)
    for (const label of [name, ...aliases]) yield [key(label), { kind: 'service', name }]
}

function* playbookLabels(playbooks: Known['playbooks']): Iterable<readonly [string, Named]> {
  for (const { name, title } of playbooks)
    for (const label of [name, title])
      yield [labelKey(folded(label).split(' ')) ?? key(label), { kind: 'playbook', name }]
}

/** What a playbook is called by what it does. */
function* deedLabels(playbooks: Known['playbooks']): Iterable<readonly [string, Named]> {
  for (const { name, title } of playbooks)
    for (const label of [...verbsOf(name), ...[name, title].flatMap(inflected)])
      yield [labelKey(folded(label).split(' ')) ?? key(label), { kind: 'playbook', name }]
}

function* personLabels(people: Known['people']): Iterable<readonly [string, Named]> {
  for (const { id, name } of people) {
    const parts = folded(name).split(/\s+/)
    for (const label of new Set([id, name, parts[0] ?? '', parts.at(-1) ?? '']))
      yield [key(label), { kind: 'person', id }]
  }
}

/** Null is a label of two. */
const indexOf = (
  labels: Iterable<readonly [string, Named]>,
  exact: Iterable<readonly [string, Named]> = [],
): Index => {
  const byKey = new Map<string, Named | null>()
  const add = ([at, named]: readonly [string, Named]): void => {
    const before = byKey.get(at)
    if (at !== '') byKey.set(at, before === undefined || same(before, named) ? named : null)
  }
  for (const label of labels) add(label)
  const nearNow = (): Near<Named | null> =>
    nearAmong(
      [...byKey].filter(([at]) => at.length >= shortestNear),
      same,
    )
  const near = nearNow()
  const before = byKey.size
  for (const label of exact) add(label)
  return {
    find: (at) => byKey.get(at),
    near,
    nearWord: byKey.size === before ? near : nearNow(),
  }
}

/** A shorter name has too many neighbours. */
const shortestNear = 5

/** `restarts`, `restarted`: what a playbook does, unless the word has a meaning here already. Two that do the same have no such name. */
const verbsOf = (name: string): string[] => {
  const [verb = '', ...rest] = folded(name).split(/[-_ ]/)
  if (rest.length === 0 || verb.length < 4 || meaningOf(verb) !== null || idiomWords.includes(verb)) return []
  return [verb, ...formsOf(verb)]
}

const formsOf = (verb: string): string[] => {
  const stem = verb.endsWith('e') ? verb.slice(0, -1) : verb
  return [`${verb}${/(sh|ch|s|x)$/.test(verb) ? 'es' : 's'}`, `${stem}ed`, `${stem}ing`]
}

/** `scaling up`, `warmed the cache`: a label that begins with its verb, in the other forms of the verb. */
const inflected = (label: string): string[] => {
  const [verb = '', ...rest] = folded(label).split(/[-_ ]/)
  return rest.length === 0 || verb.length < 3 ? [] : formsOf(verb).map((form) => [form, ...rest].join(' '))
}

const same = (one: Named | null, other: Named | null): boolean =>
  one !== null && other !== null && one.kind === other.kind && nameIn(one) === nameIn(other)

const nameIn = (named: Named): string => (named.kind === 'person' ? named.id : named.name)
