import type { IncomingHttpHeaders } from 'node:http'
import type { Card, CardKind } from '../../src/domain/card.ts'
import { type StubFreeze, stubWindows } from './console-stub-calendar.ts'
import { alerts, at, cards, labState, logLines, people, ref, runCard, timeline } from './console-stub-data.ts'
import type { StubDelegation } from './console-stub-delegations.ts'
import { evidence, hypotheses } from './console-stub-evidence.ts'
import { learningAnswers } from './console-stub-learning.ts'
import { stubPeople } from './console-stub-people.ts'
import { stubPolicy } from './console-stub-policy.ts'
import { noSelfTest } from './console-stub-self-test.ts'
import type { StubSilence } from './console-stub-silences.ts'

/** What the stub's pages see; tests change it, then emit. */

export type StubItem =
  | {
      kind: 'card'
      id: string
      cardKind: CardKind
      version: number
      createdAt: string
      updatedAt: string
      card: Card
    }
  | { kind: 'message'; id: string; author: { id: string; name: string }; body: string; createdAt: string }

const item = (id: string, minutes: number, card: Card, version = 1): StubItem => ({
  kind: 'card',
  id,
  cardKind: card.kind,
  version,
  createdAt: at(minutes),
  updatedAt: at(version > 1 ? Math.max(0.2, minutes - 1) : minutes),
  card,
})
const message = (
  id: string,
  minutes: number,
  author: { id: string; name: string },
  body: string,
): StubItem => ({
  kind: 'message',
  id,
  author: ref(author),
  body,
  createdAt: at(minutes),
})

const incident = (id: string, minutes: number, more: Record<string, unknown>) => ({
  id,
  service: 'checkout',
  severity: 'critical',
  status: 'proposed',
  title: cards.incident.title,
  summary: 'checkout has not answered for 15 seconds.',
  channel: 'incidents',
  firing: 1,
  flaps: 0,
  openedAt: at(minutes),
  resolvedAt: null as string | null,
  now: 'Waiting for approval of Restart the service',
  ...more,
})

const longTitle =
  'p99 latency of the European checkout path has been above its objective for fifteen minutes in eu-central-1 and is still rising, see dashboard'

export const aRun = (status: string, steps: number) => ({
  id: 'run-7',
  incidentId: 'inc-42',
  proposalId: 'prop-3',
  service: 'checkout',
  playbook: 'restart-service',
  playbookTitle: 'Restart the service',
  status,
  cause: null,
  reason: '',
  requester: ref(people.ada),
  approvers: [ref(people.chloe)],
  createdAt: at(2),
  startedAt: at(1),
  finishedAt: status === 'succeeded' ? at(0.3) : null,
  deadlineAt: new Date(Date.now() + 9 * 60_000).toISOString(),
  stepsPlanned: 2,
  undoOf: null as string | null,
  stage: 1,
  stages: 1,
  follows: null as string | null,
  resolution: null as string | null,
  done: Math.min(steps, 2),
  total: 2,
  steps: [
    {
      stepId: 'restart',
      phase: 'action',
      title: 'Restart the service',
      status: steps > 0 ? 'succeeded' : 'intent',
      startedAt: at(1),
      finishedAt: steps > 0 ? at(0.95) : null,
      summary: 'New process 4711 after 1.2 s.',
      outputTail: 'stopping 102\nstarting\nready on port 40123 (pid 4711)',
    },
    {
      stepId: 'verify',
      phase: 'verify',
      title: 'Three good probes',
      status: steps > 1 ? 'succeeded' : 'intent',
      startedAt: at(0.9),
      finishedAt: steps > 1 ? at(0.3) : null,
      summary: '',
      outputTail: '',
    },
  ],
})

const queueRun = (id: string, status: string, minutes: number) => ({
  id,
  incidentId: 'inc-42',
  service: 'checkout',
  playbookTitle: 'Restart the service',
  status,
  since: at(minutes),
  undoOf: null as string | null,
  stage: 1,
  stages: 1,
  follows: null as string | null,
  reason: '',
})

