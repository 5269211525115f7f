import type { Card } from '../src/domain/card.ts'
import type { PlannedCall, Proposal } from '../src/domain/proposal.ts'
import { reject } from '../src/domain/rejection.ts'
import type { RunStatus } from '../src/domain/run.ts'
import { evidenceCard } from '../src/message/evidence-card.ts'
import { incidentCard } from '../src/message/incident-card.ts'
import { knownBlocks } from '../src/message/known-of-run.ts'
import { outcomeCard } from '../src/message/outcome-card.ts'
import { proposalCard } from '../src/message/proposal-card.ts'
import type { ProposalState } from '../src/message/proposal-state.ts'
import { queueCard } from '../src/message/queue-card.ts'
import { rollbackFailedCard } from '../src/message/rollback-failed-card.ts'
import { type RunCardInput, runCard } from '../src/message/run-card.ts'
import { answerCard } from '../src/query/answer-card.ts'
import { sampleGate } from './sample-gate.ts'
import { sampleRefusals } from './sample-refusals.ts'

/** One night at a shop: a card of every kind, made by the builders that make the real ones. */

const at = (clock: string): Temporal.Instant => Temporal.Instant.from(`2026-11-22T${clock}Z`)
const ada = { id: 'person_ada', name: 'Ada' }
const ben = { id: 'person_ben', name: 'Ben' }

const incident = {
  id: 'inc-42',
  service: 'checkout',
  severity: 'critical' as const,
  title: 'checkout does not answer',
  summary: 'Requests time out after two seconds; orders fail.',
  status: 'proposed' as const,
  openedAt: at('03:04:10'),
  resolvedAt: null,
  flaps: 0,
}

const links = [
  { label: 'Dashboard', url: 'https://grafana.example/d/checkout' },
  { label: 'Runbook', url: 'https://runbooks.example/checkout' },
]
const alerts = { firing: 2, total: 2 }
const dependents = ['shop', 'orders']

/** The same call on both targets, and what undoes it. */
const callsOf = (method: string, path: string, undoMethod?: string, undoPath?: string): PlannedCall[] =>
  ['checkout-1', 'checkout-2'].map((target) => ({
    target,
    call: `${method} http://${target}${path}`,
    undo: undoMethod === undefined ? null : `${undoMethod} http://${target}${undoPath}`,
  }))

const proposal: Proposal = {
  playbook: 'restart-service',
  playbookVersion: 3,
  playbookTitle: 'Restart the service',
  service: 'checkout',
  diagnosisCode: 'service_down',
  likelihood: 0.82,
  parameters: {},
  targets: ['checkout-1', 'checkout-2'],
  impact: 'medium',
  reason: 'Service down is 82 % likely: checkout did not answer its health check three times in a row.',
  odds: { worked: 7, tried: 9, low: 0.45, high: 0.94, score: 0.7 },
  selfRecovery: { recovered: 3, of: 10 },
  expectedMs: 45_000,
  dependents,
  plan: [
    {
      id: 'drain',
      title: 'Take it out of the load balancer',
      action: 'drain',
      parameters: {},
      undo: 'Put it back',
      calls: callsOf('POST', '/drain', 'POST', '/undrain'),
    },
    {
      id: 'restart',
      title: 'Restart the service',
      action: 'restart_service',
      parameters: {},
      undo: null,
      calls: callsOf('POST', '/restart'),
    },
    {
      id: 'return',
      title: 'Put it back into the load balancer',
      action: 'undrain',
      parameters: {},
      undo: 'Nothing to undo',
      calls: callsOf('POST', '/undrain'),
    },
  ],
}

const proposed = (state: ProposalState): Card =>
  proposalCard({
    id: 'prop-7',
    incidentId: 'inc-42',
    proposal,
    verdict: {
      outcome: 'require_approval',
      needsRequester: true,
      quorum: 1,
      approverRoles: ['approver'],
      requiredRoles: [],
      requiredGroups: [],
      reasons: [
        reject(
          'blast_radius',
          'Two other services depend on checkout, so one approval is needed.',
          'Ask an approver.',
        ),
      ],
    },
    state,
    tokens: { request: 'request', approve: 'approve', reject: 'reject' },
  })

