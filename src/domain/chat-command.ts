import { type AwayWords, awayWordsOf } from './away-words.ts'
import { type BreakGlassWords, breakGlassWordsOf, glassId } from './break-glass-words.ts'
import { cleanText } from './clean-text.ts'
import { editDistance } from './edit-distance.ts'
import { parseEdits } from './edit-words.ts'
import type { FormAnswers, FormName } from './form.ts'
import { type FreezeWords, parseFreezeWords } from './freeze-words.ts'
import { type ModeWords, modeWordsOf } from './mode-words.ts'
import { parseSilenceWords, type SilenceWords } from './silence-words.ts'

/** What can be typed after `/heal`, as a closed union: whatever is typed is one of these. */
export type ChatCommand =
  | { readonly name: 'help' }
  | { readonly name: 'status' | 'incidents' | 'runs' | 'approvals' | 'whoami' | 'unlink' }
  | { readonly name: 'test' }
  | { readonly name: 'show' | 'take' | 'cancel' | 'why'; readonly id: string }
  | { readonly name: 'postmortem'; readonly id: string }
  | {
      readonly name: 'request' | 'approve' | 'reject' | 'override' | 'revoke'
      readonly id: string
      readonly reason: string
    }
  | { readonly name: 'edit'; readonly id: string; readonly answers: FormAnswers }
  | ({ readonly name: 'mode' } & ModeWords)
  | { readonly name: 'stop' | 'resume'; readonly reason: string }
  | { readonly name: 'break-glass'; readonly glass: BreakGlassWords }
  | { readonly name: 'review'; readonly id: string; readonly note: string }
  | { readonly name: 'ask'; readonly question: string }
  | { readonly name: 'link'; readonly code: string | null }
  | ({ readonly name: 'freeze' } & FreezeWords)
  /** A command without the words that it needs or takes: what they would say is asked for. */
  | { readonly name: 'form'; readonly of: FormName }
  | { readonly name: 'away'; readonly set: AwayWords | null }
  | { readonly name: 'back' }
  | { readonly name: 'freezes' }
  | { readonly name: 'unfreeze'; readonly id: string }
  | ({ readonly name: 'silence' | 'maintenance' } & SilenceWords)
  | { readonly name: 'audit'; readonly about: string }
  | { readonly name: 'silences' }
  | { readonly name: 'unsilence'; readonly id: string }
  | { readonly name: 'windows'; readonly service: string | null }
  /** A known command whose words do not fit it. */
  | { readonly name: 'incomplete'; readonly of: CommandName; readonly problem: string }
  | { readonly name: 'unknown'; readonly words: string; readonly nearest: CommandName | null }

export interface CommandHelp {
  readonly name: CommandName
  /** As it is typed: `show INC`. */
  readonly usage: string
  readonly about: string
}

export const commandNames = [
  'help',
  'status',
  'incidents',
  'show',
  'runs',
  'approvals',
  'request',
  'approve',
  'reject',
  'override',
  'edit',
  'revoke',
  'cancel',
  'take',
  'away',
  'back',
  'mode',
  'stop',
  'resume',
  'break-glass',
  'review',
  'why',
  'windows',
  'freeze',
  'freezes',
  'unfreeze',
  'silence',
  'maintenance',
  'silences',
  'unsilence',
  'audit',
  'postmortem',
  'test',
  'ask',
  'link',
  'unlink',
  'whoami',
] as const
export type CommandName = (typeof commandNames)[number]

