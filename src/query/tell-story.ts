import { bold, timeToSecond } from '../domain/card.ts'
import type { RunStatus } from '../domain/run.ts'
import { span } from '../domain/span.ts'
import type { StepStatus } from '../domain/step.ts'
import type { StoryEvent } from './answer.ts'
import { type Line, line, quoted, sentence, toned } from './line.ts'

/** One sentence an event, with its time in front: to the second, since what happens in one minute is in question. */
export const tellEvent = (event: StoryEvent): Line => {
  const told = sentenceOf(event)
  return { ...told, text: [...line(timeToSecond(event.at), '  ').text, ...told.text] }
}

/** Without its time. */
export const sentenceOf = (event: StoryEvent): Line => {
  switch (event.kind) {
    case 'alert_fired':
      return line(
        'Alert ',
        bold(event.title),
        ` fired, from ${event.source}${event.more === 0 ? '' : ` (and ${event.more} more)`}.`,
      )
    case 'alerts_resolved':
      return line(event.count === 1 ? 'The alert resolved.' : `${event.count} alerts resolved.`)
    case 'reopened':
      return line('It fired again, so the incident was opened again.')
    case 'evidence':
      return line(
        `Evidence${event.status === 'ok' ? '' : ` (${event.status.replaceAll('_', ' ')})`}: ${sentence(event.summary)}`,
      )
    case 'diagnosed':
      return line('Diagnosis: ', bold(event.title), `, ${Math.round(event.likelihood * 100)} % likely.`)
    case 'proposed':
      return line('Suture proposed ', bold(event.title), ` on ${event.service} (${event.id}): ${event.odds}.`)
    case 'requested':
      return line(
        event.request.requester,
        ' requested ',
        bold(event.request.title),
        ` (${event.request.id}).`,
      )
    case 'refused':
      return toned(
        'warning',
        line(
          event.refusal.by,
          ` was refused (${event.refusal.command.replaceAll('_', ' ')} ${event.refusal.subject}): ${sentence(event.refusal.detail)}`,
        ),
      )
    case 'voted':
      return tellVote(event)
    case 'request_ended':
      return line(
        `${event.request.id} ${event.request.status === 'expired' ? 'expired' : 'was withdrawn'}: ${sentence(event.request.reason)}`,
      )
    case 'run_started':
      return line(
        `${event.id} (${event.title}) began${event.unasked ? '; policy allowed it without asking anybody' : ''}.`,
      )
    case 'step':
      return tellStep(event)
    case 'run_ended':
      return tellEnd(event)
    case 'escalated':
      return toned('warning', line(`Suture asked for a person: ${sentence(event.why)}`))
    case 'resolved':
      return toned('good', line(`Resolved after ${span(event.afterMs)}: ${sentence(event.why)}`))
  }
}

const tellVote = ({ request, vote }: Extract<StoryEvent, { kind: 'voted' }>): Line => {
  const because = vote.reason.trim() === '' ? '' : `: ${quoted(vote.reason)}`
  const needs = request.quorum > 1 ? ` (${request.quorum} approvals are needed)` : ''
  return vote.decision === 'approve'
    ? line(vote.by, ` approved ${request.id}${because}${needs}.`)
    : toned('warning', line(vote.by, ` rejected ${request.id}${because}.`))
}

const stepWords = {
  intent: 'has begun and has no result yet',
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'ran out of time',
  canceled: 'was canceled',
  unknown: 'has an unknown result',
} as const satisfies Record<StepStatus, string>

const phaseWords = { action: 'Step', rollback: 'Undoing', verify: 'Verification' } as const

const tellStep = (event: Extract<StoryEvent, { kind: 'step' }>): Line => {
  const took = event.tookMs === null ? '' : ` after ${span(event.tookMs)}`
  const summary = event.summary.trim() === '' ? '.' : `: ${sentence(event.summary)}`
  const told = line(
    `${phaseWords[event.phase]} “${event.title}” of ${event.runId} ${stepWords[event.status]}${took}${summary}`,
  )
  if (event.status === 'succeeded' || event.status === 'intent') return told
  return toned(event.status === 'canceled' ? 'warning' : 'bad', told)
}

export const runWords = {
  pending_approval: 'waits for approval',
  queued: 'is queued',
  running: 'is running',
  verifying: 'is checking whether it helped',
  rolling_back: 'is being rolled back',
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timed out',
  canceled: 'was canceled',
  rolled_back: 'did not work and was rolled back',
  rollback_failed: 'did not work and could not be rolled back',
  blocked: 'was blocked before it began',
  unknown: 'ended with an unknown result',
} as const satisfies Record<RunStatus, string>

const tellEnd = ({ id, status, reason }: Extract<StoryEvent, { kind: 'run_ended' }>): Line => {
  const told = line(`${id} ${runWords[status]}${reason.trim() === '' ? '.' : `: ${sentence(reason)}`}`)
  if (status === 'succeeded') return toned('good', told)
  return status === 'canceled' || status === 'blocked' ? toned('warning', told) : toned('bad', told)
}
