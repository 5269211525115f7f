import { reject } from '../rejection.ts'
import { noObjection, type PolicyRule } from './rule.ts'

/** Somebody works on the service; null when nobody has said so. */
export type MaintenanceFacts = {
  readonly id: string
  readonly until: Temporal.Instant
  readonly reason: string
} | null

/** Suture keeps its hands off what people work on. They may ask for a run themselves: they know what they do. */
export const maintenance: PolicyRule = ({ moment, requesterId, maintenance: work, service }) =>
  moment !== 'propose' || requesterId !== null || work === null
    ? noObjection
    : {
        outcome: 'deny',
        reason: reject(
          'maintenance',
          `${service} is under maintenance: ${work.reason}. Suture proposes nothing for it meanwhile.`,
          `Whoever works on it heals it, or ends the maintenance: /heal unsilence ${work.id}.`,
          {
            earliest: work.until.toString(),
            facts: { maintenance: work.id, until: work.until.toString() },
          },
        ),
      }
