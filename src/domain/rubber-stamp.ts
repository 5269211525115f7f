/** Approvals that look as if nobody had read what they approve: told to people, and counted into the risk. Never refused. */

/** Nobody reads a plan in less. It counts from the request on: who saw it later was quicker still, and is not accused. */
export const rushedUnderMs = 2_000
/** What is older says nothing of how people approve now. */
export const stampWindow = { hours: 30 * 24 } as const
/** Fewer between two people are chance. */
export const fewestBetweenTwo = 5

export const isRushed = (
  requestedAt: Temporal.Instant,
  approvedAt: Temporal.Instant,
  underMs: number = rushedUnderMs,
): boolean => approvedAt.epochMilliseconds - requestedAt.epochMilliseconds < underMs

/** How often one approved what another requested, within the window. */
export interface Given {
  readonly requesterId: string
  readonly approverId: string
  readonly approvals: number
}

/** Two who approve each other's requests, and hardly anybody else does. */
export interface ReciprocalPair {
  /** By id, so that a pair reads the same from either side. */
  readonly people: readonly [string, string]
  /** Both ways together. */
  readonly approvals: number
}

/** Of each of the two, more than half of all approvals came from the other, and together they are five or more. */
export const reciprocalPairs = (given: readonly Given[]): ReciprocalPair[] => {
  const received = new Map<string, number>()
  const between = new Map<string, number>()
  for (const { requesterId, approverId, approvals } of given) {
    received.set(requesterId, (received.get(requesterId) ?? 0) + approvals)
    between.set(key(requesterId, approverId), (between.get(key(requesterId, approverId)) ?? 0) + approvals)
  }
  const ofMost = (requesterId: string, approverId: string): number => {
    const approvals = between.get(key(requesterId, approverId)) ?? 0
    return approvals * 2 > (received.get(requesterId) ?? 0) ? approvals : 0
  }
  return [...between.keys()].flatMap((each): ReciprocalPair[] => {
    const [one = '', other = ''] = JSON.parse(each) as string[]
    if (one >= other) return []
    const [forward, back] = [ofMost(one, other), ofMost(other, one)]
    return forward > 0 && back > 0 && forward + back >= fewestBetweenTwo
      ? [{ people: [one, other], approvals: forward + back }]
      : []
  })
}

const key = (requesterId: string, approverId: string): string => JSON.stringify([requesterId, approverId])

/** What the risk counts: rushed approvals by whoever could approve this, and those that the asker and their pair gave each other. */
export const stampsCounted = (rushed: number, given: readonly Given[], askerId: string | null): number =>
  rushed +
  reciprocalPairs(given)
    .filter(({ people }) => askerId !== null && people.includes(askerId))
    .reduce((sum, { approvals }) => sum + approvals, 0)
