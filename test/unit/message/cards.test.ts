import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Card } from '../../../src/domain/card.ts'
import { incidentStatuses } from '../../../src/domain/incident.ts'
import { reject } from '../../../src/domain/rejection.ts'
import { isTerminal, runCauses, runStatuses } from '../../../src/domain/run.ts'
import { evidenceCard } from '../../../src/message/evidence-card.ts'
import { incidentCard } from '../../../src/message/incident-card.ts'
import { noticeCard, refusalCard } from '../../../src/message/notice-card.ts'
import { outcomeCard } from '../../../src/message/outcome-card.ts'
import { plainText } from '../../../src/message/plain-text.ts'
import { type RunCardInput, runCard } from '../../../src/message/run-card.ts'
import { stepsInWords } from '../../../src/message/run-steps.ts'
import { durationInWords } from '../../../src/message/words.ts'
import { actionsOf, spansOf } from '../support/cards.ts'
import { aProbe, at, healthyProbe } from '../support/evidence.ts'
import { aHypothesis } from '../support/playbooks.ts'

const incident = {
  id: 'inc-42',
  service: 'checkout',
  severity: 'critical' as const,
  title: 'ServiceDown',
  summary: 'checkout does not answer.',
  status: 'open' as const,
  openedAt: at(),
  resolvedAt: null,
  flaps: 0,
}
const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '<!channel>',
    '@everyone',
    '<@U123>',
    '*bold* _it_',
    '[x](http://evil)',
    '```',
    '<script>alert(1)</script>',
    '\u0007\u001b[31mred',
    '\u202eevil',
  ),
)

describe('the incident card', () => {
  it('D3 says what is wrong, since when and what happens now', () => {
    expect(plainText(incidentCard({ incident, alerts: { firing: 2, total: 3 }, dependents: ['shop'] }))).toBe(
      [
        'ServiceDown (Looking into it)',
        'checkout does not answer.',
        'Service: checkout',
        'Severity: critical',
        'Since: 2026-06-01T10:00:00Z',
        'Alerts: 2 of 3 firing',
        'Depend on it: shop',
        'Suture is gathering evidence.',
        'inc-42',
      ].join('\n'),
    )
  })

  it('a resolved incident says how long it lasted', () => {
    const resolved = {
      ...incident,
      status: 'resolved' as const,
      resolvedAt: at('2026-06-01T10:04:30Z'),
      flaps: 2,
    }
    const card = incidentCard({ incident: resolved, alerts: { firing: 0, total: 3 } })
    expect(card.tone).toBe('good')
    expect(plainText(card)).toContain('inc-42 · opened again 2 times · lasted 4 min 30 s')
  })

  it.each(incidentStatuses)('the state %s has words of its own', (status) => {
    expect(
      incidentCard({ incident: { ...incident, status }, alerts: { firing: 1, total: 1 } }).status,
    ).not.toBe('')
  })

  it('I5 markup and mentions of an alert stay plain text in every card that shows it', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, summary, label) => {
        const cards: Card[] = [
          incidentCard({ incident: { ...incident, title, summary }, alerts: { firing: 1, total: 1 } }),
          evidenceCard({
            incidentId: 'inc-1',
            severity: 'low',
            evidence: [aProbe({}, { summary })],
            diagnosis: {
              hypotheses: [aHypothesis('service_down', { evidenceFor: [title], evidenceAgainst: [label] })],
            },
          }),
          noticeCard({ title, text: summary, tone: 'info' }),
        ]
        for (const card of cards) {
          const spans = spansOf(card)
          expect(spans.some((span) => span.kind === 'mention' || span.kind === 'link')).toBe(false)
          const shown = spans.map((span) => ('text' in span ? span.text : '')).join('')
          expect(shown).toContain(summary)
        }
        expect(cards.map(plainText).join('')).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
      }),
    )
  })
})

