import { z } from 'zod'
import { impacts } from '../action.ts'
import { TriageCode } from '../diagnosis.ts'
import { durationBetween } from '../duration.ts'
import { Role } from '../person.ts'
import { policyReasonCodes } from '../rejection.ts'
import { isTimeZone } from '../time-zone.ts'
import type { PolicyDocument } from './document.ts'
import { evaluatePolicy } from './evaluate.ts'
import { nothingKnown, type PolicyFacts, policyMoments } from './facts.ts'
import { modes } from './modes.ts'
import { policyPart } from './policy-part.ts'
import { type Verdict, verdictOutcomes } from './verdict.ts'

/** `policy.cases.yaml`: what a policy is meant to say, so that a change to it can be tried before it is in force. */

const instant = z.string().refine((text) => isInstant(text), 'an instant such as 2026-11-24T10:00:00+01:00')
const share = z.number().min(0).max(1)
const count = z.number().int().min(0).max(1_000_000)

const When = z.strictObject({
  now: instant,
  /** Of the service. */
  timeZone: z
    .string()
    .refine((name) => isTimeZone(name), 'an IANA time zone such as Europe/Berlin')
    .default('UTC'),
  moment: z.enum(policyMoments).default('request'),
  service: z.string().min(1).max(63),
  playbook: z.string().min(1).max(63),
  impact: z.enum(impacts),
  diagnosis: TriageCode.default('general_degradation'),
  mode: z.enum(modes).default('approve'),
  confidence: share.default(1),
  /** Null: nobody knows. */
  dependents: count.nullable().default(0),
  irreversible: z.boolean().default(false),
  /** Id of a person; null for Suture itself. */
  requester: z.string().min(1).max(100).nullable().default('person_requester'),
  approverRoles: z.array(Role).default(['approver']),
  emergencyStop: z.boolean().default(false),
  resolved: z.boolean().default(false),
  overrides: z.array(z.enum(policyReasonCodes)).default([]),
  /** How long the run usually takes. */
  expected: durationBetween(0, 3_600_000).prefault('0s'),
  worked: count.default(20),
  tried: count.default(20),
  lastEnded: z.enum(['worked', 'failed']).nullable().default('worked'),
  proposalsInLastHour: count.default(0),
  /** Somebody gave it other values than Suture proposed. */
  edited: z.boolean().default(false),
})

const Expect = z
  .strictObject({
    outcome: z.enum(verdictOutcomes).optional(),
    /** Codes, in any order, each as often as it is told. */
    reasons: z.array(z.enum(policyReasonCodes)).optional(),
    quorum: z.number().int().min(1).optional(),
    /** When it may be permitted at the earliest; null: no reason knows. */
    earliest: instant.nullable().optional(),
    needsRequester: z.boolean().optional(),
    approverRoles: z.array(Role).optional(),
    requiredRoles: z.array(Role).optional(),
    requiredGroups: z.array(z.string()).optional(),
  })
  .refine(
    (expected) => Object.values(expected).some((value) => value !== undefined),
    'at least one of outcome, reasons, quorum, earliest and the like',
  )

export const PolicyCase = z.strictObject({ name: z.string().min(1).max(200), when: When, expect: Expect })
export type PolicyCase = z.infer<typeof PolicyCase>
export const PolicyCases = z.array(PolicyCase).min(1).max(1_000)

export interface Difference {
  readonly field: string
  readonly expected: string
  readonly found: string
}

export interface CaseResult {
  readonly name: string
  /** Empty where the case holds. */
  readonly differences: readonly Difference[]
  readonly verdict: Verdict
}

export const runPolicyCase = (document: PolicyDocument, { name, when, expect }: PolicyCase): CaseResult => {
  const verdict = evaluatePolicy(factsOfCase(document, when))
  const differences = Object.entries(expect).flatMap(([field, expected]) => {
    if (expected === undefined) return []
    const [wanted, found] = [inWords(field, expected), inWords(field, foundIn(verdict, field as Expected))]
    return wanted === found ? [] : [{ field, expected: wanted, found }]
  })
  return { name, differences, verdict }
}

type Expected = keyof PolicyCase['expect']

type Value = string | number | boolean | null | readonly string[]

const foundIn = (verdict: Verdict, field: Expected): Value => {
  switch (field) {
    case 'reasons':
      return verdict.reasons.map(({ code }) => code)
    case 'earliest':
      return verdict.reasons.find(({ earliest }) => earliest !== undefined)?.earliest ?? null
    case 'outcome':
    case 'quorum':
    case 'needsRequester':
    case 'approverRoles':
    case 'requiredRoles':
    case 'requiredGroups':
      return verdict[field]
  }
}

/** One form for what is equal: lists in order, instants in UTC. */
const inWords = (field: string, value: Value): string => {
  if (value === null) return 'none'
  if (typeof value === 'object') return value.length === 0 ? 'none' : [...value].sort().join(', ')
  return field === 'earliest' ? Temporal.Instant.from(String(value)).toString() : String(value)
}

const factsOfCase = (document: PolicyDocument, when: PolicyCase['when']): PolicyFacts => {
  const now = Temporal.Instant.from(when.now)
  const part = policyPart(document, { ...when, diagnosisCode: when.diagnosis }, when.timeZone, now)
  return {
    ...nothingKnown,
    ...part,
    moment: when.moment,
    now,
    mode: when.mode,
    emergencyStop: when.emergencyStop,
    incidentStatus: when.resolved ? 'resolved' : 'proposed',
    service: when.service,
    timeZone: when.timeZone,
    playbook: when.playbook,
    impact: when.impact,
    targets: [when.service],
    dependents: when.dependents,
    irreversible: when.irreversible,
    confidence: when.confidence,
    approverRoles: when.approverRoles,
    requesterId: when.requester,
    calendar: { ...part.calendar, expectedMs: when.expected },
    trust: {
      worked: when.worked,
      tried: when.tried,
      lastEnded: when.lastEnded,
      rubberStamps: 0,
      ...part.trust,
    },
    limits: {
      inLastHour: when.proposalsInLastHour,
      ...part.limits,
      nextAt: null,
      backOff: null,
    },
    overrides: when.overrides,
    edited: when.edited,
  }
}

const isInstant = (text: string): boolean => {
  try {
    Temporal.Instant.from(text)
    return true
  } catch {
    return false
  }
}