/** Of each kind of row one, in the shape of `/v1/queue`. */
export const aQueue = () => ({
  running: [
    {
      ...queueRun('run-7', 'running', 1),
      done: 1,
      total: 3,
      step: 'Turn the flag off (new-pricing off)',
      deadlineAt: new Date(Date.now() + 9 * 60_000).toISOString(),
    },
  ],
  waiting: [
    {
      ...queueRun('run-8', 'queued', 2),
      requestId: null as string | null,
      holders: [{ target: 'lab/checkout', runId: 'run-7' }],
      place: 1 as number | null,
      givesUpAt: new Date(Date.now() + 20 * 60_000).toISOString(),
    },
    {
      ...queueRun('run-9', 'queued', 1),
      requestId: null,
      holders: [{ target: 'lab/checkout', runId: 'run-7' }],
      place: 2,
      givesUpAt: new Date(Date.now() + 21 * 60_000).toISOString(),
    },
    {
      ...queueRun('run-10', 'pending_approval', 1),
      requestId: 'req-5',
      holders: [],
      place: null,
      givesUpAt: new Date(Date.now() + 50 * 60_000).toISOString(),
    },
  ],
  ended: [
    queueRun('run-6', 'succeeded', 30),
    {
      ...queueRun('run-5', 'rolled_back', 70),
      reason: 'checkout did not recover; everything that could be undone was undone',
    },
    { ...queueRun('run-4', 'rolled_back', 80), undoOf: 'run-3' },
  ],
  needsPerson: [] as ReturnType<typeof queueRun>[],
})
export const anEndedRun = queueRun

export interface StubRequest {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
}

