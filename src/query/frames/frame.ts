import type { About, Query, When } from '../query.ts'
import { aboutIn, type Kind, type Place, type Said, type Unsaid, whenIn } from './said.ts'

/**
 * A way to ask, by what has to be said and what may be said besides. Whatever else is said makes it another question, or none:
 * every word is accounted for, in whatever order.
 */
export interface Frame {
  /** Each by its alternatives: tags, or `RECORD`, `SERVICE`, `PERSON`, `PLAYBOOK`, `TIME`, `THIS`. */
  readonly needs: readonly (readonly string[])[]
  readonly may: ReadonlySet<string>
  readonly query: (said: Said, place: Place) => Query | 'which_one' | null
}

export const frame = (needs: string, may: string, query: Frame['query']): Frame => {
  const needed = needs.split(' ').map((each) => each.split('|'))
  return { needs: needed, may: new Set([...may.split(' '), ...needed.flat(), ...always]), query }
}

/** Words that may stand in any question. */
const always = ['what', 'which', 'do', 'anything', 'everything', 'only', 'report']

export const fits = ({ needs, may }: Frame, said: Said): boolean => {
  const present = presentIn(said)
  return (
    needs.every((alternatives) => alternatives.some((each) => present.has(each))) &&
    [...present].every((each) => may.has(each))
  )
}

const presentIn = (said: Said): Set<string> => {
  const present = new Set(said.tags)
  const add = (is: boolean, slot: string): unknown => is && present.add(slot)
  add(said.records.length > 0, 'RECORD')
  add(said.services.length > 0, 'SERVICE')
  add(said.people.length > 0, 'PERSON')
  add(said.playbooks.length > 0, 'PLAYBOOK')
  add(said.times.length > 0, 'TIME')
  add(said.pointsAt.length > 0, 'THIS')
  return present
}

/** A query that has nothing but what it is about. */
export const plain =
  (
    build: (about: About, said: Said, place: Place) => Query | 'which_one' | null,
    kind: Kind,
    unsaid: Unsaid,
  ): Frame['query'] =>
  (said, place) => {
    if (said.services.length > 1 || said.playbooks.length > 1 || said.people.length > 1) return null
    const about = aboutIn(said, place, kind, unsaid)
    return about === null || about === 'which_one' ? about : build(about, said, place)
  }

/** The same, of a time. */
export const timed = (
  build: (about: About, when: When, said: Said, place: Place) => Query | 'which_one' | null,
  kind: Kind,
  unsaid: Unsaid,
): Frame['query'] =>
  plain(
    (about, said, place) => {
      const when = whenIn(said, about, place)
      return when === null ? null : build(about, when, said, place)
    },
    kind,
    unsaid,
  )
