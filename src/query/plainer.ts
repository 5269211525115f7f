import { spokenNumbers } from './words/spoken-numbers.ts'
import { folded, wordsOf } from './words/text.ts'

/**
 * A text that is not understood as it stands is read again with less of what people say around a question: without exclamations
 * (`wtf`, `um`, `the hell`), without what only asks for agreement (`..., right?`), and without a sentence before or behind it
 * that tells about them and asks nothing (`hi, i just took over, ...`). Nothing is left out that could narrow what is asked.
 */

export interface Readable {
  readonly words: readonly string[]
  /** What the words are of, with its punctuation. */
  readonly text: string
}

/** Plainer and plainer; empty where nothing could be left out. */
export const plainerThan = (text: string, bot: readonly string[]): Readable[] => {
  const whole = folded(text)
  const clauses = clausesOf(whole)
  const kept = clauses.filter((clause, at) => !isAside(clause, clauses, at))
  const alone = kept.length === 1 && clauses.length > 1 ? (kept[0] ?? null) : null
  return [whole, alone].flatMap((each) => {
    if (each === null) return []
    const agreed = withoutTag(each)
    const words = wordsOf(agreed.text, bot)
    if (words === null) return []
    const said = plain(words, /\?[\s)"']*$/.test(each))
    const asked = agreed.tagged ? withoutFirst(said, 'not') : said
    return asked.length === 0 ? [] : [{ words: asked, text: agreed.tagged ? `${agreed.text}?` : agreed.text }]
  })
}

/** Commas, full stops and dashes part clauses; a colon does only before what goes on for a while. */
const clausesOf = (text: string): string[] =>
  text
    .split(/[,;!?…]+(?:\s+|$)|\.+(?:\s+|$)|:\s+|\s+[–—-]+\s+/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')

const wordsIn = (clause: string): string[] => clause.split(/\s+/).map((word) => word.replace(/[.?!]+$/, ''))

/** Whose sentence it is; whoever begins otherwise may well go on with what is asked. */
const tellers = new Set(
  "i i'm im i've ive i'd i'll we we're we've weve my our it it's its there theres there's you somebody someone nobody everybody everyone people maybe sorry apologies just new been back first dumb silly stupid quick quickly honest small little last this thanks thank hi hello hey good dear hope hoping need ok okay um uh hm hmm ah oh well right so".split(
    ' ',
  ),
)
const greetings = new Set(
  'hi hello hey sorry thanks thank okay ok well right um uh hm hmm ah oh so wait'.split(' '),
)
const beginnings = /^(?:no idea|no clue|not sure|never (?:done|used|seen|had))\b/
const articles = new Set(['a', 'an', 'the', 'another'])
const others = new Set(
  'auditor auditors boss manager managers lead director customer customers client clients ceo cto cfo team colleague colleagues support pager phone postmortem retro meeting review board regulator'.split(
    ' ',
  ),
)
/** What sets a condition, or asks. */
const conditions = new Set(
  'if unless only except excluding without besides whether which what who whom whose why how when where than versus vs compared instead mean meant ignore ignoring counting include including since'.split(
    ' ',
  ),
)
const questions = new Set(
  "what what's whats which who who's whos whom whose why why's how how's hows when when's where where's is are was were do does did has have had can could should may will would show give list tell any anything something get please explain summarize summarise catch run on with for in".split(
    ' ',
  ),
)
/** Something that was said before: of what is left out nobody may know. */
const pointers = new Set(
  "it it's that that's they them those these then there he she him her his one ones".split(' '),
)

/** Whether it only tells about who asks. Names and times are left to the question, unless it says the same again. */
const isAside = (clause: string, all: readonly string[], at: number): boolean => {
  const words = wordsIn(clause)
  const rest = all.filter((_, other) => other !== at).flatMap(wordsIn)
  const [first = '', second = ''] = words
  const tells = tellers.has(first) || beginnings.test(clause) || (articles.has(first) && others.has(second))
  if (!tells || (words.length < 2 && !greetings.has(first)) || words.length > mostOfAside) return false
  // `I don't know whom to ask` sets no condition.
  if (words.some((word, where) => conditions.has(word) && !wondering.has(words[where - 1] ?? '')))
    return false
  const asked = all.find((each, other) => other !== at && questions.has(firstOf(wordsIn(each))))
  if (asked === undefined || pointsBack(wordsIn(asked))) return false
  return words.every((word) => !namesOne.test(word) || rest.includes(word))
}
const mostOfAside = 16
const wondering = new Set(['know', 'sure', 'idea', 'clue'])
const joints = new Set(['but', 'and', 'so', 'then', 'also', 'now'])
const firstOf = (words: readonly string[]): string => words.find((word) => !joints.has(word)) ?? ''
/** In `are there open incidents` the `there` points at nothing. */
const pointsBack = (words: readonly string[]): boolean =>
  words.some((word, at) => pointers.has(word) && !(word === 'there' && be.has(words[at - 1] ?? '')))
const namesOne =
  /\d|^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$|^(?:yesterday|today|incidents?|runs?|approvals?|playbooks?|services?)$/

/** `..., right?`, `..., is it?` at the end ask whether it is so. */
const withoutTag = (text: string): { text: string; tagged: boolean } => {
  const found = agreement.exec(text)
  return found === null ? { text, tagged: false } : { text: text.slice(0, found.index), tagged: true }
}
const agreement =
  /,\s*(?:right|correct|yes|yeah|no|huh|eh|true|innit|ok|okay|or not|(?:is|are|was|were|do|does|did|has|have|can|could|will|would)(?:n't|nt| not)? (?:it|they|he|she|we|there|that|you|i)(?: not)?)\s*[?!.]*$/

const plain = (given: readonly string[], marked: boolean): string[] => {
  const words = asked(spokenNumbers(withoutExclamations(withoutLead(given))))
  const [first, second] = words
  // `there is a freeze on web?`
  return marked && first === 'there' && second !== undefined && be.has(second)
    ? [second, first, ...words.slice(2)]
    : words
}

const withoutFirst = (words: readonly string[], word: string): string[] => {
  const at = words.indexOf(word)
  return words.filter((_, each) => each !== at)
}

const leads = new Set(
  'wait right well yes yeah yep yup sure cool great nice perfect thanks thank fine alright so but hey hi hello yo ok okay ah oh um uh uhm umm hm hmm er erm anyway anyways btw look listen sorry excuse please suture also actually now then'.split(
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
  'um uh uhm umm hm hmm er erm ah oh ooh damn damned bloody fucking fuckin freaking frigging goddamn effing actually really roughly approximately basically honestly literally even exactly currently tf lol haha man dude mate buddy'.split(
    ' ',
  ),
)
const phrases = [
  'the hell',
  'the heck',
  'the fuck',
  'the f',
  'the devil',
  'on earth',
  'in the world',
  'for the love of god',
  'for fuck sake',
  'question mark',
  'by the way',
  'as far as i know',
  'in my opinion',
  'for your information',
  'full stop',
  'more or less',
  'by chance',
  'as far as you know',
  'as far as we know',
].map((phrase) => phrase.split(' '))

const withoutExclamations = (words: readonly string[]): string[] => {
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
const swearing = new Set(['wtf', 'wth', 'wtaf', 'tf'])

const speaking = new Set(
  'state explain confirm specify indicate clarify advise outline identify establish say verify check teach'.split(
    ' ',
  ),
)
const handing = new Set(
  'share send hand forward deliver produce present supply furnish obtain retrieve compile prepare generate'.split(
    ' ',
  ),
)
const objects = new Set('what who whom whose why how which whether when where if that'.split(' '))
/** `state the mode`; `explain the policy` asks for more than that. */
const naming = new Set('state specify indicate identify establish say'.split(' '))
const helpers = new Set('can could would will may might'.split(' '))
const somebody = new Set('you someone somebody anyone anybody'.split(' '))

/** `can someone`, `please state`, `could you confirm whether` in front of what is asked; `isn't it frozen` as `is it frozen`. */
const asked = (words: readonly string[]): string[] => {
  const [first = '', second = ''] = words
  const polite = helpers.has(first) && somebody.has(second) ? words.slice(2) : words
  const at = polite[0] === 'also' ? 1 : 0
  const verb = speaking.has(polite[at] ?? '') ? at + 1 : at
  const object = ['to', 'for'].includes(polite[verb] ?? '')
    ? verb + 2
    : ['me', 'us'].includes(polite[verb] ?? '')
      ? verb + 1
      : verb
  const told =
    verb > at &&
    (objects.has(polite[object] ?? '') || (naming.has(polite[at] ?? '') && polite[object] === 'the'))
  // `send the log to bob` is nothing to be shown here.
  if (handing.has(polite[at] ?? '') && !polite.includes('to')) return ['show', ...polite.slice(at + 1)]
  const rest = told ? polite.slice(object) : second === 'you' && polite !== words ? words : polite
  const open = ['whether', 'if', 'that'].includes(rest[0] ?? '') && told ? rest.slice(1) : rest
  return be.has(open[0] ?? '') && open[1] === 'not' ? [open[0] ?? '', ...open.slice(2)] : [...open]
}
const be = new Set('is are was were do does did has have had can could should will would'.split(' '))
