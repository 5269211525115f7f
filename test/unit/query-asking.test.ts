import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseQuestion, type QuestionContext } from '../../src/query/parse-question.ts'
import type { Query } from '../../src/query/query.ts'

const page = readFileSync(new URL('../../docs/asking.md', import.meta.url), 'utf8')
const examplesOf = (mark: string): string[] =>
  page.split(`<!-- ${mark} -->`)[1]?.split('```')[1]?.split('\n').slice(1, -1) ?? []

const zone = 'Europe/Berlin'
const context = (over: Partial<QuestionContext> = {}): QuestionContext => ({
  now: Temporal.ZonedDateTime.from(`2026-11-19T14:30:00+01:00[${zone}]`),
  thread: null,
  before: null,
  asker: 'person_ada',
  services: [
    { name: 'checkout', aliases: [] },
    { name: 'web-1', aliases: [] },
    { name: 'web-2', aliases: [] },
  ],
  people: [
    { id: 'person_ada', name: 'Ada Lovelace' },
    { id: 'person_ada2', name: 'Adam Stone' },
  ],
  playbooks: [
    { name: 'restart-service', title: 'Restart the service' },
    { name: 'scale-up', title: 'Add one instance' },
  ],
  ...over,
})

const read = (text: string, over: Partial<QuestionContext> = {}): Query | null => {
  const parsed = parseQuestion(text, context(over))
  return parsed.understood ? parsed.query : null
}

describe('Q1 what docs/asking.md promises', () => {
  it('Q1 every example is understood', () => {
    const examples = examplesOf('understood')
    expect(examples.length).toBeGreaterThan(35)
    for (const example of examples) expect(read(example), example).not.toBeNull()
  })

  it('Q1 what it says is not answered is not', () => {
    const examples = examplesOf('not understood')
    expect(examples.length).toBeGreaterThan(5)
    for (const example of examples) expect(read(example), example).toBeNull()
  })
})

const timeOf = (words: string, now?: string): string => {
  const query = read(`incidents ${words}`, now === undefined ? {} : { now: Temporal.ZonedDateTime.from(now) })
  if (query === null || !('when' in query) || query.when.kind !== 'between') return 'none'
  const local = (text: string): string =>
    Temporal.Instant.from(text)
      .toZonedDateTimeISO(zone)
      .toString({ smallestUnit: 'minute', offset: 'never', timeZoneName: 'never' })
  return `${local(query.when.from)} ${local(query.when.to)}`
}

describe('Q1 times', () => {
  it.each([
    ['today', '2026-11-19T00:00 2026-11-19T14:30'],
    ['on thursday', '2026-11-12T00:00 2026-11-13T00:00'],
    ['on 29 february 2024', '2024-02-29T00:00 2024-03-01T00:00'],
    ['in december', '2025-12-01T00:00 2026-01-01T00:00'],
    ['in november', '2026-11-01T00:00 2026-11-19T14:30'],
    ['in q3', '2026-07-01T00:00 2026-10-01T00:00'],
    ['in 2025', '2025-01-01T00:00 2026-01-01T00:00'],
    ['last weekend', '2026-11-14T00:00 2026-11-16T00:00'],
    ['since midnight', '2026-11-19T00:00 2026-11-19T14:30'],
    ['monday of last week', '2026-11-09T00:00 2026-11-10T00:00'],
    ['3 days ago', '2026-11-16T00:00 2026-11-17T00:00'],
    ['between 9am and 11am yesterday', '2026-11-18T09:00 2026-11-18T11:00'],
    ['from 30 october to 2 november', '2026-10-30T00:00 2026-11-03T00:00'],
    ['in the last two weeks', '2026-11-05T14:30 2026-11-19T14:30'],
  ])('Q1 %s', (words, span) => {
    expect(timeOf(words)).toBe(span)
  })

  it.each([
    'tomorrow',
    'next week',
    'on 31 february',
    'on 29 february 2025',
    'on 3/11',
    'this morning',
    '2 weeks ago',
    'before monday',
    'between today and monday',
    'on 40 october',
    'in 2031',
  ])('Q1 %s is no time that could be answered for', (words) => {
    expect(read(`incidents ${words}`)).toBeNull()
  })

  it('Q1 a day of 25 hours is that long, and a day of 23 is too', () => {
    expect(timeOf('yesterday', `2026-10-26T08:00:00+01:00[${zone}]`)).toBe(
      '2026-10-25T00:00 2026-10-26T00:00',
    )
    const autumn = read('incidents yesterday', {
      now: Temporal.ZonedDateTime.from(`2026-10-26T08:00:00+01:00[${zone}]`),
    })
    const spring = read('incidents yesterday', {
      now: Temporal.ZonedDateTime.from(`2026-03-30T08:00:00+02:00[${zone}]`),
    })
    expect([autumn, spring].map(hours)).toEqual([25, 23])
  })
})

const hours = (query: Query | null): number => {
  if (query === null || !('when' in query) || query.when.kind !== 'between') return 0
  return Temporal.Instant.from(query.when.from).until(query.when.to).total('hours')
}

describe('Q1 names', () => {
  it('Q1 names that differ by a number are never taken for each other', () => {
    expect(read('status of web-3')).toBeNull()
    expect(read('status of web1')).toEqual({ subject: 'status', about: { kind: 'service', name: 'web-1' } })
  })

  it('Q1 a name that two have in common is nobody, and one of another is not a slip', () => {
    const people = [
      { id: 'a', name: 'Kim Lee' },
      { id: 'b', name: 'Kim Park' },
    ]
    expect(read('what did kim approve?', { people })).toBeNull()
    expect(read('what did kim park approve?', { people })).toMatchObject({ person: 'b' })
    expect(read('what did ada approve?')).toMatchObject({ person: 'person_ada' })
  })

  it('Q1 how long a catalogue is looked through does not depend on how long the question is', () => {
    const counted = (text: string): number => {
      let looked = 0
      const services = Array.from({ length: 300 }, (_, at) => ({
        get name() {
          looked += 1
          return `service-${at}`
        },
        aliases: [],
      }))
      read(text, { services })
      return looked
    }
    expect(counted('srvice sevice servce '.repeat(18))).toBeLessThan(counted('status') + 100)
  })
})
