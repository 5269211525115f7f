import type { Card, StepMark } from '../../src/domain/card.ts'
import { bold, code, plain, time, timeToSecond } from '../../src/domain/card.ts'

/** Canned answers for the console's stub: an incident half-way, one healed, and text that wishes harm. */

export const hostile = `<img src=x onerror="document.title='owned'"> @everyone *bold* <script>alert(1)</script>`

const ago = (minutes: number): Temporal.Instant =>
  Temporal.Now.instant().subtract({ milliseconds: Math.round(minutes * 60_000) })
export const at = (minutes: number): string => ago(minutes).toString({ fractionalSecondDigits: 3 })

export const people = {
  ada: { id: 'person_ada', name: 'Ada (responder)', roles: ['responder'] },
  ben: { id: 'person_ben', name: 'Ben (responder)', roles: ['responder'] },
  chloe: { id: 'person_chloe', name: 'Chloe (approver)', roles: ['approver'] },
  dan: { id: 'person_dan', name: 'Dan (admin)', roles: ['admin'] },
} as const
export const ref = ({ id, name }: { id: string; name: string }) => ({ id, name })

export const cards = {
  incident: {
    kind: 'incident',
    title: 'checkout does not answer: requests time out after two seconds',
    status: 'Needs a decision',
    tone: 'warning',
    severity: 'critical',
    blocks: [
      {
        kind: 'text',
        text: [
          plain('The probe of '),
          bold('checkout'),
          plain(' got no answer within 2 s, three times in a row. Orders fail.'),
        ],
      },
      {
        kind: 'fields',
        fields: [
          { label: 'Service', value: [plain('checkout, used by storefront')] },
          { label: 'Alert', value: [code('ServiceDown'), plain(' from alertmanager')] },
          { label: 'Since', value: [time(ago(6))] },
        ],
      },
      { kind: 'context', text: [plain('inc-42 · 1 alert, received 12 times')] },
    ],
  },
  evidence: {
    kind: 'evidence',
    title: 'Most likely: service down (82 %)',
    status: '2 facts',
    tone: 'info',
    severity: null,
    blocks: [
      {
        kind: 'fields',
        fields: [
          { label: 'HTTP probe', value: [plain('no answer within 2,000 ms ('), code('timeout'), plain(')')] },
          { label: 'Past incidents', value: [plain('9 like this; a restart helped in 7')] },
          { label: 'Against', value: [plain('The process is alive and holds its port')] },
        ],
      },
      { kind: 'context', text: [plain('Then: saturation 11 %, general degradation 7 %')] },
    ],
  },
  proposal: {
    kind: 'proposal',
    title: 'Restart the service',
    status: 'Waiting for approval',
    tone: 'warning',
    severity: null,
    blocks: [
      {
        kind: 'text',
        text: [plain('Ends '), bold('checkout'), plain(' and starts it anew. Requests in flight are lost.')],
      },
      {
        kind: 'fields',
        fields: [
          { label: 'Worked before', value: [plain('7 of 9, 95 % interval 45–94 %')] },
          { label: 'Target', value: [code('lab/checkout')] },
          { label: 'Risk', value: [plain('medium; one service depends on it')] },
          { label: 'Takes about', value: [plain('30 s, stopped after 10 min')] },
          { label: 'Undo', value: [plain('not needed')] },
          {
            label: 'Asked by',
            value: [
              { kind: 'mention', personId: 'person_ada', name: 'Ada (responder)' },
              plain(' '),
              time(ago(2)),
            ],
          },
        ],
      },
      {
        kind: 'text',
        tone: 'warning',
        text: [
          plain('Needs 1 approval by somebody with the role '),
          bold('approver'),
          plain(' other than Ada.'),
        ],
      },
      {
        kind: 'actions',
        actions: [
          { token: 'tok-approve', label: 'Approve', style: 'primary' },
          {
            token: 'tok-reject',
            label: 'Reject',
            style: 'danger',
            prompt: { title: 'Reject Restart the service?', label: 'Why', required: true },
          },
          { token: 'tok-dry', label: 'Dry run', style: 'plain' },
        ],
      },
    ],
  },
  outcome: {
    kind: 'outcome',
    title: 'storefront answers again',
    status: 'Recovered',
    tone: 'good',
    severity: null,
    blocks: [
      {
        kind: 'text',
        tone: 'good',
        text: [plain('Healed in '), bold('41 s'), plain('. Three probes in a row are good.')],
      },
      {
        kind: 'fields',
        fields: [
          { label: 'Asked by', value: [plain('Ben')] },
          { label: 'Approved by', value: [plain('Chloe')] },
        ],
      },
      { kind: 'context', text: [plain('This playbook has now worked in 8 of 10 cases.')] },
    ],
  },
  answer: {
    kind: 'answer',
    title: 'What happened',
    status: 'Complete',
    tone: 'neutral',
    severity: null,
    blocks: [
      {
        kind: 'text',
        text: [
          bold('checkout'),
          plain(' stopped answering at '),
          time(ago(6)),
          plain(
            '. Suture found it hanging and proposed a restart, which Ada requested. It waits for an approver.',
          ),
        ],
      },
      { kind: 'text', text: [timeToSecond(ago(5.99)), plain('  Ada requested a restart (req-5).')] },
      { kind: 'context', text: [plain('Query: timeline of inc-42 · rests on 9 audit entries · complete')] },
    ],
  },
  notice: {
    kind: 'notice',
    title: 'This label came with the alert',
    status: 'Kept as text',
    tone: 'bad',
    severity: null,
    blocks: [
      { kind: 'text', text: [plain(hostile)] },
      {
        kind: 'fields',
        fields: [
          {
            label: 'runbook',
            value: [{ kind: 'link', text: 'open the runbook', url: 'javascript:alert(1)' }],
          },
          {
            label: 'dashboard',
            value: [{ kind: 'link', text: 'Grafana', url: 'https://grafana.example/d/checkout' }],
          },
        ],
      },
    ],
  },
} as const satisfies Record<string, Card>

