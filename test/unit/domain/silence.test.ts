import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Matcher, Matchers, mayConcern, type Silence, silencedBy } from '../../../src/domain/silence.ts'
import { parseSilenceWords } from '../../../src/domain/silence-words.ts'
import { anAlert } from '../../support/alerts.ts'

const now = Temporal.Instant.from('2026-06-01T03:00:00Z')
const silenceOf = (matchers: readonly Matcher[], given: Partial<Silence> = {}): Silence => ({
  id: 'sil-1',
  kind: 'silence',
  matchers,
  from: now.subtract({ hours: 1 }),
  until: now.add({ hours: 1 }),
  endedAt: null,
  ...given,
})
const matcher = (label: string, operator: Matcher['operator'], value: string): Matcher => ({
  label,
  operator,
  value,
})
const isQuiet = (matchers: readonly Matcher[], alert = anAlert()): boolean =>
  silencedBy(alert, [silenceOf(matchers)], now) !== null

describe('silences', () => {
  it('I4 a silence holds from its beginning up to its end, and not once it was ended', () => {
    const all = [matcher('service', '=', 'checkout')]
    const at = (instant: Temporal.Instant, given: Partial<Silence> = {}) =>
      silencedBy(anAlert(), [silenceOf(all, given)], instant)?.id ?? null
    expect(at(now.subtract({ hours: 1 }))).toBe('sil-1')
    expect(at(now.subtract({ hours: 1, milliseconds: 1 }))).toBeNull()
    expect(at(now.add({ hours: 1 }))).toBeNull()
    expect(at(now.add({ hours: 1 }).subtract({ milliseconds: 1 }))).toBe('sil-1')
    expect(at(now, { endedAt: now })).toBeNull()
  })

  it('I4 every matcher must hold; a label that is not there is not equal to anything', () => {
    const alert = anAlert({ labels: { team: 'shop' }, severity: 'high' })
    expect(isQuiet([matcher('team', '=', 'shop'), matcher('severity', '=', 'high')], alert)).toBe(true)
    expect(isQuiet([matcher('team', '=', 'shop'), matcher('severity', '=', 'low')], alert)).toBe(false)
    expect(isQuiet([matcher('region', '!=', 'eu'), matcher('source', '=', 'alertmanager')], alert)).toBe(true)
    expect(isQuiet([matcher('region', '=', 'eu')], alert)).toBe(false)
    expect(isQuiet([matcher('constructor', '=~', 'f*')], alert)).toBe(false)
  })

  it('I4 a beginning with * behind it is a beginning, and no sign in it means anything else', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }),
        fc.string({ minLength: 1, maxLength: 10 }),
        (title, start) => {
          fc.pre(!start.includes('*'))
          expect(isQuiet([matcher('alertname', '=~', `${start}*`)], anAlert({ title }))).toBe(
            title.startsWith(start),
          )
        },
      ),
    )
  })

  it('I4 what would hang, silence everything or is no label is refused', () => {
    const refused = (all: unknown) => !Matchers.safeParse(all).success
    expect(refused([])).toBe(true)
    expect(refused([matcher('severity', '!=', 'low')])).toBe(true)
    expect(refused([matcher('alertname', '=~', '*')])).toBe(true)
    expect(refused([matcher('alertname', '=~', 'a*b*')])).toBe(true)
    expect(refused([matcher('__proto__', '=', 'a')])).toBe(true)
    expect(refused([matcher('', '=', 'a')])).toBe(true)
    expect(refused([{ ...matcher('a', '=', 'b'), more: 1 }])).toBe(true)
    expect(refused(Array.from({ length: 11 }, () => matcher('a', '=', 'b')))).toBe(true)
  })

  it('I4 one that names a service concerns no other', () => {
    expect(mayConcern([matcher('service', '=', 'checkout'), matcher('team', '=', 'a')], 'checkout')).toBe(
      true,
    )
    expect(mayConcern([matcher('service', '=~', 'check*')], 'checkout')).toBe(true)
    expect(mayConcern([matcher('service', '=', 'payments')], 'checkout')).toBe(false)
  })

  it('I4 what is typed: matchers, a time and a reason; a bare word is a service', () => {
    expect(parseSilenceWords('checkout until 18:00 because deploy 2.1'.split(' '))).toEqual({
      matchers: [matcher('service', '=', 'checkout')],
      until: '18:00',
      reason: 'deploy 2.1',
    })
    expect(
      parseSilenceWords('service=~pay*,severity!=critical alertname="Slow" for 2h because x'.split(' ')),
    ).toMatchObject({
      matchers: [
        matcher('service', '=~', 'pay*'),
        matcher('severity', '!=', 'critical'),
        matcher('alertname', '=', 'Slow'),
      ],
    })
    for (const typed of ['checkout', 'checkout until', 'until 18:00 because x', 'checkout until 18:00'])
      expect(parseSilenceWords(typed.split(' '))).toHaveProperty('problem')
  })
})
