import type { Piece } from './words/pieces.ts'

/** Whether a message tells something and asks nothing: `checkout is down`, `bob approved run-9`, `I reject`. */
export const isStatement = (pieces: readonly Piece[], text: string): boolean => {
  // `web, is it frozen`: first of what, then the question.
  if (text.includes('?') || /[,:]/.test(text) || pieces.some(asks)) return false
  const at = pieces.findIndex((piece) => !(piece.kind === 'tag' && articles.has(piece.text)))
  const [first, second] = [pieces[at], pieces[at + 1]]
  if (first === undefined || second?.kind !== 'tag') return false
  if (first.kind === 'tag')
    return speakers.has(first.text) && (deeds.has(second.text) || selves.has(second.text))
  if (first.kind === 'named' && first.named.kind === 'person' && deeds.has(second.text)) return true
  return first.kind !== 'word' && first.kind !== 'time' && states.has(second.text)
}

const articles = new Set(['the', 'our', 'a'])
const asks = (piece: Piece): boolean =>
  piece.kind === 'tag' && (asking.has(piece.tag) || piece.tag.startsWith('which') || piece.text === 'or not')
const asking = new Set('what who why how when where count howlong howfast howwell howoften'.split(' '))
const deeds = new Set(
  'approve approves approved reject rejects rejected decline declined vote voted decided ran started fixed resolved refused silenced muted said did touched deployed changed'.split(
    ' ',
  ),
)
const speakers = new Set(['i', 'we', 'they'])
const selves = new Set(['am', 'are', 'were', 'wait', 'waited'])
const states = new Set('is are was were has had seems looks recovered failed broke crashed'.split(' '))
