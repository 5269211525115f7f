import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waitingBlocks } from '../../../src/app/chat/waiting.ts'
import { refusal } from '../../../src/app/click.ts'
import type { Card } from '../../../src/domain/card.ts'
import { incidentStatuses } from '../../../src/domain/incident.ts'
import { reject } from '../../../src/domain/rejection.ts'
import { outcomeCard as clickCard } from '../../../src/message/chat-cards.ts'
import { evidenceCard } from '../../../src/message/evidence-card.ts'
import { incidentCard } from '../../../src/message/incident-card.ts'
import { noticeCard, refusalCard } from '../../../src/message/notice-card.ts'
import { outcomeCard } from '../../../src/message/outcome-card.ts'
import { plainText } from '../../../src/message/plain-text.ts'
import { proposalCard } from '../../../src/message/proposal-card.ts'
import { runCard } from '../../../src/message/run-card.ts'
import { durationInWords } from '../../../src/message/words.ts'
import { aProposalCard, spansOf } from '../support/cards.ts'
import { aProbe, at, healthyProbe } from '../support/evidence.ts'
import { aHypothesis } from '../support/playbooks.ts'
import { run } from '../support/run-cards.ts'

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
        'ServiceDown (Looking into it, critical)',
        'checkout does not answer.',
        'Service: checkout',
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

  it('C3 the severity stands on the card of the incident and on no other card of its thread', () => {
    const others = [
      evidenceCard({ incidentId: 'inc-42', evidence: [], diagnosis: { hypotheses: [] } }),
      proposalCard(aProposalCard()),
      runCard(run()),
      noticeCard({ title: 'Needs a person', text: 'Look.', tone: 'bad' }),
    ]
    expect(incidentCard({ incident, alerts: { firing: 1, total: 1 } }).severity).toBe('critical')
    for (const card of others) {
      expect(card.severity).toBeNull()
      expect(plainText(card)).not.toContain('critical')
    }
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

describe('the outcome card', () => {
  it('L1 states recovery, evidence, the odds with an interval, and who decided', () => {
    const card = outcomeCard({
      incidentId: 'inc-42',
      runId: 'run-7',
      service: 'checkout',
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
      'Outside the change window (Refused)\nNext: Wait, or ask an admin.\nEarliest: 2026-06-08T07:00:00Z\nWhy: Closed until Monday.\nrule: change_window',
    )
  })

  it('G13 by a click names the earliest time too, where there is one', () => {
    const closed = reject('change_window', 'Closed until Monday.', 'Wait, or ask an admin.')
    const shown = plainText(clickCard(refusal({ ...closed, earliest: '2026-06-08T07:00:00Z' })))
    expect(shown).toBe(
      'Outside the change window (Refused)\nNext: Wait, or ask an admin.\nEarliest: 2026-06-08T07:00:00Z\nWhy: Closed until Monday.\nrule: change_window',
    )
    expect(plainText(clickCard(refusal(closed)))).not.toContain('Earliest')
  })

  it('G13 of what waits for an approval names the earliest time too', () => {
    const closed = reject('change_window', 'Closed until Monday.', 'Wait.', {
      earliest: '2026-06-08T07:00:00Z',
    })
    const blocks = waitingBlocks({
      requestId: 'req-1',
      incidentId: 'inc-42',
      proposalId: 'prop-1',
      title: 'Restart the service',
      service: 'checkout',
      requester: 'Rosa',
      expiresAt: at(),
      refusal: closed,
      tokens: {},
    })
    expect(blocks.flatMap((block) => (block.kind === 'text' ? block.text : []))).toContainEqual({
      kind: 'time',
      at: '2026-06-08T07:00:00Z',
    })
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