const run = (over: Partial<RunCardInput['run']>, more: Partial<RunCardInput>): Card =>
  runCard({
    run: {
      id: 'run-7',
      incidentId: 'inc-42',
      service: 'checkout',
      status: 'running',
      cause: null,
      startedAt: at('03:08:02'),
      finishedAt: null,
      deadline: at('03:18:02'),
      ...over,
    },
    playbookTitle: proposal.playbookTitle,
    steps: [],
    outputTail: '',
    waiting: null,
    tokens: { cancel: 'cancel' },
    ...more,
  })

const titles = proposal.plan.map(({ title }) => title)

const listed = (id: string, status: RunStatus) => ({
  id,
  incidentId: 'inc-42',
  service: 'checkout',
  playbookTitle: proposal.playbookTitle,
  status,
  since: at('03:08:02'),
  undoOf: null,
  stage: 1,
  stages: 1,
  follows: null,
})

export const sampleCards = {
  incident: incidentCard({ incident, alerts, links, dependents }),
  resolved: incidentCard({
    incident: { ...incident, status: 'resolved', resolvedAt: at('03:09:40') },
    alerts: { firing: 0, total: 2 },
    links,
    dependents,
  }),
  evidence: evidenceCard({
    incidentId: 'inc-42',
    evidence: [
      {
        source: 'http_probe',
        subject: 'checkout',
        status: 'ok',
        summary: 'checkout gave no answer within 2 s, three times.',
        facts: {},
        observedAt: at('03:04:15'),
        durationMs: 2_400,
      },
      {
        source: 'past_incidents',
        subject: 'checkout',
        status: 'ok',
        summary: '10 like this; 3 recovered by themselves.',
        facts: {},
        observedAt: at('03:04:15'),
        durationMs: 12,
      },
    ],
    diagnosis: {
      hypotheses: [
        {
          code: 'service_down',
          likelihood: 0.82,
          evidenceFor: ['checkout gave no answer within 2 s.', 'ServiceDown has been firing for 3 min.'],
          evidenceAgainst: ['Its process still holds the port.'],
          hints: {},
        },
        {
          code: 'saturation',
          likelihood: 0.18,
          evidenceFor: ['Memory was at 91 % before it fell silent.'],
          evidenceAgainst: [],
          hints: {},
        },
      ],
    },
  }),
  open: proposed({ kind: 'open' }),
  waiting: proposed({
    kind: 'waiting',
    requestedBy: ada,
    approvedBy: [],
    needed: { approvals: 1, roles: [], groups: [] },
    expiresAt: at('03:22:00'),
  }),
  running: run(
    {},
    {
      steps: [
        { title: titles[0] ?? '', mark: 'succeeded', detail: 'done after 3 s' },
        { title: titles[1] ?? '', mark: 'running', detail: '' },
        { title: titles[2] ?? '', mark: 'waiting', detail: '' },
        { title: 'See whether it helped', mark: 'waiting', detail: '' },
      ],
      outputTail: 'stopping checkout-1 … stopped\nstarting checkout-1 … pid 4711\nstopping checkout-2 …',
    },
  ),
  failed: run(
    { status: 'rollback_failed', cause: 'failed', finishedAt: at('03:09:20') },
    {
      steps: [
        { title: titles[0] ?? '', mark: 'undone', detail: 'undone after 2 s' },
        { title: titles[1] ?? '', mark: 'failed', detail: 'could not be undone' },
        { title: titles[2] ?? '', mark: 'skipped', detail: 'not begun' },
        { title: 'See whether it helped', mark: 'skipped', detail: 'not begun' },
      ],
      outputTail: 'starting checkout-1 … refused: port 8080 is taken',
      tokens: {},
    },
  ),
  queued: run(
    { status: 'queued', startedAt: null, deadline: null },
    {
      steps: titles.map((title) => ({ title, mark: 'waiting', detail: '' })),
      waiting: {
        holders: [{ target: 'checkout-1', runId: 'run-6' }],
        place: 2,
        givesUpAt: at('03:38:02'),
      },
    },
  ),
  unknown: run(
    { status: 'unknown', cause: 'lost_worker', finishedAt: at('03:09:20') },
    {
      steps: [
        { title: titles[0] ?? '', mark: 'succeeded', detail: 'done after 3 s' },
        { title: titles[1] ?? '', mark: 'unknown', detail: 'nobody can say whether it happened' },
        { title: titles[2] ?? '', mark: 'skipped', detail: 'not begun' },
        { title: 'See whether it helped', mark: 'skipped', detail: 'not begun' },
      ],
      known: knownBlocks(
        titles.map((title, index) => ({ id: `${index}`, title, call: 'POST http://checkout-1/restart' })),
        [
          {
            stepId: '0',
            phase: 'action',
            status: 'succeeded',
            startedAt: at('03:08:02'),
            finishedAt: at('03:08:05'),
          },
          {
            stepId: '1',
            phase: 'action',
            status: 'unknown',
            startedAt: at('03:08:06'),
            finishedAt: at('03:09:20'),
          },
        ],
        ['checkout-1', 'checkout-2'],
      ),
      tokens: { resolution: { happened: 'happened', did_not_happen: 'did-not-happen', undo: 'undo' } },
    },
  ),
  lookedInto: run(
    { status: 'unknown', cause: 'lost_worker', finishedAt: at('03:09:20') },
    {
      steps: titles.map((title) => ({ title, mark: 'skipped', detail: 'not begun' })),
      said: { by: ben, words: 'undo it: half of the instances are gone', undoneBy: 'run-9' },
      tokens: {},
    },
  ),
  undoing: run(
    { id: 'run-9', status: 'rolling_back' },
    {
      undoes: 'run-7',
      steps: [
        { title: titles[1] ?? '', mark: 'undone', detail: 'undone after 2 s' },
        { title: titles[0] ?? '', mark: 'running', detail: 'being undone' },
      ],
    },
  ),
  gate: sampleGate(proposal, { requestedBy: ada, expiresAt: at('03:24:00') }),
  loud: rollbackFailedCard({
    runId: 'run-7',
    incidentId: 'inc-42',
    title: proposal.playbookTitle,
    service: 'checkout',
    reason:
      'run-7 ended so: “Restart the service” failed; and “Take it out of the load balancer” could not be undone.',
    planned: [
      { id: 'drain', title: titles[0] ?? '', target: 'checkout-1', undo: 'POST http://checkout-1/undrain' },
    ],
    executions: [
      {
        stepId: 'drain',
        phase: 'action',
        status: 'succeeded',
        startedAt: at('03:08:02'),
        finishedAt: at('03:08:05'),
      },
      {
        stepId: 'drain',
        phase: 'rollback',
        status: 'failed',
        startedAt: at('03:08:16'),
        finishedAt: at('03:08:17'),
      },
    ],
  }),
  queue: queueCard({
    running: [
      {
        ...listed('run-6', 'running'),
        done: 1,
        total: 4,
        step: 'Restart the service',
        deadlineAt: at('03:18:02'),
      },
    ],
    waiting: [
      {
        ...listed('run-7', 'queued'),
        requestId: null,
        holders: [{ target: 'checkout-1', runId: 'run-6' }],
        place: 1,
        givesUpAt: at('03:38:02'),
      },
      {
        ...listed('run-8', 'pending_approval'),
        requestId: 'req-5',
        holders: [],
        place: null,
        givesUpAt: at('03:40:00'),
      },
    ],
    ended: [listed('run-5', 'succeeded'), listed('run-4', 'rolled_back')],
    needsPerson: [
      { ...listed('run-3', 'rollback_failed'), reason: '“Restart the service” could not be undone.' },
    ],
  }),
  outcome: outcomeCard({
    incidentId: 'inc-42',
    runId: 'run-7',
    service: 'checkout',
    playbookTitle: proposal.playbookTitle,
    status: 'succeeded',
    recovery: 'recovered',
    durationMs: 38_000,
    evidence: 'checkout answered three health checks in a row, the slowest in 84 ms.',
    odds: { worked: 8, tried: 10, low: 0.49, high: 0.94, score: 0.7 },
    requestedBy: ada,
    approvedBy: [ben],
  }),
  answer: answerCard({
    query: { subject: 'status', about: { kind: 'incident', id: 'inc-42' } },
    found: {
      subject: 'status',
      single: true,
      runs: [],
      incidents: [
        {
          id: 'inc-42',
          service: 'checkout',
          title: incident.title,
          severity: 'critical',
          status: 'healing',
          openedAt: incident.openedAt,
          resolvedAt: null,
          firing: 2,
          diagnosis: { title: 'Service down', likelihood: 0.82 },
        },
      ],
    },
    records: ['run-7', 'req-5'],
    missing: null,
    asOf: at('03:10:00'),
  }),
  ...sampleRefusals,
} as const satisfies Readonly<Record<string, Card>>
