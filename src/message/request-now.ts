import { localInWords } from '../domain/policy/calendar-words.ts'
import type { Needed } from '../domain/quorum.ts'
import type { RunStatus } from '../domain/run.ts'
import { neededInWords } from './proposal-state.ts'
import { runWords } from './run-card.ts'
import { listInWords } from './words.ts'

/** Where what somebody asked for stands, in plain sentences for one person: who asks the same should not have to go and look. */

export interface RequestNow {
  /** The request, or the run where nobody had to be asked. */
  readonly id: string
  readonly title: string
  readonly service: string
  readonly incidentId: string
  /** In which times are told. */
  readonly zone: string
  readonly requester: string
  readonly requestedAt: Temporal.Instant
  /** Null when nobody is asked any more. */
  readonly waiting: {
    readonly approvers: readonly string[]
    readonly needed: Needed
    readonly expiresAt: Temporal.Instant
  } | null
  readonly run: { readonly id: string; readonly status: RunStatus; readonly reason: string }
}

export const requestNow = (
  given: RequestNow,
): { readonly title: string; readonly status: string; readonly message: string } => {
  const { id, title, service, incidentId, zone, requester, requestedAt, waiting, run } = given
  const asked = `${requester} requested it for ${incidentId} at ${localInWords(requestedAt, zone)}.`
  return {
    title: `${id}: ${title} on ${service}`,
    status: capital(runWords[run.status]),
    message: `${asked} ${
      waiting === null
        ? `${run.id}: ${runWords[run.status]}${run.reason === '' ? '' : `, ${run.reason}`}`.replace(
            /\.?$/,
            '.',
          )
        : `${
            waiting.approvers.length === 0 ? '' : `Approved by ${listInWords(waiting.approvers)}. `
          }${neededInWords(waiting.needed)}, until ${localInWords(waiting.expiresAt, zone)}.`
    }`,
  }
}

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`
