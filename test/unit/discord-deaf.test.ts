import { describe, expect, test } from 'vitest'
import { type Heard, shouldProbe, whyDeaf } from '../../adapters/discord/deaf.ts'

const now = 1_795_370_000_000
const well: Heard = {
  readyAt: now,
  notReadySince: null,
  heartbeatAt: now,
  dispatchAt: now,
  probedAt: null,
}
const patience = { patienceMs: 20_000, probeWorks: true }

describe('a connection that may be deaf', () => {
  const cases: readonly (readonly [string, Partial<Heard>, number, boolean])[] = [
    ['was not ready for 20 s', { readyAt: null, notReadySince: now }, 20_000, false],
    ['was not ready for longer', { readyAt: null, notReadySince: now }, 20_001, true],
    ['heard a heartbeat 100 s ago', {}, 100_000, false],
    ['heard none for longer', {}, 100_001, true],
    ['is ready for less than that, whatever was before', { heartbeatAt: now - 100_000 }, 50_000, false],
    ['was asked for an event 20 s ago', { probedAt: now }, 20_000, false],
    ['was asked, and sent none', { probedAt: now }, 20_001, true],
  ]
  test.each(cases)('C2 one that %s', (_, heard, later, deaf) => {
    expect(whyDeaf({ ...well, ...heard }, now + later, patience) !== null).toBe(deaf)
  })

  test('C2 a question that was never answered by any connection tells nothing', () => {
    const asked = { ...well, probedAt: now }
    expect(whyDeaf(asked, now + 90_000, { ...patience, probeWorks: false })).toBeNull()
  })

  test('C2 it is asked for an event after 5 quiet minutes, and again after 5 more, while it is ready', () => {
    expect([300_000, 300_001].map((ms) => shouldProbe(well, now + ms))).toEqual([false, true])
    const asked = { ...well, probedAt: now + 300_001 }
    expect([600_001, 600_002].map((ms) => shouldProbe(asked, now + ms))).toEqual([false, true])
    expect(shouldProbe({ ...well, readyAt: null, notReadySince: now }, now + 600_000)).toBe(false)
  })
})
