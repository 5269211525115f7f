import { expect, it } from 'vitest'
import { notUnderstoodCard } from '../../src/query/answer-card.ts'
import { parseQuestion, type QuestionContext } from '../../src/query/parse-question.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

const asked: QuestionContext = {
  now: Temporal.ZonedDateTime.from('2026-11-19T14:30:00+01:00[Europe/Berlin]'),
  thread: { incident: 'inc-1', service: null },
  before: null,
  asker: 'person_ada',
  services: [],
  people: [],
  playbooks: [],
}

it('Q1 a word of rare letters is not cut through one of them: half a pair could not be stored', () => {
  for (const word of [`a${'𠀋'.repeat(60)}`, '𠀋'.repeat(60)]) {
    const parsed = parseQuestion(`what about ${word}?`, asked)
    if (parsed.understood) throw new Error('nobody understands that')
    const card = JSON.stringify(notUnderstoodCard(parsed))
    expect(card).toContain('𠀋')
    expect(card).not.toMatch(/\\ud[89a-f]/)
  }
})

it('Q1 a question costs little time, whatever it is made of', async () => {
  const services = Array.from({ length: 200 }, (_, at) => ({ name: `what-${at}`, aliases: [`is ${at}`] }))
  const pieces = ['what is ', 'a-', "'", '?', '@suture ', 'right now ', 'inc-', '．', 'ﷺ', '\u0301', 'is it ']
  for (const piece of pieces) {
    const text = piece.repeat(4_000).slice(0, 399)
    const spent = await cpuMsOf(() => parseQuestion(`${text}?`, { ...asked, services }))
    expect(spent, JSON.stringify(piece)).toBeLessThan(500)
  }
})