describe('the evidence card', () => {
  it('D1 shows evidence and every leading hypothesis with what speaks for and against it', () => {
    const card = evidenceCard({
      incidentId: 'inc-42',
      severity: 'high',
      evidence: [
        { ...healthyProbe, summary: 'checkout answers.' },
        aProbe({}, { source: 'past_incidents', status: 'failed', summary: 'no answer' }),
      ],
      diagnosis: {
        hypotheses: [
          aHypothesis('service_down', {
            likelihood: 0.7,
            evidenceFor: ['It hangs.'],
            evidenceAgainst: ['It answers.'],
          }),
          aHypothesis('general_degradation', { likelihood: 0.3 }),
        ],
      },
    })
    expect(plainText(card)).toBe(
      [
        'Most likely: service down (70 %) (Diagnosed)',
        'HTTP probe: checkout answers.',
        'Past incidents (failed): no answer',
        'Service down 70 %\n+ It hangs.\n− It answers.',
        'General degradation 30 %',
        'inc-42 · looked for 12 ms',
      ].join('\n'),
    )
  })
})

const planned = [
  { id: 'one', title: 'One' },
  { id: 'two', title: 'Two' },
]
const execution = (
  stepId: string,
  phase: 'action' | 'rollback' | 'verify',
  status: 'intent' | 'succeeded' | 'failed' | 'unknown',
) => ({
  stepId,
  phase,
  status,
  startedAt: at(),
  finishedAt: status === 'intent' ? null : at('2026-06-01T10:00:02Z'),
})
const run = (over: Partial<RunCardInput['run']> = {}, more: Partial<RunCardInput> = {}): RunCardInput => ({
  run: {
    id: 'run-7',
    incidentId: 'inc-42',
    service: 'checkout',
    status: 'running',
    cause: null,
    startedAt: at(),
    finishedAt: null,
    deadline: at('2026-06-01T10:10:00Z'),
    ...over,
  },
  severity: 'high',
  playbookTitle: 'Restart the service',
  steps: stepsInWords(
    planned,
    [execution('one', 'action', 'succeeded'), execution('two', 'action', 'intent')],
    over.status ?? 'running',
  ),
  outputTail: 'stopping\nstarting\n',
  queueReason: null,
  tokens: { cancel: 'token-cancel' },
  ...more,
})

