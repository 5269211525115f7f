import type { IncidentStatus } from '../domain/incident.ts'
import { isTerminal, type RunStatus } from '../domain/run.ts'

/** What is known of an incident when somebody asks how it goes. */
export interface IncidentSituation {
  readonly status: IncidentStatus
  /** Its newest run, if there is one. */
  readonly run: { readonly status: RunStatus; readonly title: string } | null
  /** Proposals that are still open to choose from. */
  readonly proposals: number
}

/** One line of what is going on now: `Waiting for approval of Restart the service`. */
export const incidentNow = ({ status, run, proposals }: IncidentSituation): string => {
  const ofRun = run === null ? null : runNow(run.status, run.title)
  switch (status) {
    case 'resolved':
      return run?.status === 'succeeded' ? `Resolved: ${run.title} worked` : 'Resolved'
    case 'escalated':
      return run === null || ofRun === null ? 'A person is needed' : `A person is needed: ${ofRun}`
    case 'open':
      return run !== null && isLive(run.status) && ofRun !== null ? ofRun : 'Gathering evidence'
    case 'proposed':
      if (run !== null && isLive(run.status) && ofRun !== null) return ofRun
      if (proposals === 0) return 'Waiting for people'
      return proposals === 1
        ? '1 proposal waits to be requested'
        : `${proposals} proposals wait to be requested`
    case 'healing':
      return ofRun ?? 'Healing'
  }
}

const isLive = (status: RunStatus): boolean => !isTerminal(status)

const runNow = (status: RunStatus, title: string): string => {
  switch (status) {
    case 'pending_approval':
      return `Waiting for approval of ${title}`
    case 'queued':
      return `Queued: ${title}`
    case 'running':
      return `Running ${title}`
    case 'verifying':
      return `${title}: did it help?`
    case 'rolling_back':
      return `Undoing ${title}`
    case 'succeeded':
      return `${title} worked`
    case 'failed':
      return `${title} failed`
    case 'timed_out':
      return `${title} ran out of time`
    case 'canceled':
      return `${title} was canceled`
    case 'rolled_back':
      return `${title} was undone`
    case 'rollback_failed':
      return `${title} could not be undone`
    case 'blocked':
      return `${title} was blocked`
    case 'unknown':
      return `Nobody can tell whether ${title} happened`
  }
}
