import { expect, it } from 'vitest'
import { asked, kindsAsked } from '../../bench/load/questions.ts'
import { playbookNames, serviceNames } from '../../bench/world/answer-files.ts'
import { parseQuestion, type QuestionContext } from '../../src/query/parse-question.ts'

const outside: QuestionContext = {
  now: Temporal.ZonedDateTime.from('2026-11-23T09:00:00+00:00[UTC]'),
  thread: null,
  before: null,
  asker: 'slack-u1',
  services: serviceNames.map((name) => ({ name, aliases: [] })),
  people: [{ id: 'person_bea', name: 'Bea' }],
  playbooks: playbookNames.map((name) => ({ name, title: name })),
}
const given = {
  incident: 'inc-900',
  open: 'inc-3',
  run: 'run-1',
  service: 'service-7',
  playbook: 'playbook-5',
}

it.each(kindsAsked)('Q1 the bench asks what is read as it means it: $text', ({ subject, text, inThread }) => {
  const thread = inThread === true ? { incident: 'inc-3', service: 'service-1' } : null
  expect(parseQuestion(asked(text, given), { ...outside, thread })).toMatchObject({
    understood: true,
    query: { subject },
  })
})
