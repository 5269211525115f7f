import type { Found, Piece } from './pieces.ts'

/** `this incident`, `the run`, `that service`: one thing the question points at. */
export const pointed = (pieces: readonly Piece[]): Piece[] => {
  const out: Piece[] = []
  for (let at = 0; at < pieces.length; ) {
    const found = thisAt(pieces, at)
    const piece = pieces[at]
    if (found !== null) out.push(found.piece)
    else if (piece !== undefined) out.push(piece)
    at += found?.length ?? 1
  }
  return out
}

const thingNouns = new Set(
  'incident alert outage issue problem thread run request proposal approval ticket one remediation fix'.split(
    ' ',
  ),
)
const timeAfter = new Set(
  'week month year quarter hour day weekend morning afternoon evening moment minute second instant past last monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april june july august september october november december point'.split(
    ' ',
  ),
)

const thisAt = (pieces: readonly Piece[], at: number): Found | null => {
  const text = textAt(pieces, at)
  const next = textAt(pieces, at + 1)
  const one = (of: 'any' | 'service' | 'there', length: number): Found => ({
    piece: { kind: 'this', of },
    length,
  })
  if (text === 'here' || text === 'it') return isExpletive(pieces, at) ? null : one('any', 1)
  if (text === 'there') {
    const before = textAt(pieces, at - 1)
    return before !== null && existential.has(before) ? null : one('there', 1)
  }
  if (text === 'this' || text === 'that') {
    if (next !== null && timeAfter.has(next)) return null
    if (next === 'service' || next === 'app') return one('service', 2)
    if (next !== null && thingNouns.has(next)) return one('any', 2)
    // `runs that failed`, `incidents that are open`.
    if (text === 'that' && at < pieces.length - 1 && before(pieces, at)) return null
    if (pieces[at + 1]?.kind === 'named' || pieces[at + 1]?.kind === 'record') return null
    return one('any', 1)
  }
  if (text === 'the' && next !== null) {
    const after = pieces[at + 2]
    if (after?.kind === 'named' || after?.kind === 'record') return null
    if (next === 'service') return one('service', 2)
    if (
      ['incident', 'outage', 'issue', 'problem', 'request', 'proposal', 'run'].includes(next) &&
      closes(pieces, at + 2)
    )
      return one('any', 2)
  }
  return null
}

/** Nouns, after which `that` begins a clause. */
const before = (pieces: readonly Piece[], at: number): boolean => {
  const text = textAt(pieces, at - 1)
  return (
    text !== null &&
    (text.endsWith('s') || text.endsWith('thing')) &&
    !['is', 'was', 'does', 'has', 'this', 'us'].includes(text)
  )
}

const existential = new Set('are is were was any been'.split(' '))
/** `how long does it take`. */
const isExpletive = (pieces: readonly Piece[], at: number): boolean =>
  textAt(pieces, at) === 'it' &&
  (/^(take|takes|took|taken|possible)$/.test(textAt(pieces, at + 1) ?? '') ||
    textAt(pieces, at + 2) === 'possible')

/** The noun ends the question or what follows belongs to something else: `the run` is one, `the run time` is none. */
const closes = (pieces: readonly Piece[], at: number): boolean => {
  const text = textAt(pieces, at)
  const after = [pieces[at + 1], pieces[at + 2]].find(
    (piece) => piece?.kind !== 'word' || piece.text !== 'the',
  )
  // `the run for checkout` is of checkout.
  if (['for', 'of', 'on', 'in'].includes(text ?? '') && after !== undefined && after.kind !== 'word')
    return false
  return (
    text === null ||
    ![
      'time',
      'times',
      'duration',
      'rate',
      'log',
      'history',
      'durations',
      'outcomes',
      'results',
      'number',
      'limit',
      'limits',
      'queue',
      'counters',
    ].includes(text)
  )
}

export const textAt = (pieces: readonly Piece[], at: number): string | null => {
  const piece = pieces[at]
  return piece?.kind === 'word' ? piece.text : null
}
