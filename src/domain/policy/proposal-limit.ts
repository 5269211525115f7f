import { reject } from '../rejection.ts'
import { noObjection, type PolicyRule } from './rule.ts'
import type { Ruling } from './verdict.ts'

/** How much Suture has proposed for a service by itself, and how long it waits after failures. */
export interface ProposalLimitFacts {
  readonly inLastHour: number
  /** At most so many in any hour. */
  readonly mostPerHour: number
  /** When there are fewer than that in the last hour again; null when there are now, or never will be. */
  readonly nextAt: Temporal.Instant | null
  /** Null where nothing failed lately for this service and diagnosis. */
  readonly backOff: BackOff | null
}

export interface BackOff {
  readonly diagnosisCode: string
  /** Runs in a row that did not heal it. */
  readonly failures: number
  readonly until: Temporal.Instant
}

export const noLimits: ProposalLimitFacts = {
  inLastHour: 0,
  mostPerHour: Number.MAX_SAFE_INTEGER,
  nextAt: null,
  backOff: null,
}

/** Suture alone is bound: it proposes no more than people can read, and less after every failure. People may always ask. */
export const proposalLimit: PolicyRule = ({ moment, requesterId, limits, service, now }) => {
  if (moment !== 'propose' || requesterId !== null) return noObjection
  const { backOff, inLastHour, mostPerHour, nextAt } = limits
  const waits = backOff !== null && Temporal.Instant.compare(now, backOff.until) < 0
  const full = !(inLastHour < mostPerHour)
  // Whichever holds longer is told; what has no end holds longest.
  if (waits && !(full && (nextAt === null || Temporal.Instant.compare(nextAt, backOff.until) > 0)))
    return backingOff(service, backOff)
  return full ? enough(service, limits) : noObjection
}

const backingOff = (service: string, { diagnosisCode, failures, until }: BackOff): Ruling => ({
  outcome: 'deny',
  reason: reject(
    'proposal_limit',
    `${failures === 1 ? 'A run' : `${failures} runs in a row`} did not heal ${service} (${diagnosisCode.replaceAll('_', ' ')}), so Suture waits before it proposes again.`,
    'Heal it by hand meanwhile. Suture looks again by itself at the time below.',
    { earliest: until.toString(), facts: { service, diagnosis: diagnosisCode, failures } },
  ),
})

const enough = (service: string, { inLastHour, mostPerHour, nextAt }: ProposalLimitFacts): Ruling => ({
  outcome: 'deny',
  reason: reject(
    'proposal_limit',
    `Suture has proposed ${inLastHour} times for ${service} within an hour, of at most ${mostPerHour}.`,
    nextAt === null
      ? 'Heal it by hand, or an admin raises limits.proposalsPerHour in the policy.'
      : 'Heal it by hand meanwhile. Suture looks again by itself at the time below.',
    {
      ...(nextAt === null ? {} : { earliest: nextAt.toString() }),
      facts: { service, in_last_hour: inLastHour, most: mostPerHour },
    },
  ),
})

/** Milliseconds. */
export interface BackOffLimits {
  readonly first: number
  readonly most: number
  /** Share by which a wait is longer or shorter at random. */
  readonly jitter: number
}

/** From here on it is at `most` with any limits that a policy may have: 2^30 ms are twelve days. */
const mostDoublings = 30

/**
 * Waits in ms after the first, second, ... failure in a row; the last of them holds for all that follow. `random` in [0, 1)
 * spreads them by the jitter; none is longer than `most`.
 */
export const backOffWaits = ({ first, most, jitter }: BackOffLimits, random: number): number[] =>
  Array.from({ length: mostDoublings + 1 }, (_, doublings) =>
    Math.round(Math.min(most, Math.min(most, first * 2 ** doublings) * (1 + jitter * (2 * random - 1)))),
  )
