import type { Piece } from './words/pieces.ts'

/** Whether one is picked that no query picks: `the latest incident`, `first run`, `which incident was first`. */
export const isOneOfMany = (pieces: readonly Piece[]): boolean =>
  pieces.some((piece, at) => {
    if (piece.kind !== 'tag') return false
    const [before, last, next] = [pieces[at - 2], pieces[at - 1], pieces[at + 1]]
    if (picks.has(piece.text) && isNoun(next) && !isPlural(next)) return true
    return piece.text === 'first' && isNoun(before) && textOf(last) === 'was'
  })

const picks = new Set(['first', 'latest', 'newest', 'the latest', 'single', 'another', 'longest', 'shortest'])
const nouns = new Set(
  'incident problem run deploy change request approval freeze silence service fix vote test window proposal'.split(
    ' ',
  ),
)
const isNoun = (piece: Piece | undefined): boolean => piece?.kind === 'tag' && nouns.has(piece.tag)
const isPlural = (piece: Piece | undefined): boolean => textOf(piece)?.endsWith('s') ?? false
const textOf = (piece: Piece | undefined): string | null => (piece?.kind === 'tag' ? piece.text : null)
