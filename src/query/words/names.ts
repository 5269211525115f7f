import { idiomWords } from './idioms.ts'
import { meaningOf } from './lexicon.ts'
import { slip } from './spelling.ts'
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

export const namesOf = (known: Known): Names => {
  const byKey = new Map<string, Named | null>()
  const add = (label: string, named: Named): void => {
    const at = key(label)
    if (at === '') return
    const before = byKey.get(at)
    byKey.set(at, before === undefined || same(before, named) ? named : null)
  }
  for (const { name, aliases } of known.services)
    for (const label of [name, ...aliases]) add(label, { kind: 'service', name })
  for (const { name, title } of known.playbooks)
    for (const label of [name, title, ...verbsOf(name)]) add(label, { kind: 'playbook', name })
  for (const { id, name } of known.people) {
    const parts = folded(name).split(/\s+/)
    for (const label of new Set([id, name, parts[0] ?? '', parts.at(-1) ?? '']))
      add(label, { kind: 'person', id })
  }
  const labels = [...byKey.entries()]
  const find = (at: string): Named | null | undefined => byKey.get(at) ?? (byKey.has(at) ? null : undefined)
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
      let best: { named: Named | null; slips: number } | null = null
      for (const [label, named] of labels) {
        const slips = label.length < 5 ? null : slip(at, label)
        if (slips === null || (best !== null && slips > best.slips)) continue
        const tied: boolean = best !== null && best.slips === slips && !same(best.named, named)
        best = { named: tied ? null : named, slips }
      }
      return best === null || best.named === null ? null : { named: best.named, slips: best.slips }
    },
  }
}

/** `restarts`, `restarted`: what a playbook does, unless the word has a meaning here already. Two that do the same have no such name. */
const verbsOf = (name: string): string[] => {
  const [verb = '', ...rest] = folded(name).split(/[-_ ]/)
  if (rest.length === 0 || verb.length < 4 || meaningOf(verb) !== null || idiomWords.includes(verb)) return []
  const stem = verb.endsWith('e') ? verb.slice(0, -1) : verb
  return [verb, `${verb}${/(sh|ch|s|x)$/.test(verb) ? 'es' : 's'}`, `${stem}ed`, `${stem}ing`]
}

const same = (one: Named | null, other: Named | null): boolean =>
  one !== null && other !== null && JSON.stringify(one) === JSON.stringify(other)
