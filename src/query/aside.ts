import { monthOf, unitOf, weekdayOf } from './dates/calendar.ts'
import { meaningOf } from './words/lexicon.ts'
import type { Names } from './words/names.ts'

/**
 * A sentence beside the question in which somebody tells about themselves: `hi, i just took over, which runs failed?`. It is
 * left out only when nothing in it could be meant for the question: no name, no time, no word by which anything is chosen.
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

/** Whose sentence it is; whoever begins otherwise may well go on with what is asked. */
const tellers = new Set(
  "i i'm im i've ive i'd i'll we we're we've weve my sorry apologies somebody someone everybody everyone".split(
    ' ',
  ),
)
const articles = new Set(['a', 'an', 'the', 'another'])
const others = new Set(
  'auditor auditors boss manager managers lead director customer customers client clients ceo cto cfo colleague colleagues support pager phone board regulator'.split(
    ' ',
  ),
)
const greetings = new Set(
  'hi hello hey sorry thanks thank okay ok well right um uh hm hmm ah oh so wait morning evening please'.split(
    ' ',
  ),
)
const openings =
  /^(?:no idea|no clue|not sure|never (?:done|used|seen|had)|just (?:got|came|joined|joining|woke|started|back|arrived|curious|checking|wondering|paged|landed|took)|new (?:here|to)|first (?:day|time|shift|night|week)|back from|been|maybe a|(?:it is|it's|its|this is) my first|(?:a |one )?(?:dumb|silly|stupid|quick|small|little|honest|short|last) question|no rush|no hurry)\b/

const isAside = (clause: string, all: readonly string[], at: number, names: Names): boolean => {
  const words = wordsIn(clause)
  const [first = '', second = ''] = words
  const tells =
    tellers.has(first) ||
    openings.test(clause) ||
    (articles.has(first) && others.has(second)) ||
    (words.length < 4 && greetings.has(first))
  if (!tells || clause.endsWith('?') || words.length > longest) return false
  const asked = all.find((each, other) => other !== at && questions.has(firstOf(wordsIn(each))))
  if (asked === undefined || pointsBack(wordsIn(asked))) return false
  const again = new Set(wordsIn(asked))
  if (whoTheyAre.test(clause) && asksForThem.test(asked)) return situations.test(clause)
  return (
    !words.some((word, where) => chooses(words, where) && !again.has(word)) && !namesOne(words, again, names)
  )
}
const longest = 16
const whoTheyAre = /^(?:i'm|im|i am|we're|we are)\b/
const asksForThem = /\b(?:i|my|mine|we|our|by me|did me|for me)\b/
/** Of who somebody is, `my votes` depends; of where they stand, nothing. */
const situations =
  /^(?:i'm|im|i am|we're|we are) (?:new|late|back|lost|confused|tired|just|very new|so new)\b/

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

/** Whether a word could be meant to choose what is asked about. */
const chooses = (words: readonly string[], at: number): boolean => {
  const word = words[at] ?? ''
  const [before = '', after = ''] = [words[at - 1], words[at + 1]]
  if (conditions.has(word)) return !['know', 'sure', 'idea', 'clue'].includes(before)
  if (word === 'on') return !['call', 'shift', 'duty', 'my', 'a'].includes(after)
  if (word === 'over') return !/^(?:took|take|taken|taking)$/.test(before)
  if (unitOf(word) === 'day') return !['first', 'my', 'second', 'third'].includes(before)
  if (/\d/.test(word) || unitOf(word) !== null || weekdayOf(word) !== null) return true
  // `in may`; `I may be wrong`
  if (monthOf(word) !== null && word !== 'may' && word !== 'mar') return true
  return filters.has(meaningOf(word) ?? '') && !harmless.has(word)
}

/** What sets a condition, asks, or says of when and of what. */
const conditions = new Set(
  'if unless only except excluding excluded exclude without besides whether which what who whom whose why how when where than versus vs compared instead mean meant ignore ignoring ignored counting include including since until till ago between during for in about of regarding last past previous yesterday today two three four five six seven eight nine ten staging production prod dev test'.split(
    ' ',
  ),
)
const filters = new Set(
  'critical high medium low severity open resolved fixed failed succeed rolledback timedout blocked canceled unknown approved rejected ones else other single incident freeze silence best worst most least deploy'.split(
    ' ',
  ),
)
const harmless = new Set(['finish', 'finished', 'finishes', 'live', 'active'])

/** A service, person or playbook that the question does not name itself. */
const namesOne = (words: readonly string[], again: ReadonlySet<string>, names: Names): boolean =>
  words.some((_, at) =>
    Array.from({ length: Math.min(names.mostWords, words.length - at) }, (__, more) =>
      words.slice(at, at + more + 1).map((word) => word.replace(/'s$/, '')),
    ).some((some) => names.exactly(some) !== undefined && !some.every((word) => again.has(word))),
  )
