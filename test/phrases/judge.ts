import { readFileSync } from 'node:fs'
import { parseQuestion } from '../../src/query/parse-question.ts'
import { Query } from '../../src/query/query.ts'
import { Phrase, World } from './shape.ts'

/** Asks every phrase of one file in the world of the set, and says what came of it. README.md has the rules. */

export type Judgement = 'right' | 'miss' | 'wrong'
export interface Judged {
  readonly phrase: Phrase
  readonly judgement: Judgement
  readonly got: unknown
}

const folder = new URL('./', import.meta.url)
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

/** What may be read and worked with; `sealed-4.json` is run once. */
export const developed = [
  'development.json',
  'development-1b.json',
  'development-2.json',
  'development-2b.json',
  'development-3.json',
  'development-3a.json',
  'development-3b.json',
  'development-3c.json',
  'development-3d.json',
  'development-4e.json',
  'development-4f.json',
  'development-5g.json',
  'development-5h.json',
  'development-5i.json',
] as const
export type PhraseFile = (typeof developed)[number] | 'sealed-4.json'

export const judge = (file: PhraseFile): Judged[] => {
  const world = World.parse(read('world.json'))
  const now = Temporal.ZonedDateTime.from(world.now)
  return Phrase.array()
    .parse(read(file))
    .map((phrase) => {
      const parsed = parseQuestion(phrase.text, {
        ...world,
        now,
        thread: phrase.thread === null ? null : { ...world.thread },
        before: phrase.before === null ? null : Query.parse(phrase.before),
      })
      const got = parsed.understood ? parsed.query : null
      const right = [phrase.expect, ...(phrase.accept ?? [])].some((each) => written(each) === written(got))
      return { phrase, got, judgement: right ? 'right' : got === null ? 'miss' : 'wrong' }
    })
}

/** In one order of keys, so that equal queries are equal texts. */
const written = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )

export const countOf = (judged: readonly Judged[]): Record<Judgement, number> => ({
  right: judged.filter(({ judgement }) => judgement === 'right').length,
  miss: judged.filter(({ judgement }) => judgement === 'miss').length,
  wrong: judged.filter(({ judgement }) => judgement === 'wrong').length,
})

export const report = (judged: readonly Judged[]): string => {
  const { right, miss, wrong } = countOf(judged)
  const lines = judged
    .filter(({ judgement }) => judgement !== 'right')
    .map(({ phrase, judgement, got }) =>
      [
        `${judgement === 'miss' ? 'not understood' : 'WRONG'}  ${phrase.id}  ${JSON.stringify(phrase.text)}${phrase.thread === null ? '' : ' (in the thread)'}`,
        `  expected ${JSON.stringify(phrase.expect)}`,
        `  read as  ${JSON.stringify(got)}`,
      ].join('\n'),
    )
  const share = ((right / judged.length) * 100).toFixed(1)
  return [
    ...lines,
    `${judged.length} phrases: ${right} right (${share} %), ${miss} not understood, ${wrong} wrong passed as right`,
  ].join('\n')
}
