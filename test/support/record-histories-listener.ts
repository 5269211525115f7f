import { z } from 'zod'
import { digestOf } from '../../src/app/digest.ts'
import { unitsOf } from '../../src/app/run/unit.ts'
import type { Playbook } from '../../src/domain/playbook.ts'
import { findProposal, stepsOfRun } from '../../src/storage/run.repository.ts'
import type { CoreWorld } from '../db/core-world.ts'
import {
  decidedAt,
  moveInWords,
  plannedIn,
  sentenceOf,
  stepsInWords,
  verdictInWords,
} from '../replay/run-histories.decide.ts'
import type { Line, Moment, RunHistory, Start } from '../replay/run-histories.ts'
import { testTenant } from './app.ts'
import type { Heard } from './record-histories-ears.ts'
import { recordedPlaybooks, type Shape } from './record-histories-estate.ts'

export interface Listener {
  /** Tells what the services of a shape are, by one of them. */
  readonly tellShape: (shape: Shape, text: string, name: string) => Promise<void>
  readonly run: (
    runId: string,
    about: Pick<RunHistory, 'service' | 'shape' | 'way'>,
  ) => Promise<{ checkpoint: (name: string) => Promise<void>; end: () => Promise<void> }>
}

interface Recording {
  readonly heard: Heard
  readonly world: CoreWorld
  readonly id: string
  readonly write: (line: Line) => void
}

export const listenTo = async ({ heard, world, id, write }: Recording): Promise<Listener> => {
  const configuration = () => world.app.configuration.of(testTenant)
  const asApproved = await configuration()
  const serviceNamed = (name: string) => {
    const service = asApproved.serviceOf(name)
    if (service === undefined) throw new Error(`there is no service ${name}`)
    return service
  }
  for (const { playbook, digest } of asApproved.playbooks) {
    const text = recordedPlaybooks[playbook.name]
    if (text !== undefined) write({ kind: 'playbook', digest, text, body: playbook })
  }
  return {
    tellShape: async (shape, text, name) => {
      const body = JSON.stringify(serviceNamed(name)).replaceAll(name, 'SERVICE')
      write({ kind: 'shape', world: id, shape, text, body })
    },
    run: async (runId, about) => {
      heard.made = []
      heard.starts = []
      const proposal = await world.read(async (tx) => findProposal(tx, (await world.run(runId)).proposal_id))
      if (proposal === undefined) throw new Error(`${runId} has no proposal`)
      const service = serviceNamed(about.service)
      const playbook = playbookOf(asApproved.playbooks, proposal.playbook_digest)
      const units = unitsOf(playbook, proposal.body, service)
      const { budget_ms: budgetMs } = await world.run(runId)
      const moments = new Map<string, Moment>()
      let inForce: Start['inForce'] = { playbook: null, service: null }
      const look = async (): Promise<void> => {
        const now = await configuration()
        const found = now.serviceOf(about.service) ?? null
        inForce = {
          playbook: now.playbooks.find((each) => each.playbook.name === proposal.playbook)?.digest ?? null,
          service: found !== null && digestOf(found) === digestOf(service) ? 'as_approved' : found,
        }
      }
      const checkpoint = async (name: string): Promise<void> => {
        await look()
        // Nothing has changed that others can see.
        if (name.startsWith('committing:')) return
        const run = await world.run(runId)
        const { status, cause, reason } = run
        if (status !== 'running' && status !== 'verifying' && status !== 'rolling_back') return
        const steps = stepsInWords(
          (await world.read((tx) => stepsOfRun(tx, runId))).map((row) => ({
            stepId: row.step_id,
            phase: row.phase,
            status: row.status,
          })),
        )
        const rows = { status, cause, reason, steps }
        const key = JSON.stringify(rows)
        const known = moments.get(key)
        if (known !== undefined) {
          if (!known.at.includes(name)) known.at.push(name)
          return
        }
        heard.deaf = true
        moments.set(key, { at: [name], ...rows, ...decidedAt(rows, units, service.name, budgetMs) })
        heard.deaf = false
      }
      const end = async (): Promise<void> => {
        await look()
        const { status, cause } = await world.run(runId)
        write({ kind: 'proposal', digest: proposal.digest, body: proposal.body })
        write({
          kind: 'run',
          world: id,
          run: runId,
          ...about,
          proposal: proposal.digest,
          playbook: proposal.playbook_digest,
          parametersDigest: proposal.parameters_digest,
          ...plannedIn(units, budgetMs),
          budgetMs,
          keys: await keysOf(world, runId),
          starts: heard.starts.map((start) => startFrom(start, inForce)),
          moments: [...moments.values()].map((moment) => ({ ...moment, at: briefly(moment.at) })),
          made: heard.made.map(({ by, facts, move }) => ({
            by,
            status: facts.status,
            cause: facts.cause,
            reason: facts.reason,
            steps: stepsInWords(facts.steps),
            stopped: facts.stopped,
            recovery: facts.recovery,
            resumed: facts.resumed,
            move: moveInWords(move),
            sentence: sentenceOf(move),
          })),
          end: { status, cause },
        })
      }
      return { checkpoint, end }
    },
  }
}

