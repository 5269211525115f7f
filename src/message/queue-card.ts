import { type Block, bold, type Card, code, type Text, time } from '../domain/card.ts'
import { stageInWords } from '../domain/stages.ts'
import { chatCard } from './chat-cards.ts'
import { runWords, waitingLine } from './run-card.ts'
import { text } from './words.ts'

/** What runs, what waits and why, and what ended lately: the answer to `/heal runs`. */

type At = Temporal.Instant

interface Listed {
  readonly id: string
  readonly incidentId: string
  readonly service: string
  readonly playbookTitle: string
  readonly status: keyof typeof runWords
  readonly since: At
  readonly undoOf: string | null
  /** From 1. */
  readonly stage: number
  readonly stages: number
  readonly follows: string | null
}

export interface QueueCardInput {
  readonly running: readonly (Listed & {
    readonly done: number
    readonly total: number
    readonly step: string | null
    readonly deadlineAt: At | null
  })[]
  readonly waiting: readonly (Listed & {
    readonly requestId: string | null
    readonly holders: readonly { readonly target: string; readonly runId: string }[]
    readonly place: number | null
    readonly givesUpAt: At | null
  })[]
  readonly ended: readonly Listed[]
  readonly needsPerson: readonly (Listed & { readonly reason: string })[]
}

/** So many of each stand in a chat; the console has all. */
const most = 8
const mostEnded = 5

export const queueCard = (queue: QueueCardInput): Card => {
  const { running, waiting, ended, needsPerson } = queue
  const nothing = running.length === 0 && waiting.length === 0
  const card = chatCard({
    title: 'What runs or waits',
    tone: needsPerson.length > 0 ? 'bad' : nothing ? 'good' : 'info',
    lines: [
      ...(nothing ? [text('Nothing runs, and nothing waits.')] : []),
      ...section('Runs', running, most, runningLine),
      ...section('Waits', waiting, most, waitsLine),
      ...section('Ended lately', ended, mostEnded, endedLine),
    ],
    context: text(code('/heal cancel RUN'), ' stops one; what it did is undone.'),
  })
  return { ...card, blocks: [...needsPerson.slice(0, most).map(needsPersonBlock), ...card.blocks] }
}

const section = <T>(title: string, all: readonly T[], shown: number, lineOf: (one: T) => Text): Text[] =>
  all.length === 0
    ? []
    : [
        text(
          bold(title),
          ...all
            .slice(0, shown)
            .flatMap((one) => [text('\n'), lineOf(one)])
            .flat(),
          ...(all.length > shown ? [`\n… and ${all.length - shown} more`] : []),
        ),
      ]

const nameOf = ({ id, playbookTitle, service, undoOf, stage, stages, follows }: Listed): Text => {
  const part = stageInWords({ stage: stage - 1, stages })
  return text(
    undoOf === null ? playbookTitle : `Undoing ${undoOf}`,
    part === null ? '' : `, ${part}`,
    ` on ${service} (`,
    code(id),
    ...(follows === null ? [] : [', after ', code(follows)]),
    ')',
  )
}

const runningLine = (run: QueueCardInput['running'][number]): Text =>
  text(
    nameOf(run),
    `: ${run.done} of ${run.total} done`,
    ...(run.step === null ? [] : [`, now ${run.step}`]),
    ', since ',
    time(run.since),
    ...(run.deadlineAt === null ? [] : [', ends at the latest ', time(run.deadlineAt)]),
  )

const waitsLine = (run: QueueCardInput['waiting'][number]): Text => {
  const { requestId, holders, place, givesUpAt } = run
  if (requestId !== null)
    return text(
      nameOf(run),
      ': waits for approval, ',
      code(requestId),
      ...(givesUpAt === null ? [] : ['. Gives up ', time(givesUpAt), '.']),
    )
  return holders.length === 0
    ? text(nameOf(run), ': begins in a moment')
    : text(nameOf(run), ': ', lowered(waitingLine({ holders, place: place ?? 1, givesUpAt })))
}

const lowered = ([first, ...others]: Text): Text =>
  first === undefined || first.kind !== 'plain'
    ? [...(first === undefined ? [] : [first]), ...others]
    : [{ kind: 'plain', text: first.text.replace(/^W/, 'w') }, ...others]

const endedLine = (run: Listed): Text => text(nameOf(run), `: ${runWords[run.status]}, `, time(run.since))

/** On every page until somebody has seen to it. */
export const needsPersonBlock = (run: QueueCardInput['needsPerson'][number]): Block => ({
  kind: 'text',
  text: text(
    bold(run.status === 'rollback_failed' ? 'Could not be undone: ' : 'Nobody knows how far it got: '),
    nameOf(run),
    ` (${run.incidentId}). ${run.reason}`,
    run.reason.endsWith('.') ? '' : '.',
  ),
  tone: 'bad',
})
