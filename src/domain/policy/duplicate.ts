import { type Rejection, reject } from '../rejection.ts'
import { isTerminal, type RunStatus } from '../run.ts'
import type { PolicyFacts } from './facts.ts'
import { noObjection, type PolicyRule } from './rule.ts'

/** The request that stands for the same service and diagnosis; null when there is none. */
export type DuplicateFacts = StandingRequest | null

export interface StandingRequest {
  /** The request, or the run where nobody had to be asked. */
  readonly requestId: string
  readonly runId: string
  readonly incidentId: string
  readonly runStatus: RunStatus
  readonly diagnosisCode: string
  readonly at: Temporal.Instant
  /** Until then another one is a duplicate of it. */
  readonly until: Temporal.Instant
}

/**
 * The same remedy twice in a few minutes is how a bad night gets worse. Only asking is looked at: what was asked for stands
 * on its own claim. Suture shows what it would have requested, so that a person may when the time has come.
 */
export const duplicate: PolicyRule = (facts) => {
  const asks = facts.moment === 'propose' || facts.moment === 'request'
  if (!asks || facts.duplicate === null) return noObjection
  const reason = duplicateOf(facts.service, facts.duplicate, facts.now)
  return facts.moment === 'propose'
    ? { outcome: 'require_approval', needsRequester: true, reason }
    : { outcome: 'deny', reason }
}

export const duplicateOf = (service: string, first: StandingRequest, now: PolicyFacts['now']): Rejection => {
  const over = isTerminal(first.runStatus)
  return reject(
    'duplicate_request',
    `${first.requestId} asked for the same ${agoInWords(now.since(first.at))}: ${service}, ${inWords(first.diagnosisCode)}. ${becameOf(first)}`,
    over
      ? `See in ${first.incidentId} what it did. From the time below on, the same may be requested again.`
      : `Follow ${first.runId} in ${first.incidentId}, or end it before it begins: then the same may be requested at once.`,
    {
      earliest: first.until.toString(),
      facts: {
        first: first.requestId,
        run: first.runId,
        incident: first.incidentId,
        status: first.runStatus,
        requested_at: first.at.toString(),
        until: first.until.toString(),
      },
    },
  )
}

const becameOf = ({ runId, runStatus }: StandingRequest): string => {
  if (runStatus === 'pending_approval') return 'It waits for approval.'
  return isTerminal(runStatus)
    ? `${runId} ended: ${inWords(runStatus)}.`
    : `${runId} is ${inWords(runStatus)}.`
}

const inWords = (code: string): string => code.replaceAll('_', ' ')

const agoInWords = (since: Temporal.Duration): string => {
  const minutes = Math.floor(since.total('minutes'))
  return minutes < 1 ? 'just now' : `${minutes} min ago`
}
