import { unitOf } from '../dates/calendar.ts'
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
const modals = new Set('can could may might will not should does did'.split(' '))
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
  // `since it was last deployed`
  if (text === 'it' && textAt(pieces, at - 1) === 'since') return null
  if (text === 'here' || text === 'it') return isExpletive(pieces, at) ? null : one('any', 1)
  if (text === 'there') {
    const before = textAt(pieces, at - 1)
    // `incidents there were`; `what happened there` points.
    if (next !== null && existential.has(next) && at > 0) return null
    // `is a freeze there on payments?`
    if (next !== null && ['on', 'for', 'in'].includes(next) && pieces[at + 2]?.kind === 'named') return null
    return before !== null && existential.has(before) ? null : one('there', 1)
  }
  if (text === 'this' || text === 'that') {
    if (next !== null && (timeAfter.has(next) || unitOf(next) !== null)) return null
    if (next === 'service' || next === 'app') return one('service', 2)
    // `why can't this run`: a verb at the end.
    const verb = next === 'run' && pieces.length === at + 2 && modals.has(textAt(pieces, at - 1) ?? '')
    if (next !== null && thingNouns.has(next) && !verb) return one('any', 2)
    // `who was it that approved run-9`
    if (text === 'that' && textAt(pieces, at - 1) === 'it') return null
    // `runs that failed`, `incidents that are open`.
    if (text === 'that' && at < pieces.length - 1 && (before(pieces, at) || begins(pieces, at))) return null
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

const nouns = new Set(
  'fix playbook remediation runbook run incident service request deploy change proposal one'.split(' '),
)
/** Nouns, after which `that` begins a clause. */
const before = (pieces: readonly Piece[], at: number): boolean => {
  const text = textAt(pieces, at - 1)
  return (
    text !== null &&
    (text.endsWith('s') || text.endsWith('thing') || nouns.has(text)) &&
    !['is', 'was', 'does', 'has', 'this', 'us'].includes(text)
  )
}

/** `incidents from last month that are open`: a noun stands before it and a verb behind. */
const begins = (pieces: readonly Piece[], at: number): boolean => {
  const [last, next] = [textAt(pieces, at - 1), textAt(pieces, at + 1) ?? '']
  return at > 0 && clauses.has(next) && !(last !== null && noNouns.has(last))
}
const clauses = new Set(
  'is are was were has have had did do does got failed ran can could need needs'.split(' '),
)
const noNouns = new Set(
  'is are was were has have had do does did will can could should may what who why how when where which on in of for about with to from and or by like after since than vs tell me'.split(
    ' ',
  ),
)

const existential = new Set('are is were was any been have has had will'.split(' '))
/** `how long does it take`. */
const isExpletive = (pieces: readonly Piece[], at: number): boolean => {
  if (textAt(pieces, at) !== 'it') return false
  const [next, after] = [textAt(pieces, at + 1) ?? '', textAt(pieces, at + 2) ?? '']
  // `is it that ...`, `is it worth ...`, `does it help to ...`
  if (['that', 'worth'].includes(next)) return true
  // `how is it going with search?`
  if (next === 'going' && ['with', 'on', 'for'].includes(after) && textAt(pieces, at - 2) === 'how')
    return true
  if (after === 'to' && ['help', 'allowed', 'permitted', 'ok', 'okay', 'safe'].includes(next)) return true
  return [next, after].some((word) => /^(take|takes|took|taken|possible)$/.test(word))
}

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
      'scheduler',
      'count',
      'tally',
      'list',
      'numbers',
      'stats',
      'statistics',
      'figures',
      'report',
      'reports',
      'total',
      'totals',
      'rates',
      'success',
      'trail',
      'counter',
      'queue',
    ].includes(text)
  )
}

export const textAt = (pieces: readonly Piece[], at: number): string | null => {
  const piece = pieces[at]
  return piece?.kind === 'word' ? piece.text : null
}
