import type { Piece } from './words/pieces.ts'

/** Whether somebody asks for a thing to be done: `approve req-5`, `can you silence search?`. No query answers that. */
export const isOrder = (pieces: readonly Piece[]): boolean => {
  const at = pieces.findIndex((piece) => !isPolite(piece))
  const first = pieces[at]
  // `restart checkout` does what a playbook does.
  if (
    first?.kind === 'named' &&
    first.named.kind === 'playbook' &&
    !/[ -]/.test(first.text) &&
    isThing(pieces[at + 1])
  )
    return true
  if (first?.kind !== 'tag') return false
  if (verbs.has(first.text)) return true
  const next = pieces.slice(at + 1).find((piece) => !(piece.kind === 'tag' && articles.has(piece.text)))
  return nounsToo.has(first.text) && isThing(next)
}

const isPolite = (piece: Piece): boolean =>
  piece.kind === 'tag' &&
  (piece.tag === '_' || piece.tag === 'you' || (piece.tag === 'can' && piece.text !== 'may'))

const articles = new Set(['the', 'a', 'our', 'all', 'any', 'every'])
/** Base forms that begin no question. */
const verbs = new Set(
  'approve reject decline veto cancel block stop hold start begin move proceed execute repair heal recover restore resolve deny refuse skip touch propose mute snooze suppress fix throttle decide ask'.split(
    ' ',
  ),
)
/** Nouns as well; with something to do it to, they are orders. */
const nounsToo = new Set(
  'run freeze silence deploy release change ship request vote limit log force open record'.split(' '),
)

const isThing = (piece: Piece | undefined): boolean =>
  piece?.kind === 'named' || piece?.kind === 'this' || piece?.kind === 'record'
