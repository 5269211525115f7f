import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { recoveries } from '../../src/domain/learning.ts'
import { type Person, roles } from '../../src/domain/person.ts'
import type { Playbook } from '../../src/domain/playbook.ts'
import type { PolicyFacts } from '../../src/domain/policy/facts.ts'
import { verdictOutcomes } from '../../src/domain/policy/verdict.ts'
import type { StoredProposal } from '../../src/domain/proposal.ts'
import { activeRunStatuses, runCauses, runStatuses } from '../../src/domain/run.ts'
import type { Service } from '../../src/domain/service.ts'

/**
 * The form of `run-histories.jsonl`: runs that were performed for real, with what their rows said and what was decided. One
 * line each for a playbook, a kind of service (its name stands as `SERVICE`), a proposal and a run.
 */

/** `flag/action/succeeded scale/action/intent`. */
const Steps = z.string()
/** A decision as one line, such as `perform scale action`; sentences are kept beside it. */
const Decision = z.string()

/** What the rows said between two commits, and what a worker would do that took the run over there. */
const Moment = z.strictObject({
  at: z.array(z.string()),
  status: z.enum(activeRunStatuses),
  cause: z.enum(runCauses).nullable(),
  reason: z.string(),
  steps: Steps,
  /** For every reason to stop; while verifying, also for everything that the checks can show. The same in a row as `x 3`. */
  moves: z.string(),
  overdue: Decision,
})
export type Moment = z.infer<typeof Moment>

/** What the worker or the watchdog that really was there decided. */
const Made = z.strictObject({
  by: z.enum(['worker', 'watchdog']),
  status: z.enum(activeRunStatuses),
  cause: z.enum(runCauses).nullable(),
  reason: z.string(),
  steps: Steps,
  stopped: z.enum(['timed_out', 'canceled']).nullable(),
  recovery: z.enum(recoveries).nullable(),
  resumed: z.boolean(),
  move: Decision,
  sentence: z.string(),
})
export type Made = z.infer<typeof Made>

/** Of the reasons only their codes: the sentences may be bettered. */
const Verdict = z.strictObject({
  outcome: z.enum(verdictOutcomes),
  needsRequester: z.boolean(),
  quorum: z.number(),
  approverRoles: z.array(z.enum(roles)),
  /** Only where somebody was required: the first histories know of no such thing. */
  requiredRoles: z.array(z.enum(roles)).optional(),
  requiredGroups: z.array(z.string()).optional(),
  reasons: z.array(z.string()),
})

/** Everything that decided whether it might begin; instants as text. `inForce` is what the configuration had by then. */
const Start = z.strictObject({
  now: z.string(),
  undoOf: z.string().nullable(),
  incident: z.strictObject({ status: z.string(), firing: z.number() }),
  permit: z
    .strictObject({
      id: z.string(),
      run_id: z.string(),
      status: z.enum(['issued', 'used', 'revoked']),
      proposal_digest: z.string(),
      playbook_digest: z.string(),
      parameters_digest: z.string(),
      targets: z.array(z.string()),
      approver_ids: z.array(z.string()),
      policy_version: z.string(),
      expires_at: z.string(),
    })
    .nullable(),
  /** As an admin gave them their roles; the first histories say more, which nothing rests on. */
  approvers: z.array(z.object({ person: z.custom<Person>(), disabled: z.boolean() })),
  governance: z.record(z.string(), z.unknown()),
  inForce: z.strictObject({
    playbook: z.string().nullable(),
    service: z.union([z.literal('as_approved'), z.null(), z.custom<Service>()]),
  }),
  policy: z.strictObject({ facts: z.custom<Omit<PolicyFacts, 'now'>>(), verdict: Verdict }).nullable(),
  /** The code of the refusal; null when it began. */
  refusal: z.string().nullable(),
})
export type Start = z.infer<typeof Start>

const PlannedCall = z.strictObject({
  action: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  target: z.string().nullable(),
  timeoutMs: z.number(),
})

const Run = z.strictObject({
  kind: z.literal('run'),
  /** Ids are unique within one world. */
  world: z.string(),
  run: z.string(),
  way: z.string(),
  proposal: z.string(),
  playbook: z.string(),
  parametersDigest: z.string(),
  service: z.string(),
  shape: z.string(),
  units: z.array(
    z.strictObject({
      id: z.string(),
      position: z.number(),
      hasCheck: z.boolean(),
      call: PlannedCall,
      rollback: PlannedCall.nullable(),
    }),
  ),
  budgetMs: z.number(),
  reserveMs: z.number(),
  /** `flag action run_1.flag`: under which keys its intents were written. */
  keys: z.array(z.string()),
  starts: z.array(Start),
  moments: z.array(Moment),
  made: z.array(Made),
  end: z.strictObject({ status: z.enum(runStatuses), cause: z.enum(runCauses).nullable() }),
})
export type RunHistory = z.infer<typeof Run>

const Line = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('playbook'),
    digest: z.string(),
    text: z.string(),
    body: z.custom<Playbook>(),
  }),
  z.strictObject({
    kind: z.literal('shape'),
    world: z.string(),
    shape: z.string(),
    text: z.string(),
    body: z.string(),
  }),
  z.strictObject({ kind: z.literal('proposal'), digest: z.string(), body: z.custom<StoredProposal>() }),
  Run,
])
export type Line = z.infer<typeof Line>

export const historiesFile = new URL('run-histories.jsonl', import.meta.url)

export interface Histories {
  readonly lines: readonly string[]
  readonly runs: readonly RunHistory[]
  readonly playbooks: ReadonlyMap<string, Extract<Line, { kind: 'playbook' }>>
  readonly proposals: ReadonlyMap<string, StoredProposal>
  /** Every service of a run, as its rows had it and as its file said it. */
  readonly services: ReadonlyMap<string, { readonly body: Service; readonly text: string }>
}

export const readHistories = (text = readFileSync(historiesFile, 'utf8')): Histories => {
  const lines = text.split('\n').filter((line) => line !== '')
  const all = lines.map((line) => Line.parse(JSON.parse(line)))
  const runs = all.filter((line) => line.kind === 'run')
  const shapes = new Map(
    all.flatMap((line) => (line.kind === 'shape' ? [[`${line.world} ${line.shape}`, line] as const] : [])),
  )
  const serviceOf = ({ world, shape, service }: RunHistory) => {
    const found = shapes.get(`${world} ${shape}`)
    if (found === undefined) throw new Error(`no line tells of the services ${shape} of world ${world}`)
    const named = (of: string) => of.replaceAll('SERVICE', service)
    return { body: z.custom<Service>().parse(JSON.parse(named(found.body))), text: named(found.text) }
  }
  return {
    lines,
    runs,
    playbooks: new Map(
      all.flatMap((line) => (line.kind === 'playbook' ? [[line.digest, line] as const] : [])),
    ),
    proposals: new Map(
      all.flatMap((line) => (line.kind === 'proposal' ? [[line.digest, line.body] as const] : [])),
    ),
    services: new Map(runs.map((run) => [nameOf(run), serviceOf(run)])),
  }
}

export const nameOf = ({ world, run }: Pick<RunHistory, 'world' | 'run'>): string =>
  `${run} of world ${world}`