/** The run card after `done` of its three steps. */
export const runCard = (done: number, failed = false): Card => {
  const mark = (index: number): StepMark =>
    index < done ? 'succeeded' : index > done ? 'waiting' : failed ? 'failed' : 'running'
  const steps = [
    {
      title: 'Restart the service',
      detail: done > 0 ? 'new process 4711 after 1.2 s' : 'asked lab/checkout',
    },
    { title: 'Wait for the port', detail: done > 1 ? 'open after 0.4 s' : '' },
    { title: 'Verify: three good probes', detail: done === 2 ? '1 of 3' : '' },
  ]
  const over = done >= 3
  return {
    kind: 'run',
    title: 'Restart the service on checkout',
    status: over ? 'Succeeded' : failed ? 'Failed' : done === 2 ? 'Verifying' : 'Running',
    tone: over ? 'good' : failed ? 'bad' : 'info',
    severity: null,
    blocks: [
      {
        kind: 'steps',
        title: 'Steps',
        done,
        total: 3,
        steps: steps.map((step, index) => ({ ...step, mark: mark(index) })),
      },
      {
        kind: 'context',
        text: [plain('run-7 · asked by Ada, approved by Chloe · stopped at the latest after 10 min')],
      },
      ...(over || failed
        ? []
        : [
            {
              kind: 'actions' as const,
              actions: [{ token: 'tok-cancel', label: 'Cancel', style: 'danger' as const }],
            },
          ]),
    ],
  }
}

const hash = (seed: number): string =>
  Array.from({ length: 64 }, (_, i) => ((i * 7 + seed * 13) % 16).toString(16)).join('')
const entry = (
  id: number,
  minutes: number,
  event: string,
  actor: { id: string; name: string },
  text: string,
) => ({
  id: `aud-${id}`,
  at: at(minutes),
  event,
  actor: ref(actor),
  subject: 'inc-42',
  text,
  leafHash: hash(id),
})
const suture = { id: 'person_suture', name: 'Suture' }

export const timeline = () => [
  entry(
    1,
    6,
    'alerts_received',
    { id: 'source:alertmanager', name: 'alertmanager' },
    'ServiceDown fired for checkout.',
  ),
  entry(2, 6, 'incident_opened', suture, 'Incident inc-42 was opened for checkout, severity critical.'),
  entry(
    3,
    5.9,
    'diagnosis_made',
    suture,
    'Service down is the likeliest cause (82 %), from 2 pieces of evidence.',
  ),
  entry(4, 5.9, 'proposal_made', suture, 'Restart the service was proposed; it worked in 7 of 9 cases.'),
  entry(5, 2, 'approval_requested', people.ada, 'Ada requested Restart the service; one approval is needed.'),
  entry(6, 1.5, 'refused', people.ada, 'Ada may not approve: she requested it (separation_of_duties).'),
]

export const postmortem = `# Postmortem (draft): Checkout is down

Drafted from what Suture recorded of inc-42.

## Summary

- What: **Checkout is down**, critical; 1 alert from alertmanager.
- Alert text: \\<img src=x\\> \\*not bold\\*

<b>no markup</b>
`

export const labState = () => ({
  services: [
    {
      name: 'payments',
      dependsOn: [],
      instances: [{ pid: 101 }],
      healthy: true,
      fault: null as string | null,
      flags: {},
      logLevel: 'INFO',
      restarts: 0,
    },
    {
      name: 'checkout',
      dependsOn: ['payments'],
      instances: [{ pid: 102 }],
      healthy: false,
      fault: 'hang' as string | null,
      flags: {},
      logLevel: 'INFO',
      restarts: 3,
    },
    {
      name: 'storefront',
      dependsOn: ['checkout'],
      instances: [{ pid: 103 }, { pid: 104 }],
      healthy: true,
      fault: null as string | null,
      flags: {},
      logLevel: 'INFO',
      restarts: 1,
    },
  ],
  effects: { total: 4 },
})

export const alerts = () => [
  {
    fingerprint: 'f1',
    source: 'alertmanager',
    status: 'firing',
    severity: 'critical',
    title: 'ServiceDown',
    summary: 'checkout has not answered for 15 seconds.',
    labels: {
      alertname: 'ServiceDown',
      service: 'checkout',
      severity: 'critical',
      instance: 'http://127.0.0.1:7600/svc/checkout/health',
      note: hostile,
    },
    links: [{ label: 'Source', url: 'https://prometheus.example/graph?g0.expr=up' }],
    startsAt: at(6),
    endsAt: null,
    received: 12,
  },
]

export const logLines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    stepId: index < 8 ? 'restart' : 'verify',
    stream: index === 5 ? 'stderr' : index === 0 ? 'note' : 'stdout',
    text:
      index === 0
        ? 'POST http://127.0.0.1:7600/services/checkout/restart (key run-7.restart)'
        : index === 5
          ? `warning: ${hostile}`
          : `probe ${index}: http://127.0.0.1:7600/svc/checkout/health answered 200 in ${12 + (index % 9)} ms`,
    at: at(1 - index / 100),
  }))
