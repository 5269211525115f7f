import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalText } from '../../../src/app/digest.ts'
import type { AuditEntry, AuditValue } from '../../../src/domain/audit.ts'
import { cutDetails } from '../../../src/domain/cut-details.ts'

const most = 2_000
const fits = (details: AuditEntry['details']): boolean => Buffer.byteLength(canonicalText(details)) <= most

test('A1 what is too long for an entry is shortened where it is longest, and says so in its place', () => {
  const cut = cutDetails({ note: 'x'.repeat(9_000), runs: ['run-1', 'run-2'], count: 3 }, fits)
  expect(cut).toMatchObject({ runs: ['run-1', 'run-2'], count: 3, cut: true })
  expect(cut['note']).toMatch(/^x+… \d{4} characters more$/)
  const list = cutDetails({ alerts: Array.from({ length: 5_000 }, (_, at) => `a${at}`) }, fits)
  expect((list['alerts'] as AuditValue[]).at(-1)).toMatch(/^… \d{4} more$/)
})

test('A1 whatever is cut fits and is still canonical', () => {
  const value = fc.letrec<{ any: AuditValue }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary', maxLength: 2_500 }),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 12 }),
      fc.dictionary(fc.string(), tie('any'), { maxKeys: 12 }),
    ),
  })).any
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value, { maxKeys: 15 }), (details) => {
      expect(fits(cutDetails(details, fits))).toBe(true)
    }),
    { numRuns: 20 },
  )
})
