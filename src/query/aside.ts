import type { Names } from './words/names.ts'

/**
 * A sentence beside the question in which somebody tells about themselves: `hi, i just took over, which runs failed?`. It is
 * left out only when it is made of words that can't be meant for the question. One other word, a name, a time, and it stays, with
 * which the question is then not understood.
 */

/** What is left when all asides are left out; null when that is not one question, or there were none. */
export const asidesLeftOut = (text: string, names: Names): string | null => {
  const clauses = clausesOf(text)
  const kept = clauses.filter((clause, at) => !isAside(clause, clauses, at, names))
  return kept.length === 1 && clauses.length > 1 ? (kept[0] ?? null) : null
}

/** Commas, full stops and dashes part clauses; a colon does where something follows. Each keeps its question mark. */
const clausesOf = (text: string): string[] =>
  text
    .split(/[,;!…]+(?:\s+|$)|(?<=\?)\s+|\.+(?:\s+|$)|:\s+|\s+[–—-]+\s+/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')

const wordsIn = (clause: string): string[] =>
  clause.split(/\s+/).map((word) => word.replace(/[.?!"')]+$/, ''))

const isAside = (clause: string, all: readonly string[], at: number, names: Names): boolean => {
  const words = wordsIn(clause)
  if (clause.endsWith('?') || words.length > longest) return false
  const asked = all.find((each, other) => other !== at && questions.has(firstOf(wordsIn(each))))
  if (asked === undefined || pointsBack(wordsIn(asked))) return false
  const again = new Set(wordsIn(asked))
  if (onlyNo.test(clause) || namesOne(words, again, names)) return false
  if (words.every((word) => greetings.has(word))) return true
  return (
    (tells.has(words[0] ?? '') || openings.test(clause)) &&
    words.every((word) => harmless.has(word) || (/\d/.test(word) && again.has(word)))
  )
}

const greetings = new Set(
  'hi hello hey good morning evening afternoon day dear all team there everyone everybody folks guys suture sorry apologies excuse me pardon thanks thank you so very much a lot in advance please um uh hm hmm ah oh ok okay well right wait'.split(
    ' ',
  ),
)
/** Whose sentence it is; whoever begins otherwise may well go on with what is asked. */
const tells = new Set(
  "i i'm im i've ive i'd i'll we we're we've weve my our sorry apologies somebody someone everybody everyone".split(
    ' ',
  ),
)
const openings =
  /^(?:(?:a|an|the|our|my|another) (?:auditor|boss|manager|lead|director|customer|client|ceo|cto|cfo|colleague|board|regulator|chief)s?\b|no idea|no clue|not sure|never |just |new |first |back |been |maybe |it is my first|it's my first|its my first|this is my first|(?:a |one )?(?:dumb|silly|stupid|quick|small|little|honest|short|last) question|no rush|no hurry)/
const longest = 20
/** A service may be called by a word of these, too. */
const namesOne = (words: readonly string[], again: ReadonlySet<string>, names: Names): boolean =>
  words.some((_, at) =>
    Array.from({ length: Math.min(names.mostWords, words.length - at) }, (__, more) =>
      words.slice(at, at + more + 1),
    ).some((some) => names.exactly(some) !== undefined && !some.every((word) => again.has(word))),
  )
/** `no`, `not now`: an answer, or a correction of what stands beside it. */
const onlyNo = /^(?:no|not|never|don't|do not|i don't|i do not|i did not|i didn't)(?: now| me| you| us)?$/

/** Words of a sentence about who asks and how things are with them. None of them names or chooses anything that can be asked about. */
const harmless = new Set(
  `i i'm im i've ive i'd i'll me my we we're we've weve us our you your somebody someone everybody everyone people
  a an the and so but to from at of as with for by on in into now this it it's its
  am is are was were be been being have has had having do does did don't dont didn't can can't cannot could would will
  not no never yet just only really very so too a bit lot little much more
  all team folks guys suture sorry apologies excuse thanks thank please pardon um uh hm hmm ah oh ok okay well
  got get getting came come coming joined joining took take taking taken over started starting start begun began begin begins beginning woke wake waking up landed arrived back returned went gone left
  gave given handed passed assigned sent told asked ask asks asking write writing wrote writes called calls paged wants want wanted wonder wonders wondering needs need know knows knew understand understood learn learning try trying tried see saw seen look looking feel feels feeling met meet work works working used use using
  new newbie first day time night shift call duty job role turn lunch break vacation holiday leave bed meeting training handover handoff standup page pager phone alert graph screen light red loud quiet busy
  here online offline awake late early lost confused tired asleep away behind sure curious checking afraid worried stuck
  idea clue question questions answer silly stupid dumb quick small honest short simple maybe perhaps rush hurry bother bothering interrupt interrupting disturb
  auditor auditors boss manager managers lead director customer customers client clients ceo cto cfo colleague colleagues board regulator head chief owner
  how what whom who where why something anything nothing things thing make makes made worse wrong break breaking rule rules others like did done doing before`.split(
    /\s+/,
  ),
)

const joints = new Set(['but', 'and', 'so', 'then', 'also', 'now'])
const firstOf = (words: readonly string[]): string => words.find((word) => !joints.has(word)) ?? ''
const questions = new Set(
  "what what's whats which who who's whos whom whose why why's how how's hows when when's where where's is are was were do does did has have had can could should may will would show give list tell any anything something get please explain summarize summarise catch run on with for in".split(
    ' ',
  ),
)

/** Something that was said before: of what is left out nobody may know. In `are there open incidents` it points at nothing. */
const pointsBack = (words: readonly string[]): boolean =>
  words.some((word, at) => pointers.has(word) && !(word === 'there' && existential.has(words[at - 1] ?? '')))
const pointers = new Set(
  "it it's that that's they them those these then there he she him her his one ones".split(' '),
)
const existential = new Set(['is', 'are', 'was', 'were'])
