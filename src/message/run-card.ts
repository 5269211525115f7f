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
import { ordinal } from '../domain/waiting-line.ts'
import { type ResolutionTokens, resolutionActions, type Said, saidBlock } from './run-resolution.ts'
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
  readonly playbookTitle: string
  /** See `stepsInWords`. */
  readonly steps: readonly CardStep[]
  /** Last lines of the current step, already redacted. */
  readonly outputTail: string
  /** Why it is not running yet, such as a lock held by another run; null when it waits for nothing but a worker. */
  readonly waiting: Waiting | null
  /** The run that ended `unknown` and that this one undoes. */
  readonly undoes?: string | null
  /** Which stage of a playbook with gates it is, the first being 0, and what the ones before have left behind, in sentences. */
  readonly part?: {
    readonly stage: number
    readonly stages: number
    readonly follows: string | null
    readonly stands: string
  } | null
  /** Of a run that ended `unknown`: what is known, for whoever has to look. See `knownBlocks`. */
  readonly known?: readonly Block[]
  /** What somebody said of it; nobody is asked any more. */
  readonly said?: Said | null
  /** How it ended, in the worker's words; may be empty. */
  readonly detail?: string
  readonly cancelRequestedBy?: Named | null
  readonly tokens: {
    readonly cancel?: string
    /** Of a queued run that people have approved. */
    readonly revoke?: string
    readonly resolution?: ResolutionTokens
  }
}

export interface Waiting {
  readonly holders: readonly { readonly target: string; readonly runId: string }[]
  /** 1 for the next. */
  readonly place: number
  readonly givesUpAt: Temporal.Instant | null
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

/** A state in a word, for lists. */
export const runWords = {
  pending_approval: 'waits for approval',
  queued: 'queued',
  running: 'running',
  verifying: 'verifying',
  rolling_back: 'rolling back',
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timed out',
  canceled: 'canceled',
  rolled_back: 'rolled back',
  rollback_failed: 'ROLLBACK FAILED',
  blocked: 'blocked',
  unknown: 'unknown',
} as const satisfies Record<RunStatus, string>

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
  revoked: 'Its approval was taken back before it began.',
} as const satisfies Record<RunCause, string>

/** A chat shows little; the console has the full log. */
const tailLines = 8
const tailCharacters = 1_200

export const runCard = (input: RunCardInput): Card => {
  const { run, steps } = input
  const { status, tone } = statusOf(input)
  const active = !isTerminal(run.status)
  const canceling = input.cancelRequestedBy ?? null
  const said = input.said ?? null
  const blocks: Block[] = [
    ...(input.undoes == null
      ? []
      : [{ kind: 'text' as const, text: text('Undoes ', code(input.undoes), '.') }]),
    ...partBlocks(input.part ?? null),
    {
      kind: 'steps',
      title: 'Steps',
      steps,
      done: steps.filter((step) => step.mark === (input.undoes == null ? 'succeeded' : 'undone')).length,
      total: steps.length,
    },
    ...tailBlocks(input.outputTail, active),
    { kind: 'text', text: said === null ? lineOf(input) : endOf(input), tone },
    ...(said === null ? (input.known ?? []) : [saidBlock(said)]),
  ]
  if (active && canceling !== null)
    blocks.push({
      kind: 'text',
      text: text(who(canceling), ' asked to cancel it; it stops as soon as it safely can.'),
      tone: 'warning',
    })
  if (run.status === 'unknown' && said === null && input.tokens.resolution !== undefined)
    blocks.push({
      kind: 'actions',
      actions: resolutionActions(input.tokens.resolution, input.playbookTitle),
    })
  if (active && canceling === null && input.tokens.cancel !== undefined)
    blocks.push({
      kind: 'actions',
      actions: [
        { token: input.tokens.cancel, label: 'Cancel', style: 'danger' },
        ...(run.status === 'queued' && input.tokens.revoke !== undefined
          ? [{ token: input.tokens.revoke, label: 'Revoke my approval', style: 'plain' as const }]
          : []),
      ],
    })
  blocks.push({ kind: 'context', text: text(`${run.id} · ${run.incidentId}`) })
  return {
    kind: 'run',
    title: `${input.playbookTitle} on ${run.service}`,
    status: active && canceling !== null ? 'Canceling' : said === null ? status : `${status}, looked into`,
    tone,
    severity: null,
    blocks,
  }
}

const partBlocks = (part: NonNullable<RunCardInput['part']> | null): Block[] =>
  part === null
    ? []
    : [
        {
          kind: 'text',
          text: text(
            bold(`Stage ${part.stage + 1} of ${part.stages}`),
            ...(part.follows === null ? [] : [', after ', code(part.follows)]),
            '.',
          ),
        },
      ]

const tailBlocks = (output: string, active: boolean): Block[] => {
  const lines = output.trimEnd().split('\n').slice(-tailLines).join('\n')
  const tail = lines.length > tailCharacters ? `…${lines.slice(-tailCharacters).toWellFormed()}` : lines
  if (tail.trim() === '') return []
  return [{ kind: 'text', text: [bold(active ? 'Output, as it comes\n' : 'Last output\n'), code(tail)] }]
}

/** Nothing was measured before a gate: it is done, which is less than to have worked. */
const isBeforeGate = ({ run, part = null }: RunCardInput): boolean =>
  run.status === 'succeeded' && part !== null && part.stage < part.stages - 1

const statusOf = (input: RunCardInput): { status: string; tone: Tone } =>
  isBeforeGate(input) ? { status: 'Done up to the gate', tone: 'good' } : states[input.run.status]

const lineOf = (input: RunCardInput): Text => {
  const { run, waiting, steps } = input
  if (run.status === 'pending_approval') return text('It begins once it is approved.')
  if (run.status === 'queued') return waiting === null ? text('It begins in a moment.') : waitingLine(waiting)
  if (isTerminal(run.status)) return endOf(input)
  const now = steps.find((step) => step.mark === 'running')
  return text(
    ...(now === undefined ? ['Under way.'] : ['Now: ', bold(now.title), '.']),
    ...(run.deadline === null ? [] : [' It ends by itself at the latest ', time(run.deadline), '.']),
  )
}

/** Where it stands among those that want the same, and when it stops waiting. */
export const waitingLine = ({ holders, place, givesUpAt }: Waiting): Text =>
  text(
    'Waits for ',
    ...(holders.length === 0 ? ['its targets'] : []),
    ...holders.flatMap(({ target, runId }, at) => [
      at === 0 ? '' : ', and for ',
      code(target),
      ', held by ',
      code(runId),
    ]),
    `. ${place === 1 ? 'Next' : ordinal(place)} in line.`,
    ...(givesUpAt === null ? [] : [' Gives up ', time(givesUpAt), '.']),
  )

const endOf = (input: RunCardInput): Text => {
  const { run, said, part = null, detail = '' } = input
  const cause = run.cause === null ? '' : causes[run.cause]
  const took =
    run.startedAt === null || run.finishedAt === null
      ? ''
      : ` It took ${durationInWords(run.finishedAt.since(run.startedAt).total('milliseconds'))}.`
  // Once somebody has looked, its targets are no longer locked.
  const end =
    run.status === 'unknown' && said != null ? 'Nobody could say how far it got.' : states[run.status].end
  const stands = run.status === 'succeeded' || part === null ? '' : part.stands
  return text(
    [isBeforeGate(input) ? '' : end, cause, detail, stands].filter((said) => said !== '').join(' '),
    took,
  )
}
