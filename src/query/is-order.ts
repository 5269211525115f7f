import type { Piece } from './words/pieces.ts'

/** Whether somebody asks for a thing to be done: `approve req-5`, `can you silence search?`. No query answers that. */
export const isOrder = (pieces: readonly Piece[]): boolean => {
  const at = pieces.findIndex((piece) => !isPolite(piece))
  const first = pieces[at]
  // `restart checkout` does what a playbook does.
  if (
    first?.kind === 'named' &&
    first.named.kind === 'playbook' &&
    // `restarting checkout`, `restarts of checkout` are nothing to be done.
    !/[ -]|ing$|ed$|s$/.test(first.text) &&
    isThing(pieces[at + 1])
  )
    return true
  if (first?.kind !== 'tag' || pieces.slice(0, at).some(isNoun)) return false
  if (verbs.has(first.text)) return true
  if (alone.has(first.text) && pieces.length === 1) return true
  // `break the glass` does it, `break glass on payments?` asks.
  const second = pieces[at + 1]
  if (
    first.tag === 'glass' &&
    (first.text.startsWith('break the') ||
      (first.text.startsWith('break') && second?.kind === 'tag' && second.tag === 'now'))
  )
    return true
  // `silence all`
  if (nounsToo.has(first.text) && second?.kind === 'tag' && second.text === 'all' && at + 2 === pieces.length)
    return true
  // `open the ...`, `change the ...`
  if (nounsToo.has(first.text) && second?.kind === 'tag' && whole.has(second.text)) return true
  // `vote on run-7`, `request approval`
  if (first.text === 'vote' && second?.kind === 'tag' && ['on', 'for'].includes(second.text)) return true
  if (first.text === 'request' && second?.kind === 'tag' && second.tag === 'approval') return true
  const next = pieces.slice(at + 1).find((piece) => !(piece.kind === 'tag' && articles.has(piece.text)))
  // `roll back the frontend`; `rolled back runs` asks.
  if ((first.text === 'roll back' || first.text === 'rollback') && isThing(next)) return true
  return nounsToo.has(first.text) && isThing(next)
}

const isPolite = (piece: Piece): boolean =>
  piece.kind === 'tag' &&
  (piece.tag === '_' || piece.tag === 'you' || (piece.tag === 'can' && piece.text !== 'may'))

/** `is there a freeze here?`: what stands in front makes it a noun, or a question. */
const isNoun = (piece: Piece): boolean => piece.kind === 'tag' && before.has(piece.text)
const before = new Set(
  'is are was were does has have had a an the any there all of on in for some our last this'.split(' '),
)

const whole = new Set(['the', 'a', 'an'])
const articles = new Set(['the', 'a', 'our', 'all', 'any', 'every'])
/** Base forms that begin no question. */
const verbs = new Set(
  'approve reject decline veto cancel block stop hold start begin move proceed execute repair heal recover restore resolve deny refuse skip touch propose mute snooze suppress throttle decide ask make break crash improve endorse authorize authorise shift'.split(
    ' ',
  ),
)
const alone = new Set(['run', 'deploy', 'release', 'ship'])
/** Nouns as well; with something to do it to, they are orders. */
const nounsToo = new Set(
  'run freeze silence deploy release change ship request vote limit log force open record fix report'.split(
    ' ',
  ),
)

const isThing = (piece: Piece | undefined): boolean =>
  (piece?.kind === 'tag' && (['everything', 'anything'].includes(piece.tag) || piece.text === 'them')) ||
  piece?.kind === 'named' ||
  piece?.kind === 'this' ||
  piece?.kind === 'record'