export function stubWorld(lab: boolean) {
  return {
    lab,
    me: (lab ? null : null) as (typeof people)[keyof typeof people] | null,
    requests: [] as StubRequest[],
    /** `/v1/clicks` answers once this is over. */
    clicksHeld: Promise.resolve(),
    /** What a refused click says about when it may work, an instant as ISO 8601. */
    refusedUntil: null as string | null,
    queue: { running: [], waiting: [], ended: [], needsPerson: [] } as ReturnType<typeof aQueue>,
    channels: [
      { name: 'incidents', services: ['checkout', 'payments', 'storefront'], open: 3, total: 6 },
      { name: 'data-platform', services: ['warehouse'], open: 0, total: 0 },
    ],
    incidents: [
      incident('inc-42', 6, {}),
      incident('inc-41', 55, {
        severity: 'high',
        status: 'escalated',
        service: 'storefront',
        title: longTitle,
        now: 'No playbook fits: a person is needed',
      }),
      incident('inc-40', 64, {
        severity: 'medium',
        status: 'healing',
        service: 'payments',
        title: 'Circuit to bank is open',
        now: 'Running Close the open circuit, step 1 of 1',
      }),
      incident('inc-39', 60 * 26, {
        severity: 'high',
        status: 'resolved',
        service: 'storefront',
        title: 'Error rate above 5 %',
        resolvedAt: at(60 * 26 - 4),
        now: 'Healed by Turn the flag off',
        firing: 0,
      }),
      incident('inc-38', 60 * 50, {
        severity: 'low',
        status: 'resolved',
        service: 'checkout',
        title: 'Memory above 85 % of the limit',
        resolvedAt: at(60 * 50 - 12),
        now: 'Recovered by itself',
        firing: 0,
      }),
      incident('inc-37', 60 * 98, {
        severity: 'info',
        status: 'resolved',
        service: null,
        title: 'Backup finished late',
        resolvedAt: at(60 * 97),
        now: 'Resolved by its source',
        firing: 0,
      }),
    ],
    detail: {
      alerts: alerts(),
      evidence: evidence(),
      hypotheses: hypotheses(),
      runIds: ['run-7'],
      proposalIds: ['prop-7'],
    },
    threads: {
      'inc-42': [
        item('card-1', 6, cards.incident, 3),
        item('card-2', 5.9, cards.evidence),
        item('card-3', 5.8, cards.proposal, 2),
        message(
          'msg-1',
          1.8,
          people.ada,
          'I asked for the restart, can someone approve? Orders are failing since 14:03.',
        ),
      ],
      'inc-40': [item('card-20', 4, runCard(1), 2)],
      'inc-39': [
        item(
          'card-30',
          60 * 26,
          {
            ...cards.incident,
            status: 'Resolved',
            tone: 'good',
            severity: 'high',
            title: 'Error rate above 5 %',
          },
          5,
        ),
        item('card-31', 60 * 26 - 1, runCard(3), 4),
        item('card-32', 60 * 26 - 1.5, runCard(1, true), 4),
        item('card-33', 60 * 26 - 4, cards.outcome),
        message('msg-30', 60 * 25, people.ben, 'what happened?'),
        item('card-34', 60 * 25, cards.answer),
        item('card-35', 60 * 25, cards.notice),
      ],
    } as Record<string, StubItem[]>,
    timeline: timeline(),
    runs: [aRun('verifying', 1)],
    log: logLines(40),
    approvals: [
      {
        id: 'req-5',
        runId: 'run-7',
        incidentId: 'inc-42',
        proposalId: 'prop-3',
        service: 'checkout',
        playbook: 'restart-service',
        playbookTitle: 'Restart the service',
        gate: null as string | null,
        impact: 'medium',
        status: 'pending',
        requester: ref(people.ada),
        quorum: 1,
        approverRoles: ['approver'],
        votes: [] as {
          person: { id: string; name: string }
          decision: string
          reason: string
          at: string
          via: string
        }[],
        expiresAt: new Date(Date.now() + 28 * 60_000).toISOString(),
        createdAt: at(2),
        decidedAt: null as string | null,
      },
    ],
    keys: [
      {
        id: 'key-1',
        name: 'laptop',
        person: ref(people.dan),
        scopes: ['read', 'respond'],
        createdAt: at(9000),
        expiresAt: new Date(Date.now() + 60 * 86_400_000).toISOString(),
        revokedAt: null as string | null,
        lastUsedAt: at(3),
      },
      {
        id: 'key-2',
        name: 'old pipeline',
        person: ref(people.dan),
        scopes: ['read'],
        createdAt: at(90_000),
        expiresAt: null,
        revokedAt: at(500) as string | null,
        lastUsedAt: null,
      },
    ],
    people: stubPeople(),
    governance: { mode: 'propose', emergencyStop: false, approverRoles: ['approver'] },
    glasses: [] as Record<string, unknown>[],
    learning: learningAnswers as Readonly<Record<string, unknown>>,
    modes: [
      {
        scope: 'service',
        name: 'checkout',
        mode: 'auto',
        setBy: ref(people.dan),
        setAt: at(300),
        inForce: true,
      },
    ],
    freezes: [] as StubFreeze[],
    delegations: [] as StubDelegation[],
    silences: [] as StubSilence[],
    windows: stubWindows(),
    policy: stubPolicy(),
    health: {
      status: 'warn',
      version: '0.1.0',
      checks: {
        database: { status: 'pass', detail: 'PostgreSQL 18 answers in 1 ms; 12 of 40 connections in use.' },
        queue: { status: 'pass', detail: 'On PostgreSQL; nothing waits.' },
        watchdog: { status: 'pass', detail: 'Process 311 looked 2 s ago.' },
        containment: {
          status: 'warn',
          detail:
            'This machine permits no PID namespace: a process that leaves its group could outlive a timeout.',
        },
      },
    },
    selfTest: noSelfTest,
    /** What fails, while the database is away; null while all is well. */
    away: null as string | null,
    labState: labState(),
  }
}
export type StubWorld = ReturnType<typeof stubWorld>
