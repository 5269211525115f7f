import { describe, expect, it } from 'vitest'
import { type RemindPolicy, remindersDue } from '../../../src/domain/reminders.ts'

const minute = 60_000
const createdAt = Temporal.Instant.from('2026-11-22T12:00:00Z')
const at = (minutes: number) => createdAt.add({ minutes })
const policy: RemindPolicy = {
  remindAfter: 10 * minute,
  escalation: [
    { after: 5 * minute, roles: ['approver'] },
    { after: 10 * minute, roles: ['override'], channel: 'oncall' },
    { after: 59 * minute, roles: ['admin'] },
  ],
}
const dueAt = (minutes: number, done: number, ttl = 60) =>
  remindersDue(policy, { createdAt, expiresAt: at(ttl), done }, at(minutes))
const kindsOf = (minutes: number, done: number, ttl = 60) =>
  dueAt(minutes, done, ttl).due.map((each) => (each.kind === 'remind' ? 'remind' : each.step))

describe('when nobody decides', () => {
  it('G8 each is due at its minute, in the order of time, the reminder before a step of the same minute', () => {
    expect(dueAt(4, 0)).toEqual({ due: [], nextAt: at(5) })
    expect(kindsOf(5, 0)).toEqual([1])
    expect(dueAt(5, 1).nextAt).toEqual(at(10))
    expect(kindsOf(10, 1)).toEqual(['remind', 2])
    expect(dueAt(10, 3)).toEqual({ due: [], nextAt: at(59) })
  })

  it('G8 after an outage all of them are due, and none twice', () => {
    expect(kindsOf(59, 0)).toEqual([1, 'remind', 2, 3])
    expect(dueAt(59, 4)).toEqual({ due: [], nextAt: null })
  })

  it('G8 none comes when the request has expired', () => {
    expect(dueAt(5, 1, 10)).toEqual({ due: [], nextAt: null })
    expect(kindsOf(200, 0, 10)).toEqual([1])
  })

  it('G8 a step without a channel is told in the thread alone', () => {
    expect(dueAt(59, 0).due.map((each) => (each.kind === 'escalate' ? each.channel : null))).toEqual([
      null,
      null,
      'oncall',
      null,
    ])
  })
})
