import type { Piece } from './words/pieces.ts'

/**
 * Whether somebody else is to do something, or something is to be done: `tell bob to approve run-7`, `bob, approve it`,
 * `get run-7 approved`, `give bob the log`. It reads like a question about them, and is none.
 */
export const isForSomebody = (pieces: readonly Piece[]): boolean =>
  pieces.some(
    (piece, at) => (isSomebody(piece) && isTold(pieces, at)) || (isOne(piece) && isMade(pieces, at)),
  )

const isSomebody = (piece: Piece): boolean =>
  (piece.kind === 'named' && piece.named.kind === 'person') ||
  (piece.kind === 'tag' && (['anyone', 'people'].includes(piece.tag) || others.has(piece.text)))
const others = new Set('them him her they he she team guys folks admin lead everyone everybody'.split(' '))

const isTold = (pieces: readonly Piece[], at: number): boolean => {
  const before = pieces.slice(0, at)
  // `who said no to bob`: it is not bob who did.
  const last = pieces[at - 1]
  if (
    isNamed(pieces[at]) &&
    / to$|^to$/.test(textOf(last) ?? '') &&
    before.some((piece) => piece.kind === 'tag' && piece.tag === 'sayno')
  )
    return true
  // `bob can you approve this?`
  if (
    isNamed(pieces[at]) &&
    before.every(isSmall) &&
    pieces.length > at + 2 &&
    spokenTo.test(textOf(pieces[at + 1]) ?? '')
  )
    return true
  const told = textOf(pieces[at - 1])
  // `approvals for bob`
  if (told === 'for' && isNamed(pieces[at]) && before.some(isApproval)) return true
  const next = pieces[at + 1]
  if (isNamed(pieces[at]) && told !== null && tells.has(told) && next !== undefined) {
    // `give bob the log`: to him, and not about him.
    if (hands.has(told) || (next.kind === 'tag' && begins.has(next.text))) return true
  }
  if (before.some(asks)) return false
  const verb = pieces.findIndex((piece, where) => where > at && !besides.has(textOf(piece) ?? ''))
  const deed = textOf(pieces[verb])
  if (deed === null) return false
  // `bob votes` and `bob runs` are nouns; with `to` between, or after `let`, they are deeds.
  const to = pieces.slice(at + 1, verb).some((piece) => ['to', 'please'].includes(textOf(piece) ?? ''))
  return deeds.has(deed) || (nounsToo.has(deed) && (to || (told !== null && causes.has(told))))
}

const isSmall = (piece: Piece): boolean => piece.kind === 'tag' && piece.tag === '_'
const spokenTo = /^(can|could|would|will|please)( you.*)?$/
const tells = new Set('tell give send show get fetch bring ask remind'.split(' '))
const hands = new Set('tell give send ask remind'.split(' '))
const begins = new Set('the a an our what who how why when which to on'.split(' '))
const causes = new Set('let have get make tell ask want need'.split(' '))
const besides = new Set('to please also now then kindly want wants would like just we i you do'.split(' '))
const deeds = new Set(
  'approve reject decline veto decide authorize authorise refuse deny fix repair solve resolve heal restore recover execute start stop begin cancel hold block mute unmute freeze check look'.split(
    ' ',
  ),
)
const nounsToo = new Set(
  'vote run deploy release ship silence skip change record log request touch'.split(' '),
)

const isApproval = (piece: Piece): boolean => piece.kind === 'tag' && piece.tag.startsWith('approv')

const asks = (piece: Piece): boolean =>
  piece.kind === 'tag' &&
  (asking.has(piece.tag) ||
    piece.tag.startsWith('which') ||
    piece.text === 'does' ||
    piece.text === 'whether')
const asking = new Set(
  'do what who why how when where can may must will if count howoften howlong'.split(' '),
)

const isOne = (piece: Piece): boolean =>
  piece.kind === 'record' ||
  piece.kind === 'this' ||
  (piece.kind === 'named' && piece.named.kind === 'service')

/** `i want checkout silenced`, `get run-7 approved`; `has run-7 been approved` asks. */
const isMade = (pieces: readonly Piece[], at: number): boolean => {
  const verb = textOf(pieces[at - 1])
    ?.split(' ')
    .at(-1)
  const next = textOf(pieces[at + 1])
  const done = next === 'to' || next === 'be' ? textOf(pieces[at + 2]) : next
  return (
    verb !== undefined &&
    makes.has(verb) &&
    done !== null &&
    (results.has(done) || (next !== done && deeds.has(done))) &&
    !pieces.slice(0, at).some(asks)
  )
}
const makes = new Set('get have want need like make keep'.split(' '))
const results = new Set(
  'approved rejected declined silenced muted fixed resolved healed repaired recovered restored closed solved frozen refused denied blocked cleared deployed released shipped changed tested signed up running working'.split(
    ' ',
  ),
)

const isNamed = (piece: Piece | undefined): boolean => piece?.kind === 'named'
const textOf = (piece: Piece | undefined): string | null =>
  piece?.kind === 'tag' || piece?.kind === 'word' ? piece.text : null
