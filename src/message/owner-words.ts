import type { Text } from '../domain/card.ts'
import { type Named, people, text } from './words.ts'

/** An owner as the catalogue has it, with the people whom Suture knows by that name. */
export interface Owner {
  readonly name: string
  readonly people: readonly Named[]
  /** It is a group of the policy, and not one person. */
  readonly group: boolean
}

const mostOwners = 5
const mostOfGroup = 5

/** ` For payments (Chloe and Dora) and team-shop.`; nothing without owners. People are mentions, everything else is plain text. */
export const ownersInWords = (owners: readonly Owner[]): Text => {
  if (owners.length === 0) return []
  const shown = owners.slice(0, mostOwners)
  const more = owners.length - shown.length
  return text(
    ' For ',
    ...shown.map((owner, at) =>
      text(at === 0 ? '' : at === shown.length - 1 && more === 0 ? ' and ' : ', ', ownerInWords(owner)),
    ),
    more === 0 ? '.' : ` and ${more} more.`,
  )
}

const ownerInWords = ({ name, people: known, group }: Owner): Text => {
  if (known.length === 0) return text(name)
  const shown = people(known.slice(0, mostOfGroup))
  const more = known.length - mostOfGroup
  return group ? text(`${name} (`, shown, more > 0 ? ` and ${more} more)` : ')') : shown
}
