import type { Severity } from '../domain/alert.ts'
import {
  type Block,
  bold,
  type Card,
  type CardStep,
  code,
  type Text,
  type Tone,
  time,
} from '../domain/card.ts'
import { isTerminal, type RunCause, type RunStatus } from '../domain/run.ts'
import { durationInWords, type Named, text, who } from './words.ts'

/** A run as it happens: its steps, the last lines of output, when it must end, and in the end how it ended. */

export interface RunCardInput {
  readonly run: {
    /** Such as `run-7`. */
    readonly id: string
    readonly incidentId: string
    readonly service: string
    readonly status: RunStatus
    readonly cause: RunCause | null
    readonly startedAt: Temporal.Instant | null
    readonly finishedAt: Temporal.Instant | null
    /** When the run timeout ends it, whatever it does; null before it starts. */
    readonly deadline: Temporal.Instant | null
  }
  readonly severity: Severity
  readonly playbookTitle: string
  /** See `stepsInWords`. */
  readonly steps: readonly CardStep[]
  /** Last lines of the current step, already redacted. */
  readonly outputTail: string
  /** Why it is not running yet, such as a lock held by another run; a whole sentence. */
  readonly queueReason: string | null
  /** How it ended, in the worker's words; may be empty. */
  readonly detail?: string
  readonly cancelRequestedBy?: Named | null
  readonly tokens: { readonly cancel?: string }
}

const states = {
  pending_approval: { status: 'Waiting for approval', tone: 'warning', end: '' },
  queued: { status: 'Queued', tone: 'info', end: '' },
  running: { status: 'Running', tone: 'info', end: '' },
  verifying: { status: 'Checking whether it helped', tone: 'info', end: '' },
  rolling_back: { status: 'Rolling back', tone: 'warning', end: '' },
  succeeded: {
    status: 'Succeeded',
    tone: 'good',
    end: 'It worked: the service was seen healthy afterwards.',
  },
  failed: { status: 'Failed', tone: 'bad', end: 'It did not work, and nothing was rolled back.' },
  timed_out: { status: 'Timed out', tone: 'bad', end: 'The run timeout ended it.' },
  canceled: { status: 'Canceled', tone: 'neutral', end: 'It was canceled.' },
  rolled_back: {
    status: 'Rolled back',
    tone: 'warning',
    end: 'It did not work; what could be undone was undone.',
  },
  rollback_failed: {
    status: 'ROLLBACK FAILED',
    tone: 'bad',
    end: 'It did not work and could not be undone in full. A person must look at the targets now.',
  },
  blocked: { status: 'Blocked', tone: 'warning', end: 'It never began: nothing was done to any target.' },
  unknown: {
    status: 'Unknown',
    tone: 'bad',
    end: 'Nobody can say how far it got. Its targets stay locked until a person has looked and says so.',
  },
} as const satisfies Record<RunStatus, { status: string; tone: Tone; end: string }>

const causes = {
  failed: 'A step failed.',
  timed_out: 'It ran out of time.',
  not_recovered: 'The service did not recover.',
  not_measured: 'Whether it helped could not be measured, which does not count as success.',
  canceled: 'A person canceled it.',
  rejected: 'It was rejected.',
  expired: 'Nobody approved it in time.',
  precondition: 'The incident had resolved by then.',
  permit: 'Its permit no longer covered it.',
  policy: 'Policy no longer allowed it.',
  lost_worker: 'The process that ran it died.',
  superseded: 'Another run took its place.',
} as const satisfies Record<RunCause, string>

/** A chat shows little; the console has the full log. */
const tailLines = 8
const tailCharacters = 1_200

export const runCard = (input: RunCardInput): Card => {
  const { run, steps } = input
  const { status, tone } = states[run.status]
  const active = !isTerminal(run.status)
  const canceling = input.cancelRequestedBy ?? null
  const blocks: Block[] = [
    {
      kind: 'steps',
      title: 'Steps',
      steps,
      done: steps.filter((step) => isDone(step)).length,
      total: steps.length,
    },
    ...tailBlocks(input.outputTail, active),
    { kind: 'text', text: lineOf(input), tone },
  ]
  if (active && canceling !== null)
    blocks.push({
      kind: 'text',
      text: text(who(canceling), ' asked to cancel it; it stops as soon as it safely can.'),
      tone: 'warning',
    })
  if (active && canceling === null && input.tokens.cancel !== undefined)
    blocks.push({
      kind: 'actions',
      actions: [{ token: input.tokens.cancel, label: 'Cancel', style: 'danger' }],
    })
  blocks.push({ kind: 'context', text: text(`${run.id} · ${run.incidentId}`) })
  return {
    kind: 'run',
    title: `${input.playbookTitle} on ${run.service}`,
    status: active && canceling !== null ? 'Canceling' : status,
    tone,
    severity: input.severity,
    blocks,
  }
}

const isDone = (step: CardStep): boolean => step.mark !== 'waiting' && step.mark !== 'running'

const tailBlocks = (output: string, active: boolean): Block[] => {
  const lines = output.trimEnd().split('\n').slice(-tailLines).join('\n')
  const tail = lines.length > tailCharacters ? `…${lines.slice(-tailCharacters).toWellFormed()}` : lines
  if (tail.trim() === '') return []
  return [{ kind: 'text', text: [bold(active ? 'Output, as it comes\n' : 'Last output\n'), code(tail)] }]
}

const lineOf = ({ run, queueReason, detail = '' }: RunCardInput): Text => {
  if (run.status === 'pending_approval') return text('It begins once it is approved.')
  if (run.status === 'queued') return text(queueReason ?? 'It begins in a moment.')
  if (!isTerminal(run.status))
    return run.deadline === null
      ? text('Under way.')
      : text('Under way. It ends by itself at the latest ', time(run.deadline), '.')
  const cause = run.cause === null ? '' : causes[run.cause]
  const took =
    run.startedAt === null || run.finishedAt === null
      ? ''
      : ` It took ${durationInWords(run.finishedAt.since(run.startedAt).total('milliseconds'))}.`
  return text([states[run.status].end, cause, detail].filter((part) => part !== '').join(' '), took)
}