/** A commit is named after what it audits; where a point of the run has the same rows, that says it better. */
const briefly = (at: readonly string[]): string[] => {
  const points = at.filter((name) => !name.startsWith('committed:'))
  return points.length > 0 ? points : [...at]
}

const playbookOf = (
  playbooks: readonly { playbook: Playbook; digest: string }[],
  digest: string,
): Playbook => {
  const found = playbooks.find((each) => each.digest === digest)
  if (found === undefined) throw new Error(`no playbook has the digest ${digest}`)
  return found.playbook
}

const Intended = z.object({
  details: z.object({ step: z.string(), phase: z.string(), effect_key: z.string() }),
})

/** As the audit has them: what was said before it was done. */
const keysOf = async (world: CoreWorld, runId: string): Promise<string[]> => {
  const rows = await world.read((tx) =>
    tx.db
      .selectFrom('audit_entry')
      .select('bytes')
      .where('subject', '=', runId)
      .where('event', '=', 'step_intended')
      .orderBy('seq')
      .execute(),
  )
  const keys = rows.map(({ bytes }) => {
    const { step, phase, effect_key: key } = Intended.parse(JSON.parse(bytes.toString())).details
    return `${step} ${phase} ${key}`
  })
  return [...new Set(keys)]
}

const startFrom = (
  { now, found, policy, refusal }: Heard['starts'][number],
  inForce: Start['inForce'],
): Start => {
  const { run, incident, permit, approvers, governance } = found
  const { mode, emergency_stop, approver_roles } = governance
  return {
    now: now.toString(),
    undoOf: run.undo_of,
    incident: { status: incident.status, firing: incident.firing },
    permit:
      permit === undefined
        ? null
        : {
            id: permit.id,
            run_id: permit.run_id,
            status: permit.status,
            proposal_digest: permit.proposal_digest,
            playbook_digest: permit.playbook_digest,
            parameters_digest: permit.parameters_digest,
            targets: permit.targets,
            approver_ids: permit.approver_ids,
            policy_version: permit.policy_version,
            expires_at: permit.expires_at.toString(),
          },
    approvers: approvers.map(({ person, disabled }) => ({ person, disabled })),
    governance: { mode, emergency_stop, approver_roles },
    inForce,
    policy: policy === null ? null : policyAt(now, policy),
    refusal: refusal?.code ?? null,
  }
}

const policyAt = (
  now: Temporal.Instant,
  { facts: asked, verdict }: NonNullable<Heard['starts'][number]['policy']>,
): Start['policy'] => {
  const { now: askedAt, ...facts } = asked
  if (!askedAt.equals(now))
    throw new Error(`policy was asked at ${askedAt.toString()}, the run started at ${now.toString()}`)
  return { facts, verdict: verdictInWords(verdict) }
}