export const commandHelp: readonly CommandHelp[] = [
  { name: 'status', usage: 'status', about: 'what is open, what runs, what waits' },
  { name: 'incidents', usage: 'incidents', about: 'the open incidents' },
  { name: 'show', usage: 'show INC', about: 'one incident: what is wrong, what is proposed' },
  { name: 'runs', usage: 'runs', about: 'what runs or waits' },
  { name: 'approvals', usage: 'approvals', about: 'what waits for you, with its buttons' },
  { name: 'request', usage: 'request PROP', about: 'ask for a proposal to be run' },
  { name: 'approve', usage: 'approve REQ', about: 'approve what somebody requested' },
  { name: 'reject', usage: 'reject REQ why', about: 'reject it, with the reason' },
  {
    name: 'override',
    usage: 'override PROP why',
    about: 'ask that it may run although policy refuses it now',
  },
  { name: 'edit', usage: 'edit PROP name=value', about: 'propose it with other values; votes start anew' },
  { name: 'revoke', usage: 'revoke REQ', about: 'take your approval back, before it begins' },
  { name: 'cancel', usage: 'cancel RUN', about: 'stop a run; what it did is undone' },
  { name: 'take', usage: 'take INC', about: 'take an incident over: Suture proposes nothing more' },
  {
    name: 'away',
    usage: 'away until WHEN to NAME',
    about: 'somebody votes in your stead; alone it shows who is away',
  },
  { name: 'back', usage: 'back', about: 'you are back: nobody votes for you any more' },
  {
    name: 'mode',
    usage: 'mode auto for checkout',
    about: 'how far Suture may go; alone it opens a form, with a name it shows',
  },
  { name: 'stop', usage: 'stop why', about: 'emergency stop: nothing runs, running ones are undone' },
  { name: 'resume', usage: 'resume why', about: 'lift the emergency stop' },
  {
    name: 'break-glass',
    usage: 'break-glass checkout for 30m because why',
    about: 'one person decides for a while; a review comes after',
  },
  { name: 'review', usage: 'review BG note', about: 'say what you saw of a broken glass' },
  { name: 'why', usage: 'why RUN', about: 'what each rule says of a run or a proposal, and who can act' },
  { name: 'windows', usage: 'windows SERVICE', about: 'when it may be changed: open now, or next' },
  {
    name: 'freeze',
    usage: 'freeze WHAT until WHEN because WHY',
    about: 'let nothing begin until then; alone it opens a form',
  },
  { name: 'freezes', usage: 'freezes', about: 'what is frozen, by whom and until when' },
  { name: 'unfreeze', usage: 'unfreeze FRZ', about: 'lift a freeze before its end' },
  {
    name: 'silence',
    usage: 'silence service=NAME until WHEN because WHY',
    about: 'alerts that match open nothing until then',
  },
  {
    name: 'maintenance',
    usage: 'maintenance SERVICE for 2h because WHY',
    about: 'silence a service, and Suture proposes nothing for it',
  },
  { name: 'silences', usage: 'silences', about: 'what is silenced, by whom and until when' },
  { name: 'unsilence', usage: 'unsilence SIL', about: 'end a silence before its time' },
  {
    name: 'audit',
    usage: 'audit prove RUN',
    about: 'a file that proves what was done: of a run, incident, proposal or request',
  },
  {
    name: 'postmortem',
    usage: 'postmortem INC',
    about: 'a draft of what to learn from it, as a Markdown file in its thread',
  },
  { name: 'test', usage: 'test', about: 'does Suture itself work? Looks at all it needs and says so' },
  { name: 'ask', usage: 'ask a question', about: 'such as: what happened to checkout?' },
  { name: 'link', usage: 'link', about: 'tie your accounts together, so that you are one person' },
  { name: 'unlink', usage: 'unlink', about: 'take this account off you again' },
  { name: 'whoami', usage: 'whoami', about: 'who you are here and what you may do' },
  { name: 'help', usage: 'help', about: 'this list' },
]

/** Longer than anything that is asked or given as a reason. */
const mostCharacters = 1_000

type Prefix = 'frz' | 'inc' | 'prop' | 'req' | 'run' | 'sil'

export const parseChatCommand = (words: string): ChatCommand => {
  const text = cleanText(words, mostCharacters)
  if (text === '') return { name: 'help' }
  const [first = '', ...others] = text.split(' ')
  const typed = first.toLowerCase().replace(/^\/+/, '')
  const name = commandNames.find((each) => each === typed)
  return name === undefined
    ? { name: 'unknown', words: text, nearest: nearestCommand(typed) }
    : parseRest(name, others)
}

