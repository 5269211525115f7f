import { z } from 'zod'
import { durationBetween } from '../duration.ts'
import { Role } from '../person.ts'
import { ChangeWindow, Freeze, Holidays } from './calendar.ts'
import { DataRule } from './data-rule.ts'
import { Shift } from './shift.ts'

/** `policy.yaml`: what may be done when, by whom, and how far. Data only; whatever it says can only tighten the rules. */

const share = z.number().min(0).max(1)
const people = z.number().int().min(1).max(10)
const minute = 60_000
const day = 86_400_000

const Approval = z.strictObject({
  /** How many different people must approve, by impact. */
  quorum: z
    .strictObject({
      low: people.default(1),
      medium: people.default(1),
      high: people.default(1),
      critical: people.default(2),
    })
    .prefault({}),
  /** After so long without a decision, whoever may approve is reminded once. */
  remindAfter: durationBetween(minute, day).prefault('10m'),
  /** Who is asked besides when nobody decides: each step once, `after` counted from the request. */
  escalation: z
    .array(
      z.strictObject({
        after: durationBetween(minute, day),
        roles: z.array(Role).min(1),
        /** A channel of the catalogue to tell; the incident's own without it. */
        channel: z
          .string()
          .regex(/^[a-z0-9][a-z0-9_-]{0,79}$/)
          .optional(),
      }),
    )
    .max(10)
    .default([]),
})

const Limits = z.strictObject({
  /** Proposals by Suture itself for one service in any hour. */
  proposalsPerHour: z.number().int().min(0).max(1_000).default(3),
  /** After the nth failure in a row for one service and diagnosis: first x 2^(n-1), at most `most`, give or take `jitter`. */
  backOff: z
    .strictObject({
      first: durationBetween(0, day).prefault('5m'),
      most: durationBetween(0, 7 * day).prefault('2h'),
      jitter: share.default(0.2),
    })
    .prefault({}),
  /** A second request for the same service and diagnosis within this time is a duplicate. */
  duplicateWithin: durationBetween(0, day).prefault('10m'),
})

const BlastRadius = z.strictObject({
  /** More dependents than this need a person in mode auto; nothing lifts it above 2. */
  auto: z.number().int().min(0).max(2).default(2),
  /** More than this are refused in the other modes; null: a person may decide for any number. */
  approve: z.number().int().min(0).max(10_000).nullable().default(null),
})

const Trust = z.strictObject({
  /** Above this risk somebody must look. */
  review: share.default(0.4),
  /** Above this risk Suture requests nothing by itself; a person may. */
  deny: share.default(0.7),
})

/** Groups of people that a rule may ask for, by the ids of people. */
const Groups = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  z.array(z.string().min(1).max(100)).min(1).max(500),
)

export const PolicyDocument = z.strictObject({
  version: z.number().int().min(1).default(1),
  description: z.string().max(1_000).default(''),
  /** Outside of them nothing of medium impact or more is run. `[]`: always open. */
  windows: z
    .array(ChangeWindow)
    .max(200)
    .prefault([{ id: 'working-hours' }]),
  /** What a run that would end after its window is: told beforehand, or refused. */
  overrun: z.enum(['warn', 'deny']).default('warn'),
  freezes: z.array(Freeze).max(200).default([]),
  holidays: z.array(Holidays).max(50).default([]),
  approval: Approval.prefault({}),
  limits: Limits.prefault({}),
  blastRadius: BlastRadius.prefault({}),
  trust: Trust.prefault({}),
  groups: Groups.default({}),
  /** Who is on when: whom a request that waits is handed over to. It gives nobody a right. */
  shifts: z.array(Shift).max(50).default([]),
  rules: z.array(DataRule).max(1_000).default([]),
})
export type PolicyDocument = z.infer<typeof PolicyDocument>

/** In force where no policy file is named. */
export const defaultPolicy: PolicyDocument = PolicyDocument.parse({})
