import type { Piece } from './words/pieces.ts'

/** Whether a way of doing something is asked for: `how do we run scale-up`, `how to approve`. No figure answers that. */
export const isHowTo = (pieces: readonly Piece[]): boolean => {
  const said = pieces.map((piece) => (piece.kind === 'tag' ? piece : null))
  return said.some((piece, at) => {
    // `what can you run` asks for what Suture is able to; in front `can you` is but polite.
    if (piece !== null && ableTo.test(piece.text) && said.slice(0, at).some(isQuestionWord)) return true
    if (piece?.tag !== 'how') return false
    const [next, who, verb] = [said[at + 1], said[at + 2], said[at + 3]]
    if (next?.text === 'to') return true
    // `how is it fixed` may as well ask how it could be.
    if (next?.text === 'is' && said.slice(at + 2).some((tag) => tag !== null && mended.has(tag.tag)))
      return true
    if (next === null || next === undefined || !helpers.has(next.text)) return false
    if (who?.tag === 'you') return verb != null && mends.has(verb.tag)
    return who != null && doers.has(who.text) && !(verb != null && fares.has(verb.tag))
  })
}

const ableTo = /^(can|could|would|will) you( please| kindly| also)?$/
const isQuestionWord = (piece: { readonly tag: string } | null): boolean =>
  piece !== null && /^(what$|which|when|how|who|where|why)/.test(piece.tag)
const helpers = new Set('do can could should would might may must shall will'.split(' '))
const doers = new Set('we i one'.split(' '))
const mends = new Set(['fix', 'resolve', 'heal', 'recover'])
const mended = new Set(['fixed', 'resolved'])
/** `how do we compare with last week` asks for figures. */
const fares = new Set(['compare', 'do', 'doing', 'perform', 'help'])
