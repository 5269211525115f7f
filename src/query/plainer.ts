import { asidesLeftOut } from './aside.ts'
import type { Names } from './words/names.ts'
import { spokenNumbers } from './words/spoken-numbers.ts'
import { folded, wordsOf } from './words/text.ts'

/**
 * A text that is not understood as it stands is read again with less of what people say around a question: without exclamations
 * (`wtf`, `um`, `the hell`), without what only asks for agreement (`..., right?`), and without a sentence in which somebody tells
 * about themselves (`hi, i just took over, ...`). Nothing is left out that could narrow what is asked, or turn it round.
 */

export interface Readable {
  readonly words: readonly string[]
  /** What the words are of, with its punctuation. */
  readonly text: string
}

/** Plainer and plainer; empty where nothing could be left out. */
export const plainerThan = (text: string, bot: readonly string[], names: Names): Readable[] => {
  const whole = folded(text)
  return [whole, asidesLeftOut(whole, names)].flatMap((each) => {
    if (each === null) return []
    const agreed = withoutTag(each)
    const words = wordsOf(agreed.text, bot)
    if (words === null) return []
    const said = plain(words, /\?[\s)"']*$/.test(each), names)
    const asked = agreed.tagged ? affirmed(said) : said
    return asked === null || asked.length === 0
      ? []
      : [{ words: asked, text: agreed.tagged ? `${agreed.text}?` : agreed.text }]
  })
}

/** `..., right?`, `..., is it?` at the end ask whether it is so. */
const withoutTag = (text: string): { text: string; tagged: boolean } => {
  const found = agreement.exec(text)
  return found === null ? { text, tagged: false } : { text: text.slice(0, found.index), tagged: true }
}
const agreement =
  /,\s*(?:right|correct|huh|eh|innit|or not|(?:is|are|was|were|do|does|did|has|have|can|could|will|would)(?:n't|nt| not)? (?:it|they|he|she|we|there|that|you|i)(?: not)?)\s*[?!.]*$/

/** `checkout is not frozen, is it?` asks whether it is. In `which are not open, right?` the `not` chooses: null. */
const affirmed = (words: readonly string[]): string[] | null => {
  if (words.includes('not') && (words[0] === 'and' || words.some((word) => choosing.has(word)))) return null
  const at = words.findIndex((word, each) => word === 'not' && each > 1 && verbs.has(words[each - 1] ?? ''))
  return words.filter((_, each) => each !== at)
}

const choosing = new Set(
  'what who whom whose why how which when where ones those that only any anyone anybody nobody'.split(' '),
)

const plain = (given: readonly string[], marked: boolean, names: Names): string[] => {
  const words = asked(withoutExclamations(spokenNumbers(withoutLead(given))), names)
  const [first, second] = words
  // `there is a freeze on web?`
  return marked && first === 'there' && second !== undefined && verbs.has(second)
    ? [second, first, ...words.slice(2)]
    : words
}

const leads = new Set(
  'wait right well yes yeah yep yup sure cool great nice perfect thanks thank fine alright so but hey hi hello yo ok okay ah oh um uh uhm umm hm hmm er erm anyway anyways btw look listen sorry excuse please suture also actually now then morning afternoon evening greetings'.split(
    ' ',
  ),
)
const withoutLead = (words: readonly string[]): readonly string[] => {
  const start = words.findIndex((word) => !leads.has(word))
  if (start <= 0) return words
  // `ok and why is it stuck?`
  const asks = words[start] === 'and' && asking.has(words[start + 1] ?? '')
  return words.slice(asks ? start + 1 : start)
}
const asking = new Set('why who what when how which where'.split(' '))

const exclamations = new Set(
  'um uh uhm umm hm hmm er erm ah oh ooh damn damned bloody fucking fuckin freaking frigging goddamn effing actually really roughly approximately basically honestly literally even exactly tf lol haha man dude mate buddy'.split(
    ' ',
  ),
)
const phrasesOf = (phrases: readonly string[]): string[][] => phrases.map((phrase) => phrase.split(' '))
const phrases = phrasesOf([
  'the hell',
  'the heck',
  'the fuck',
  'the f',
  'the devil',
  'on earth',
  'in the world',
  'for the love of god',
  'for fuck sake',
  'by the way',
  'as far as i know',
  'as far as you know',
  'as far as we know',
  'in my opinion',
  'for your information',
])
/** Elsewhere they may mean something: `in the end of october`. */
const endings = phrasesOf(['question mark', 'full stop', 'in the end', 'after all'])

const withoutExclamations = (given: readonly string[]): string[] => {
  const ending = endings.find(
    (each) => given.length > each.length && each.every((word, at) => given.at(at - each.length) === word),
  )
  const words = ending === undefined ? given : given.slice(0, -ending.length)
  const out: string[] = []
  for (let at = 0; at < words.length; ) {
    const phrase = phrases.find((each) => each.every((word, offset) => words[at + offset] === word))
    const word = words[at] ?? ''
    if (phrase !== undefined) at += phrase.length
    else {
      if (swearing.has(word)) out.push('what')
      else if (word === 'w' && !/\d$/.test(words[at - 1] ?? '')) out.push('with')
      else if (word === 'own' && owners.has(words[at - 1] ?? '')) {
        // `my own votes` are mine.
      } else if (!exclamations.has(word)) out.push(word)
      at += 1
    }
  }
  return out
}
const owners = new Set(['my', 'your', 'our'])
const swearing = new Set(['wtf', 'wth', 'wtaf'])

const speaking = new Set(
  'state explain confirm specify indicate clarify advise outline identify say verify check teach'.split(' '),
)
const questions = new Set('what who whom whose why how which whether when where if that'.split(' '))
/** `state the mode`; `explain the policy` asks for more than that. */
const naming = new Set('state specify indicate identify say'.split(' '))
/** Before what is asked; `check whether only bob voted` asks more than it says then. */
const narrowing = new Set(['only', 'not', 'nothing', 'nobody', 'no', 'never', 'just'])
const helpers = new Set('can could would will'.split(' '))
/** `may anyone deploy?` asks for a right. */
const somebody = new Set('you someone somebody'.split(' '))
const telling = new Set(
  'show tell list give explain summarize summarise check confirm say state catch bring fill walk get remind help share send clarify verify'.split(
    ' ',
  ),
)

/** `can someone`, `please state`, `could you confirm whether` in front of what is asked; `isn't it frozen` as `is it frozen`. */
const asked = (words: readonly string[], names: Names): string[] => {
  const request = withoutRequest(words)
  const shown = handed(request, names)
  if (shown !== null) return shown
  const said = whatIsSaid(request)
  // `can you ...` alone may ask for what Suture is able to.
  if (said === null) return asIfNot(words[1] === 'you' ? words : request, names)
  if (!['whether', 'if', 'that'].includes(said[0] ?? '')) return asIfNot(said, names)
  return said.some((word) => narrowing.has(word)) ? [...words] : asIfNot(said.slice(1), names)
}

const withoutRequest = (words: readonly string[]): readonly string[] => {
  const start = words[2] === 'please' ? 3 : 2
  const requests = helpers.has(words[0] ?? '') && somebody.has(words[1] ?? '')
  return requests && telling.has(words[start] ?? '') ? words.slice(start) : words
}

/** What is to be explained, confirmed or stated; null where that is nothing of the kind. */
const whatIsSaid = (words: readonly string[]): readonly string[] | null => {
  const [verb = '', after = '', behind = ''] = words
  if (!speaking.has(verb)) return null
  const start = isUs(after) ? 2 : after === 'to' && isUs(behind) ? 3 : 1
  const next = words[start] ?? ''
  return questions.has(next) || (naming.has(verb) && next === 'the') ? words.slice(start) : null
}
const isUs = (word: string): boolean => word === 'me' || word === 'us'

/** `share the proof`, `send me the log` show it; `send run-9 for approval`, `share the log with bob` are orders. */
const handed = (words: readonly string[], names: Names): string[] | null => {
  if (!['share', 'send', 'hand', 'pull'].includes(words[0] ?? '')) return null
  if (words.some((word) => orders.has(word) || names.exactly([word])?.kind === 'person')) return null
  const noun = words.slice(1).find((word) => !smallWords.has(word)) ?? ''
  return shownNouns.has(noun) ? ['show', ...words.slice(1)] : null
}
const orders = new Set('with to over back approval vote every each daily weekly monthly'.split(' '))
const smallWords = new Set('me us the a an all our whole full complete success audit'.split(' '))
const shownNouns = new Set(
  'proof receipt log trail figures numbers stats history timeline story summary status postmortem records entries incidents runs rate rates mttr'.split(
    ' ',
  ),
)

const verbs = new Set('is are was were does did has have had can could should will would'.split(' '))
const subjects = new Set('i we you they it this that there any anyone anybody the our'.split(' '))

/** `isn't checkout frozen?` asks whether it is; `isn't that bob?` and `do not freeze it` don't. */
const asIfNot = (words: readonly string[], names: Names): string[] => {
  const [verb = '', not, subject = ''] = words
  const pointed = subject === 'that' && words.length === 4
  const isSubject = subjects.has(subject) || names.exactly([subject]) !== undefined
  const chooses = words.slice(2).some((word) => questions.has(word))
  const asks = isSubject && !chooses && (verbs.has(verb) || verb === 'do')
  return not === 'not' && asks && words.length > 3 && !pointed ? [verb, ...words.slice(2)] : [...words]
}
