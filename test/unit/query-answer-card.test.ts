import { describe, expect, it } from 'vitest'
import type { Card } from '../../src/domain/card.ts'
import { plainText } from '../../src/message/plain-text.ts'
import type { Answer, IncidentFact, RequestFact, RunFact, StoryEvent } from '../../src/query/answer.ts'
import { answerCard, notUnderstoodCard } from '../../src/query/answer-card.ts'

const at = (minute: number) => Temporal.Instant.from('2026-11-24T09:00:00Z').add({ minutes: minute })
const ada = { id: 'person_ada', name: 'Ada' }
const ben = { id: 'person_ben', name: 'Ben' }
const chloe = { id: 'person_chloe', name: 'Chloe' }

const anIncident = (over: Partial<IncidentFact> = {}): IncidentFact => ({
  id: 'inc-42',
  service: 'checkout',
  title: 'CheckoutDown',
  severity: 'critical',
  status: 'healing',
  openedAt: at(0),
  resolvedAt: null,
  firing: 1,
  diagnosis: { title: 'Service down', likelihood: 0.8 },
  ...over,
})
const aRequest = (over: Partial<RequestFact> = {}): RequestFact => ({
  id: 'req-5',
  title: 'Restart the service',
  status: 'pending',
  requester: ada,
  requestedAt: at(2),
  quorum: 1,
  approverRoles: ['approver'],
  expiresAt: at(30),
  votes: [],
  endedAt: null,
  reason: '',
  ...over,
})
const aRun = (over: Partial<RunFact> = {}): RunFact => ({
  id: 'run-7',
  incidentId: 'inc-42',
  service: 'checkout',
  title: 'Restart the service',
  status: 'pending_approval',
  reason: '',
  createdAt: at(2),
  startedAt: null,
  finishedAt: null,
  request: aRequest(),
  ...over,
})
const about = { kind: 'incident', id: 'inc-42' } as const
const anAnswer = (answer: Pick<Answer, 'query' | 'found'> & Partial<Answer>): Answer => ({
  records: ['inc-42'],
  missing: null,
  asOf: at(40),
  ...answer,
})
const told = (answer: Answer): string => plainText(answerCard(answer))
const spansOf = (card: Card) =>
  card.blocks.flatMap((block) => (block.kind === 'text' || block.kind === 'context' ? block.text : []))

describe('Q2 every answer', () => {
  const answer = anAnswer({
    query: { subject: 'status', about },
    found: { subject: 'status', incidents: [anIncident()], runs: [], single: true },
    records: ['inc-42', 'run-7'],
  })

  it('Q2 shows how the question was read, its records and that it is complete', () => {
    expect(answerCard(answer)).toMatchObject({ kind: 'answer', status: 'Complete' })
    expect(told(answer)).toContain(
      'Read as: the status of inc-42 · Rests on inc-42, run-7 · Complete, as of 2026-11-24T09:40:00Z',
    )
  })

  it('Q2 says what is missing when it is not complete', () => {
    const part = { ...answer, missing: 'only the 20 newest are shown' }
    expect(answerCard(part).status).toBe('In part')
    expect(told(part)).toContain('In part: only the 20 newest are shown')
  })

  it('Q2 counts the records beyond twelve', () => {
    const many = { ...answer, records: Array.from({ length: 15 }, (_, index) => `run-${index}`) }
    expect(told(many)).toContain('run-11 and 3 more')
  })

  it('Q1 names people without pinging them', () => {
    const kinds = spansOf(
      answerCard(
        anAnswer({
          query: { subject: 'who_approved', about },
          found: { subject: 'who_approved', incident: anIncident(), runs: [aRun()] },
        }),
      ),
    ).map((span) => span.kind)
    expect(kinds).toContain('bold')
    expect(kinds).not.toContain('mention')
  })
})

