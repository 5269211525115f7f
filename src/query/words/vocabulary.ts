import { dateWords } from '../dates/calendar.ts'
import { idiomWords } from './idioms.ts'
import { knownWords, meaningOf } from './lexicon.ts'
import { nearAmong } from './near.ts'

/** Every word that means something to Suture, and which of them a mistyped one must be. */

const vocabulary = [...new Set([...knownWords, ...idiomWords, ...dateWords])].filter(
  (word) => word.length > 3,
)
const known = new Set([...knownWords, ...idiomWords, ...dateWords])
const shortDates =
  /^(mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|day|ago|the|one|two|six|ten|few)$/

export const isKnown = (word: string): boolean => known.has(word) || shortDates.test(word)

/** The word of ours that a typed one must be; null where none is near or two of other meaning are. */
export const nearestWord = (typed: string): { word: string; slips: number } | null => {
  if (isKnown(typed) || typed.length < 4 || /\d/.test(typed) || guarded.has(typed)) return null
  const found = near.nearest(typed)
  // `unreliable` is no slip for `reliable`.
  if (found !== null && typed.length > found.value.length + 1 && typed.endsWith(found.value)) return null
  return found === null || found.tied ? null : { word: found.value, slips: found.slips }
}

const meanTheSame = (one: string, other: string): boolean => {
  const [first, second] = [meaningOf(one), meaningOf(other)]
  return first !== null && first === second
}

/** English words that are near to ours and mean something else: they are no slips. */
const guarded = new Set(
  `mondays tuesdays wednesdays thursdays fridays saturdays sundays weekends nights mornings evenings waste sever several serve server servers past paste tasted testes untested rested policing police price
  chance changes charge charged charges charger strange range ranged hang flight fright light fight sight might night eight weight height
  resolver reasoned resold closet close closer loser lose loose lost post cost costs most host hosts last least lease leased
  falling filing filling filled fired hired tired mixed nixed faxed fried feature future
  severe average coverage beverage leverage ran rank ranks ruins runner runners rung ruling runt runtime
  department deposit deploring employ employed employs employee employees displayed
  approach approached approaches improve improved improves approver disapprove disapproved disapproves unapproved
  rejoice project projects projected eject ejected object objects subject
  denies denied tenant tenants patient
  incident accident accidents coincident resident residents
  succession excess access accessed process success proceed
  ports sports report export import exports imports
  customer customers custom costumer consumer
  person persons reason reasons season seasons
  prove improve proof roof proves
  skipper skipped shipped whipped
  started stared stated starter states stays status statute statue
  testing resting tasting texting
  opened opener reopened reopen
  expected except accept accepts expect
  worker workers walk walks walked talk talks word words world worst worth works
  hosted house hours yours ours
  weekly monthly yearly hourly nightly
  first fist thirst
  member members number numbers remember december november
  other others another mother either neither rather
  where there were here these those three
  before after later latest late early earlier
  recent recently reset resets preset
  restart restarts restarted restarting reboot
  small smaller large larger bigger
  teams terms items times timer timers
  people purple simple sample example examples
  memory latency errors error traffic request
  outside inside besides beside aside
  without within therefor
  nearly clearly early yearly
  caused causes cause because clause pause paused
  undone undo redo
  unblocked unlock locked lock locks clock clocks
  unresolved unsolved involved solved evolve
  unsuccessful unsuccessfully inactive
  rules rulers rulings roles role
  mood moods moved model models modem modes
  costly cosy
  inbox outbox
  second seconds secret secrets
  vetted vote noted quoted rotated
  burned turned earned learned
  touched couched`.split(/\s+/),
)

export const corrected = (word: string): string => (isKnown(word) ? word : (nearestWord(word)?.word ?? word))

const near = nearAmong(
  vocabulary.map((word) => [word, word] as const),
  meanTheSame,
)
