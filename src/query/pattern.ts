import type { Part } from './about.ts'

/**
 * A way to ask, word by word: `what is|was happening @? now?`. `a|b` is either, `?` may be left out, `@` is what it is
 * about. Every word of the question must be accounted for. Matching follows all ways at once, so its time is bounded.
 */
export interface Pattern {
  readonly elements: readonly Element[]
}

interface Element {
  /** Null stands for `@`. */
  readonly words: ReadonlySet<string> | null
  readonly optional: boolean
}

export const pattern = (text: string): Pattern => ({
  elements: text.split(' ').map((piece) => {
    const optional = piece.endsWith('?')
    const body = optional ? piece.slice(0, -1) : piece
    return { words: body === '@' ? null : new Set(body.split('|')), optional }
  }),
})

export const matches = ({ elements }: Pattern, parts: readonly Part[]): boolean => {
  let states = reachable(elements, new Set([0]))
  for (const part of parts) {
    const next = new Set<number>()
    for (const state of states) {
      const element = elements[state]
      if (element !== undefined && accepts(element, part)) next.add(state + 1)
    }
    if (next.size === 0) return false
    states = reachable(elements, next)
  }
  return states.has(elements.length)
}

/** States that can be reached by leaving out what is optional. */
const reachable = (elements: readonly Element[], states: ReadonlySet<number>): Set<number> => {
  const all = new Set(states)
  for (const state of all) if (elements[state]?.optional === true) all.add(state + 1)
  return all
}

const accepts = (element: Element, part: Part): boolean =>
  part.kind === 'about' ? element.words === null : element.words?.has(part.text) === true

export const wordsOfPattern = ({ elements }: Pattern): string[] =>
  elements.flatMap((element) => [...(element.words ?? [])])