describe('Q1 what happened', () => {
  it('Q1 events of one minute are told apart by their second', () => {
    const card = answerCard(
      anAnswer({
        query: { subject: 'what_happened', about },
        found: {
          subject: 'what_happened',
          incident: anIncident(),
          events: [
            { kind: 'reopened', at: at(1) },
            { kind: 'reopened', at: at(1).add({ seconds: 7 }) },
          ],
        },
      }),
    )
    const times = spansOf({ ...card, blocks: card.blocks.slice(0, 2) }).filter(({ kind }) => kind === 'time')
    expect(times).toEqual([
      { kind: 'time', at: '2026-11-24T09:01:00Z', precision: 'second' },
      { kind: 'time', at: '2026-11-24T09:01:07Z', precision: 'second' },
    ])
  })

  const voted = aRequest({
    status: 'approved',
    votes: [{ by: chloe, decision: 'approve', reason: 'go ahead', at: at(4) }],
    endedAt: at(4),
  })
  const events: StoryEvent[] = [
    { kind: 'alert_fired', at: at(0), title: 'CheckoutDown', source: 'alertmanager', more: 1 },
    { kind: 'evidence', at: at(1), status: 'ok', summary: 'checkout does not answer' },
    {
      kind: 'proposed',
      at: at(1),
      id: 'prop-3',
      title: 'Restart the service',
      service: 'checkout',
      odds: '7 of 9 worked, 95 % interval 45-94 %',
    },
    { kind: 'requested', at: at(2), request: voted },
    {
      kind: 'refused',
      at: at(3),
      refusal: {
        by: ben,
        command: 'approve',
        subject: 'req-5',
        detail: 'Ben requested this and so cannot approve it.',
        at: at(3),
      },
    },
    {
      kind: 'voted',
      at: at(4),
      request: voted,
      vote: { by: chloe, decision: 'approve', reason: 'go ahead', at: at(4) },
    },
    { kind: 'run_started', at: at(5), id: 'run-7', title: 'Restart the service', unasked: false },
    {
      kind: 'step',
      at: at(6),
      runId: 'run-7',
      phase: 'action',
      title: 'Restart',
      status: 'succeeded',
      summary: 'pid 17',
      tookMs: 2_000,
    },
    {
      kind: 'step',
      at: at(7),
      runId: 'run-7',
      phase: 'verify',
      title: 'Healthy again',
      status: 'succeeded',
      summary: '',
      tookMs: 30_000,
    },
    { kind: 'run_ended', at: at(7), id: 'run-7', status: 'succeeded', reason: '' },
    { kind: 'resolved', at: at(9), why: 'every alert has resolved', afterMs: 540_000 },
  ]

  it('Q1 is a story in sentences with times, in order', () => {
    const text = told(
      anAnswer({
        query: { subject: 'what_happened', about },
        found: { subject: 'what_happened', incident: anIncident(), events },
      }),
    )
    expect(text.split('\n').slice(1, -1)).toEqual([
      '2026-11-24T09:00:00Z  Alert CheckoutDown fired, from alertmanager (and 1 more).',
      '2026-11-24T09:01:00Z  Evidence: checkout does not answer.',
      '2026-11-24T09:01:00Z  Suture proposed Restart the service on checkout (prop-3): 7 of 9 worked, 95 % interval 45-94 %.',
      '2026-11-24T09:02:00Z  Ada requested Restart the service (req-5).',
      '2026-11-24T09:03:00Z  Ben was refused (approve req-5): Ben requested this and so cannot approve it.',
      '2026-11-24T09:04:00Z  Chloe approved req-5: go ahead.',
      '2026-11-24T09:05:00Z  run-7 (Restart the service) began.',
      '2026-11-24T09:06:00Z  Step “Restart” of run-7 succeeded after 2 s: pid 17.',
      '2026-11-24T09:07:00Z  Verification “Healthy again” of run-7 succeeded after 30 s.',
      '2026-11-24T09:07:00Z  run-7 succeeded.',
      '2026-11-24T09:09:00Z  Resolved after 9 min: every alert has resolved.',
    ])
  })
})

describe('Q1 who, why and what next', () => {
  const who = (runs: RunFact[]) =>
    told(
      anAnswer({
        query: { subject: 'who_approved', about },
        found: { subject: 'who_approved', incident: anIncident(), runs },
      }),
    )

  it('Q1 nobody is said in so many words, and never left to be guessed', () => {
    expect(who([])).toContain('Nobody: nothing has been requested in inc-42.')
    expect(who([aRun()])).toContain(
      'Nobody has approved Restart the service (req-5). It still waits: 0 of 1 approval, by approver, and not by whoever requested it.',
    )
    expect(who([aRun({ request: null, status: 'succeeded' })])).toContain(
      'Nobody was asked about Restart the service (run-7): policy allowed it without approval.',
    )
  })

  it('Q1 a first vote of two is not called approved by quorum', () => {
    const request = aRequest({
      quorum: 2,
      votes: [{ by: chloe, decision: 'approve', reason: '', at: at(4) }],
    })
    expect(who([aRun({ request })])).toContain('It still waits: 1 of 2 approvals')
  })

  it('Q1 what stands in the way names the request and who may decide it', () => {
    const text = told(
      anAnswer({
        query: { subject: 'why_blocked', about },
        found: {
          subject: 'why_blocked',
          incident: anIncident(),
          runs: [aRun()],
          emergencyStop: true,
          escalation: null,
          unrequested: [],
        },
      }),
    )
    expect(text).toContain('The emergency stop is on')
    expect(text).toContain(
      'run-7 (Restart the service) waits for approval (req-5): 0 of 1 approval, by approver',
    )
  })

  it('Q1 what one cannot do comes with the reason and who can', () => {
    const text = told(
      anAnswer({
        query: { subject: 'what_next', about },
        found: {
          subject: 'what_next',
          incident: anIncident(),
          runs: [aRun()],
          escalation: null,
          options: [
            {
              what: 'approve',
              id: 'req-5',
              title: 'Restart the service',
              refusal: {
                detail: 'Ada requested this and so cannot approve it.',
                remedy: 'Ask another person with the role approver.',
              },
            },
            { what: 'cancel', id: 'run-7', title: 'Restart the service', refusal: null },
          ],
        },
      }),
    )
    expect(text).toContain(
      "You can't approve or reject Restart the service (req-5): Ada requested this and so cannot approve it. Ask another person with the role approver.",
    )
    expect(text).toContain('You can: Cancel Restart the service (run-7).')
  })
})

describe('Q1 not understood', () => {
  it('Q1 says which words, and offers two questions', () => {
    const card = notUnderstoodCard({
      understood: false,
      why: 'words',
      unread: ['billing'],
      nearest: ['what happened?', 'what can I do now?'],
    })
    expect(plainText(card)).toBe(
      "I did not understand that (Not understood)\nI can't read “billing” here.\nWhat I can answer: what happened? or what can I do now?",
    )
  })
})
