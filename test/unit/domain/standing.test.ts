import { describe, expect, it } from 'vitest'
import type { Person } from '../../../src/domain/person.ts'
import { type GroupRoles, refuseOutdated, standingOf, whyFallen } from '../../../src/domain/standing.ts'

const now = Temporal.Instant.from('2026-11-22T12:00:00Z')
const maxAgeMs = 600_000
const eve: Person = { id: 'slack-u1', name: 'Eve', kind: 'human', roles: ['responder', 'approver'] }
const read = (roles: GroupRoles['roles'], secondsAgo: number | null): GroupRoles => ({
  roles,
  seenAt: secondsAgo === null ? null : now.subtract({ seconds: secondsAgo }),
})
const stands = (...groups: GroupRoles[]) => standingOf(eve, false, groups, now, maxAgeMs)

describe('C6 G8 what somebody may do now', () => {
  it.each([
    ['just under the maximum age', 599, ['responder', 'approver']],
    ['at the maximum age', 600, []],
    ['never', null, []],
  ] as const)('C6 roles of a group that was read %s ago', (_, secondsAgo, counting) => {
    expect(stands(read(['responder', 'approver'], secondsAgo)).person.roles).toEqual(counting)
  })

  it('C6 a role counts when one of the accounts that give it was read lately, and no role counts by another', () => {
    const standing = stands(read(['approver'], 900), read(['responder'], 5))
    expect(standing.person.roles).toEqual(['responder'])
    expect(standing.outdated).toEqual([{ role: 'approver', ageMs: 900_000 }])
    expect(stands(read(['approver'], 900), read(['approver'], 5)).person.roles).toEqual(['approver'])
  })

  it('C6 a role that no account gives, or that the person has not, does not count', () => {
    expect(stands(read(['admin', 'approver'], 1)).person.roles).toEqual(['approver'])
    expect(stands().person.roles).toEqual([])
  })

  it('C6 roles that an admin gave do not grow old', () => {
    expect(standingOf(eve, false, null, now, maxAgeMs)).toEqual({
      person: eve,
      disabled: false,
      outdated: [],
    })
  })

  it('C6 the refusal says which role, how old, how long it counts, and what to do', () => {
    const old = stands(read(['approver'], 840))
    const refusal = refuseOutdated(old, ['approver'], maxAgeMs)
    expect(refusal?.detail).toBe(
      'Eve has the role approver by groups of a chat that Suture last read 14 min ago; such a role counts for 10m.',
    )
    expect(refusal?.remedy).toContain('npm start -- --check')
    expect(refuseOutdated(old, ['override'], maxAgeMs)).toBeNull()
    expect(refuseOutdated(stands(read(['approver'], 1)), ['approver'], maxAgeMs)).toBeNull()
  })

  it('C6 the refusal lists only the roles that are needed, with the age of those', () => {
    const of = (needed: Parameters<typeof refuseOutdated>[1]) =>
      refuseOutdated(
        standingOf(
          { ...eve, roles: ['responder', 'approver', 'admin'] },
          false,
          [read(['responder', 'admin'], 660), read(['approver'], 1_200)],
          now,
          maxAgeMs,
        ),
        needed,
        maxAgeMs,
      )
    expect(of(['approver'])).toMatchObject({
      detail: expect.stringMatching(/has the role approver by .*20 min ago/) as unknown,
      facts: { age_ms: 1_200_000 },
    })
    expect(of(['responder', 'approver'])?.detail).toMatch(
      /has the role responder and approver by .*11 min ago/,
    )
    // An admin may do what is nobody's by another role.
    expect(of(['override'])?.detail).toMatch(/has the role admin by .*11 min ago/)
  })

  it('G8 why an approval fell tells being disabled, an outdated role and a lost one apart', () => {
    const why = (standing: ReturnType<typeof stands>) => whyFallen(standing, ['approver'], maxAgeMs)
    expect(why(standingOf(eve, true, [], now, maxAgeMs))).toBe('Eve is disabled.')
    expect(why(stands(read(['approver'], null)))).toContain('has not read since')
    expect(
      why(standingOf({ ...eve, roles: ['responder'] }, false, [read(['responder'], 1)], now, maxAgeMs)),
    ).toBe('Eve no longer has the role approver.')
  })
})