const parseRest = (name: CommandName, others: readonly string[]): ChatCommand => {
  const [first = ''] = others
  switch (name) {
    case 'help':
    case 'status':
    case 'incidents':
    case 'runs':
    case 'approvals':
    case 'whoami':
    case 'test':
    case 'unlink':
    case 'freezes':
    case 'silences':
    case 'back':
      return { name }
    case 'away': {
      const said = awayWordsOf(others)
      return said !== null && 'problem' in said
        ? { name: 'incomplete', of: name, problem: said.problem }
        : { name, set: said }
    }
    case 'show':
    case 'take':
      return withId(name, 'an incident, such as inc-7', idOf(first, ['inc']))
    case 'edit': {
      const id = idOf(first, ['prop'])
      if (id === null)
        return { name: 'incomplete', of: name, problem: 'It needs a proposal, such as prop-7.' }
      const answers = parseEdits(others.slice(1).join(' '))
      return 'problem' in answers
        ? { name: 'incomplete', of: name, problem: answers.problem }
        : { name, id, answers: answers.answers }
    }
    case 'cancel':
      return withId(name, 'a run, such as run-7', idOf(first, ['run']))
    case 'why':
      return withId(name, 'a run or a proposal, such as run-7 or prop-7', idOf(first, ['run', 'prop']))
    case 'request':
    case 'override':
    case 'approve':
    case 'revoke':
    case 'reject': {
      const asks = name === 'request' || name === 'override'
      const id = idOf(first, asks ? ['prop'] : ['req', 'prop'])
      const which = asks ? 'a proposal, such as prop-7' : 'a request, such as req-7'
      if (id === null) return { name: 'incomplete', of: name, problem: `It needs ${which}.` }
      const reason = others.slice(1).join(' ')
      if (name === 'override' && reason === '')
        return {
          name: 'incomplete',
          of: name,
          problem: `Say why it cannot wait after ${id}: whoever approves it decides by that.`,
        }
      return name === 'reject' && reason === ''
        ? { name: 'incomplete', of: name, problem: `Say why after ${id}: whoever asked wants to know.` }
        : { name, id, reason }
    }
    case 'mode': {
      if (first === '') return { name: 'form', of: name }
      const said = modeWordsOf(others)
      return 'problem' in said ? { name: 'incomplete', of: name, problem: said.problem } : { name, ...said }
    }
    case 'break-glass': {
      const glass = breakGlassWordsOf(others)
      return 'problem' in glass ? { name: 'incomplete', of: name, problem: glass.problem } : { name, glass }
    }
    case 'review': {
      const id = glassId(first)
      const note = others.slice(1).join(' ')
      if (id === null)
        return { name: 'incomplete', of: name, problem: 'It needs a broken glass, such as bg-7.' }
      return note === ''
        ? { name: 'incomplete', of: name, problem: `Say after ${id} what you looked at and found.` }
        : { name, id, note }
    }
    case 'stop':
    case 'resume':
      return { name, reason: others.join(' ') }
    case 'windows':
      return { name, service: first === '' ? null : first.toLowerCase() }
    case 'freeze': {
      if (first === '') return { name: 'form', of: name }
      const parsed = parseFreezeWords(others)
      return 'problem' in parsed
        ? { name: 'incomplete', of: name, problem: parsed.problem }
        : { name, ...parsed }
    }
    case 'unfreeze':
      return withId(name, 'a freeze, such as frz-7', idOf(first, ['frz']))
    case 'silence':
    case 'maintenance': {
      const said = parseSilenceWords(others)
      return 'problem' in said ? { name: 'incomplete', of: name, problem: said.problem } : { name, ...said }
    }
    case 'unsilence':
      return withId(name, 'a silence, such as sil-7', idOf(first, ['sil']))
    case 'postmortem':
      return withId(name, 'an incident, such as inc-7', idOf(first, ['inc']))
    case 'audit': {
      const [about = ''] = first.toLowerCase() === 'prove' ? others.slice(1) : others
      const id = idOf(about, ['run', 'inc', 'prop', 'req'])
      return id === null
        ? { name: 'incomplete', of: name, problem: 'It needs what is to be proved, such as run-7 or inc-7.' }
        : { name, about: id }
    }
    case 'ask':
      return first === ''
        ? { name: 'incomplete', of: name, problem: 'It needs a question.' }
        : { name, question: others.join(' ') }
    case 'link':
      return { name, code: first === '' ? null : others.join('') }
  }
}

const withId = (
  name: 'show' | 'take' | 'cancel' | 'why' | 'postmortem' | 'unfreeze' | 'unsilence',
  which: string,
  id: string | null,
): ChatCommand =>
  id === null ? { name: 'incomplete', of: name, problem: `It needs ${which}.` } : { name, id }

/** `inc-7`, also as people write it: `INC-7`, `#7`, `7`. A number alone is of the first kind. */
const idOf = (typed: string, prefixes: readonly Prefix[]): string | null => {
  const bare = typed.toLowerCase().replaceAll(/[`'"<>#.,()]/g, '')
  const [, prefix, number] = /^(?:([a-z]{3,4})-?)?(\d{1,15})$/.exec(bare) ?? []
  if (number === undefined) return null
  if (prefix === undefined) return `${prefixes[0]}-${number}`
  return prefixes.some((each) => each === prefix) ? `${prefix}-${number}` : null
}

const longestWord = 20

/** The command that was probably meant, or null when none is near. */
const nearestCommand = (typed: string): CommandName | null => {
  if (typed.length > longestWord) return null
  const begun = commandNames.filter((name) => typed.length >= 2 && name.startsWith(typed))
  if (begun.length === 1) return begun[0] ?? null
  const ranked = commandNames
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    .sort((one, other) => one.distance - other.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 3))
    ? best.name
    : null
}
