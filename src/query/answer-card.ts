import { type Block, bold, type Card, plain, type Text, type Tone, time } from '../domain/card.ts'
import type { Answer, Found } from './answer.ts'
import { type Line, line, listed } from './line.ts'
import type { ParsedQuestion } from './parse-question.ts'
import { aboutOf } from './query.ts'
import { nameOf, sayQuery } from './say-query.ts'
import { tellApprovals, tellBlocked, tellRefusals } from './tell-approvals.ts'
import { chartFor } from './tell-charts.ts'
import { tellFigures } from './tell-figures.ts'
import { tellList } from './tell-lists.ts'
import { tellNext, tellRuns, tellStatus } from './tell-now.ts'
import { tellRules, tellSelf } from './tell-rules.ts'
import { tellSilences } from './tell-silences.ts'
import { tellEvent } from './tell-story.ts'

/** Every answer shows how the question was read, what it rests on, and whether it is complete. */
export const answerCard = (answer: Answer): Card => ({
  kind: 'answer',
  title: titleOf(answer),
  status: answer.missing === null ? 'Complete' : 'In part',
  tone: toneOf(answer.found),
  severity: null,
  blocks: [...linesOf(answer).map(block), ...chartBlocks(answer), { kind: 'context', text: footOf(answer) }],
})

/** No answer, and why; with the two nearest questions that can be answered. */
export const notUnderstoodCard = (parsed: Extract<ParsedQuestion, { understood: false }>): Card => {
  const reasons = {
    words:
      parsed.unread.length === 0
        ? 'I know these words, but not put in this way.'
        : `I can't read ${listed(parsed.unread.slice(0, 5).map((word) => `“${[...word].slice(0, 40).join('')}”`))} here.`,
    which_one: 'It does not say which incident, run or service it is about.',
    too_long: 'It is too long for me; one short question at a time.',
  } as const
  const [one, other] = parsed.nearest
  return {
    kind: 'answer',
    title: 'I did not understand that',
    status: 'Not understood',
    tone: 'neutral',
    severity: null,
    blocks: [
      { kind: 'text', text: [plain(reasons[parsed.why])] },
      { kind: 'text', text: [plain('What I can answer: '), bold(one), plain(' or '), bold(other)] },
    ],
  }
}

const linesOf = ({ query, found }: Answer): Line[] => {
  switch (found.subject) {
    case 'nothing':
      return [line(found.looked), line(found.remedy)]
    case 'what_happened':
      return found.events.map(tellEvent)
    case 'who_approved':
      return tellApprovals(found)
    case 'why_blocked':
      return tellBlocked(found)
    case 'why_refused':
      return tellRefusals(found, query.subject === 'why_refused' && query.mine)
    case 'what_runs':
      return tellRuns(found)
    case 'status':
      return tellStatus(found)
    case 'what_next':
      return tellNext(found)
    case 'silences':
      return tellSilences(found)
    case 'learning':
    case 'recovery':
    case 'calibration':
      return tellFigures(found, query)
    case 'incidents':
    case 'runs':
    case 'decisions':
    case 'audit':
    case 'changes':
      return tellList(found, query)
    case 'next_allowed':
    case 'governance':
    case 'who_can':
      return tellRules(found, query)
    case 'focus':
    case 'scheduler':
    case 'proof':
    case 'self_test':
    case 'help':
      return tellSelf(found)
  }
}

const block = ({ text, tone }: Line): Block =>
  tone === undefined ? { kind: 'text', text } : { kind: 'text', text, tone }

const chartBlocks = (answer: Answer): Block[] => {
  const chart = chartFor(answer)
  return chart === null ? [] : [{ kind: 'chart', chart }]
}

const titleOf = ({ query, found }: Answer): string => {
  if (found.subject === 'nothing') return 'Nothing found'
  const about = aboutOf(query)
  const where = 'incident' in found && found.incident !== null ? found.incident.id : nameOf(about)
  const titles = {
    what_happened: `What happened in ${where}`,
    who_approved: `Who approved in ${where}`,
    why_blocked: `What stands in the way in ${where}`,
    why_refused: `What was refused in ${where}`,
    what_runs: 'What runs or waits',
    status: about.kind === 'everything' ? 'Open incidents' : `Status of ${where}`,
    what_next: `What you can do in ${where}`,
    silences: about.kind === 'everything' ? 'What is silenced' : `Why ${where} was quiet`,
    learning: 'How remediations did',
    recovery: 'Time to recover',
    calibration: 'Whether stated odds come true',
    incidents: 'Incidents',
    runs: 'Runs',
    decisions: 'Decisions',
    audit: 'What is on record',
    changes: 'What changed',
    next_allowed: 'When it may run',
    governance: 'Which rules hold',
    who_can: 'Who may approve',
    focus: 'What to look at first',
    scheduler: 'How proposing goes',
    proof: `Proof of ${where}`,
    self_test: 'Self-test',
    help: 'What can be asked',
  } as const
  return titles[found.subject]
}

const toneOf = (found: Found): Tone => (found.subject === 'nothing' ? 'neutral' : 'info')

/** So many ids are named; the rest is counted. */
const mostRecords = 12

const footOf = ({ query, records, missing, asOf, people }: Answer): Text => {
  const named = records.slice(0, mostRecords)
  const more = records.length - named.length
  const rests =
    records.length === 0
      ? 'Rests on no record'
      : `Rests on ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
  return [
    ...line('Read as: ', ...sayQuery(query, (id) => people?.get(id) ?? id)).text,
    plain(` · ${rests} · ${missing === null ? 'Complete' : `In part: ${missing}`}, as of `),
    time(asOf),
  ]
}