describe('the run card', () => {
  it('R3 shows steps, output, the deadline and a button to cancel while it runs', () => {
    const card = runCard(run())
    expect(actionsOf(card)).toMatchObject([{ label: 'Cancel', token: 'token-cancel', style: 'danger' }])
    expect(plainText(card)).toBe(
      [
        'Restart the service on checkout (Running)',
        'Steps (1 of 3)',
        '  [x] One - done after 2 s',
        '  [~] Two',
        '  [ ] See whether it helped',
        'Output, as it comes\nstopping\nstarting',
        'Under way. It ends by itself at the latest 2026-06-01T10:10:00Z.',
        '<Cancel>',
        'run-7 · inc-42',
      ].join('\n'),
    )
  })

  it('R3 once somebody asked to cancel, the button is gone and the card says who asked', () => {
    const card = runCard(run({}, { cancelRequestedBy: { id: 'p1', name: 'Rosa' } }))
    expect([card.status, actionsOf(card)]).toEqual(['Canceling', []])
    expect(plainText(card)).toContain('Rosa asked to cancel it')
  })

  it('R5 a queued run says why it waits', () => {
    expect(
      plainText(runCard(run({ status: 'queued' }, { queueReason: 'run-6 holds checkout-1.' }))),
    ).toContain('run-6 holds checkout-1.')
  })

  it('R4 undone steps are marked, and a step that could not be undone is loud', () => {
    const executions = [
      execution('one', 'action', 'succeeded'),
      execution('two', 'action', 'failed'),
      execution('one', 'rollback', 'succeeded'),
    ]
    expect(stepsInWords(planned, executions, 'rolled_back').map((step) => step.mark)).toEqual([
      'undone',
      'failed',
      'skipped',
    ])
    const failed = stepsInWords(
      planned,
      [...executions.slice(0, 2), execution('one', 'rollback', 'failed')],
      'rollback_failed',
    )
    expect(failed[0]).toEqual({ title: 'One', mark: 'failed', detail: 'could not be undone' })
    expect(runCard(run({ status: 'rollback_failed', cause: 'failed' }))).toMatchObject({
      status: 'ROLLBACK FAILED',
      tone: 'bad',
    })
  })

  it('R7 an unknown end asks for a human and never looks like success', () => {
    const card = runCard(run({ status: 'unknown', cause: 'lost_worker' }))
    expect(card.tone).toBe('bad')
    expect(plainText(card)).toContain('until a person has looked')
  })

  it('R6 not measured is told as no success', () => {
    expect(plainText(runCard(run({ status: 'rolled_back', cause: 'not_measured' })))).toContain(
      'does not count as success',
    )
  })

  it('R9 every state and every cause has words, an end has no Cancel, and only success is green', () => {
    for (const status of runStatuses)
      for (const cause of [null, ...runCauses]) {
        const card = runCard(
          run({ status, cause, finishedAt: isTerminal(status) ? at('2026-06-01T10:00:09Z') : null }),
        )
        expect(card.status).not.toBe('')
        expect(actionsOf(card).length).toBe(isTerminal(status) ? 0 : 1)
        expect(card.tone === 'good').toBe(status === 'succeeded')
        if (isTerminal(status)) expect(plainText(card)).toContain('It took 9 s.')
      }
  })

  it('R3 a long output is cut to its tail', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')
    const shown = plainText(runCard(run({}, { outputTail: lines })))
    expect(shown).toContain('line 99')
    expect(shown).not.toContain('line 91\n')
    expect(plainText(runCard(run({}, { outputTail: 'x'.repeat(9_000) }))).length).toBeLessThan(2_000)
  })
})

describe('the outcome card', () => {
  it('L1 states recovery, evidence, the odds with an interval, and who decided', () => {
    const card = outcomeCard({
      incidentId: 'inc-42',
      runId: 'run-7',
      service: 'checkout',
      severity: 'high',
      playbookTitle: 'Restart the service',
      status: 'succeeded',
      recovery: 'recovered',
      durationMs: 12_000,
      evidence: 'Three healthy answers in a row.',
      odds: { worked: 8, tried: 10, low: 0.49, high: 0.94, score: 0.7 },
      requestedBy: { id: 'p1', name: 'Rosa' },
      approvedBy: [{ id: 'p2', name: 'Ada' }],
    })
    expect(plainText(card)).toBe(
      [
        'checkout is healthy again (Recovered)',
        'Restart the service succeeded after 12 s. Three healthy answers in a row.',
        'Service: checkout',
        'Odds from now on: 8 of 10 worked, 95 % interval 49-94 %',
        'Requested by: Rosa',
        'Approved by: Ada',
        'inc-42 · run-7',
      ].join('\n'),
    )
  })
})

describe('a refusal', () => {
  it('G13 names the rule, the reason, the remedy and the earliest time', () => {
    const card = refusalCard(
      reject('change_window', 'Closed until Monday.', 'Wait, or ask an admin.', {
        earliest: '2026-06-08T07:00:00Z',
      }),
    )
    expect(plainText(card)).toBe(
      'Outside the change window (Refused)\nClosed until Monday.\nInstead: Wait, or ask an admin.\nEarliest: 2026-06-08T07:00:00Z\nrule: change_window',
    )
  })
})

describe('durations in words', () => {
  it.each([
    [0, '0 ms'],
    [450, '450 ms'],
    [1_000, '1 s'],
    [59_600, '1 min'],
    [270_000, '4 min 30 s'],
    [3_599_900, '1 h'],
    [3_900_000, '1 h 5 min'],
    [Number.NaN, '0 ms'],
    [-5, '0 ms'],
  ])('%d ms is %s', (ms, words) => {
    expect(durationInWords(ms)).toBe(words)
  })
})
