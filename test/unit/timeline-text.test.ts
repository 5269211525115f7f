import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AuditValue, auditEvents } from '../../src/domain/audit.ts'
import { incidentStatuses } from '../../src/domain/incident.ts'
import { runStatuses } from '../../src/domain/run.ts'
import { incidentNow } from '../../src/message/incident-now.ts'
import { timelineText } from '../../src/message/timeline-text.ts'

const names: Record<string, string> = { person_chloe: 'Chloe', person_dan: 'Dan' }
const text = (
  event: (typeof auditEvents)[number],
  details: Record<string, AuditValue> = {},
  subject = 'run-7',
) => timelineText({ event, actor: 'Ada', subject, details, nameOf: (id) => names[id] ?? id })

describe('the timeline', () => {
  it('A1 tells each entry as one sentence with names instead of ids', () => {
    expect(text('approval_granted', { approvers: ['person_chloe', 'person_dan'] }, 'req-5')).toBe(
      'req-5 was granted by Chloe and Dan.',
    )
    expect(text('approval_vote', { decision: 'reject', reason: 'not now.' })).toBe(
      'Ada rejected it: not now.',
    )
    expect(text('run_finished', { status: 'rolled_back', recovery: 'not_recovered', reason: '' })).toBe(
      'run-7 ended rolled back; the service did not recover.',
    )
    expect(text('refused', { detail: 'Ada requested this.' })).toBe('Ada was refused: Ada requested this.')
    expect(text('emergency_stop_changed', { on: true })).toBe('Ada pressed the emergency stop.')
    expect(text('diagnosis_made', { hypotheses: [{ code: 'service_down', likelihood: 0.823 }] })).toBe(
      'Diagnosis: service down 82 %.',
    )
  })

  it('A1 an event that this version does not know, or called like a part of every object, is told all the same', () => {
    for (const event of ['moon_landed', 'constructor', '__proto__'])
      expect(text(event as (typeof auditEvents)[number])).toMatch(/: run-7, by Ada\.$/)
  })

  it('A1 stays a sentence for every event, whatever details an entry of another version has', () => {
    const value: fc.Arbitrary<AuditValue> = fc.letrec((tie) => ({
      any: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3 }),
      ),
    })).any as fc.Arbitrary<AuditValue>
    const details = fc.dictionary(
      fc.constantFrom(
        'reason',
        'status',
        'approvers',
        'hypotheses',
        'decision',
        'recovery',
        'on',
        'step',
        'detail',
        'flaps',
      ),
      value,
    )
    fc.assert(
      fc.property(fc.constantFrom(...auditEvents), details, (event, given) => {
        const sentence = text(event, given)
        expect(sentence.endsWith('.')).toBe(true)
        expect(sentence).not.toMatch(/undefined|\[object|NaN/)
      }),
    )
  })
})

describe('what is going on now', () => {
  it('C4 is one line for every state of an incident and its newest run', () => {
    for (const status of incidentStatuses)
      for (const run of [null, ...runStatuses.map((each) => ({ status: each, title: 'Restart' }))])
        for (const proposals of [0, 1, 3]) {
          const line = incidentNow({ status, run, proposals })
          expect(line).toMatch(/^[A-Z1-9][^\n]{3,100}$/)
        }
    expect(
      incidentNow({
        status: 'proposed',
        run: { status: 'pending_approval', title: 'Restart' },
        proposals: 2,
      }),
    ).toBe('Waiting for approval of Restart')
    expect(
      incidentNow({ status: 'proposed', run: { status: 'canceled', title: 'Restart' }, proposals: 2 }),
    ).toBe('2 proposals wait to be requested')
    expect(
      incidentNow({ status: 'escalated', run: { status: 'failed', title: 'Restart' }, proposals: 0 }),
    ).toBe('A person is needed: Restart failed')
  })
})
