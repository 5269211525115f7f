import { bold, plain } from '../../../src/domain/card.ts'
import type { PostmortemFacts, RunOfPostmortem } from '../../../src/message/postmortem-facts.ts'

/** An incident at ten in the morning in Berlin. */

export const at = (clock: string): Temporal.Instant => Temporal.Instant.from(`2026-03-04T09:${clock}Z`)

export const aRun = (given: Partial<RunOfPostmortem> = {}): RunOfPostmortem => ({
  id: 'run-7',
  title: 'Restart the service',
  status: 'succeeded',
  ended: 'succeeded',
  reason: 'checkout recovered',
  startedAt: at('03:00'),
  finishedAt: at('03:40'),
  recovery: 'recovered',
  undone: [],
  request: {
    id: 'req-5',
    status: 'approved',
    requester: 'Ada',
    requestedAt: at('01:00'),
    endedAt: at('03:00'),
    votes: [{ by: 'Chloe', decision: 'approve', reason: 'looks right', at: at('03:00') }],
  },
  ...given,
})

export const healed = (given: Partial<PostmortemFacts> = {}): PostmortemFacts => ({
  incident: {
    id: 'inc-42',
    title: 'CheckoutDown',
    severity: 'critical',
    status: 'resolved',
    openedAt: at('00:30'),
    resolvedAt: at('05:00'),
    flaps: 0,
    service: 'checkout',
  },
  service: { owner: 'team-shop', dependents: ['shop', 'kiosk'] },
  zone: 'Europe/Berlin',
  alerts: { count: 2, sources: ['alertmanager'], firedAt: at('00:00') },
  timeline: [
    { at: at('00:00'), text: [plain('Alert '), bold('CheckoutDown'), plain(' fired, from alertmanager.')] },
    { at: at('02:00'), text: [bold('Ada'), plain(' wrote: is it the deploy?')] },
    { at: at('05:00'), text: [plain('Resolved after 4 min 30 s.')] },
  ],
  evidence: [
    { id: 'ev-1', source: 'HTTP probe', status: 'ok', summary: 'checkout answers 503', at: at('00:31') },
    { id: 'ev-2', source: 'Prometheus', status: 'timed_out', summary: 'No answer in 5 s', at: at('00:36') },
  ],
  hypotheses: [
    { title: 'Service down', likelihood: 0.82, evidenceFor: ['checkout answers 503'], evidenceAgainst: [] },
    { title: 'Saturation', likelihood: 0.18, evidenceFor: [], evidenceAgainst: ['memory is at 40 %'] },
  ],
  proposals: [{ id: 'prop-3', title: 'Restart the service', service: 'checkout', odds: '7 of 9 worked' }],
  refusals: [
    {
      at: at('02:30'),
      by: 'Ada',
      command: 'approve',
      subject: 'req-5',
      detail: 'Ada requested this and so cannot approve it.',
    },
  ],
  runs: [aRun()],
  records: ['inc-42', 'prop-3', 'run-7', 'req-5', 'audit 3f9a0c21', 'ev-1', 'ev-2'],
  missing: [],
  asOf: at('30:00'),
  ...given,
})
