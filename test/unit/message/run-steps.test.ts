import { describe, expect, it } from 'vitest'
import { stepsInWords } from '../../../src/message/run-steps.ts'

const planned = [
  { id: 'one', title: 'One' },
  { id: 'two', title: 'Two' },
]
const execution = (
  stepId: string,
  phase: 'action' | 'verify',
  status: 'intent' | 'succeeded' | 'failed',
) => ({
  stepId,
  phase,
  status,
  startedAt: Temporal.Instant.from('2026-06-01T10:00:00Z'),
  finishedAt: status === 'intent' ? null : Temporal.Instant.from('2026-06-01T10:00:02Z'),
})

describe('the steps of a run card', () => {
  it('R6 each check is told with what was seen, that of a step behind its step', () => {
    const check = (
      stepId: string,
      status: 'intent' | 'succeeded' | 'failed',
      title: string,
      summary: string,
    ) => ({
      ...execution(stepId, 'verify', status),
      title,
      summary,
    })
    const steps = stepsInWords(
      planned,
      [
        execution('one', 'action', 'succeeded'),
        check('one.check', 'succeeded', 'One: Health probe', 'answers 200, three times in a row'),
        execution('two', 'action', 'succeeded'),
        check('verify.1', 'succeeded', 'Errors', 'Errors 0.2 %, below 1 %, three times in a row'),
        check('verify.2', 'failed', 'Queue', 'not measured: Queue: no data'),
        check('verify.3', 'intent', 'Alerts resolved', ''),
      ],
      'verifying',
    )
    expect(steps.map(({ title, mark, detail }) => [title, mark, detail])).toEqual([
      ['One', 'succeeded', 'done after 2 s'],
      ['One: Health probe', 'succeeded', 'answers 200, three times in a row'],
      ['Two', 'succeeded', 'done after 2 s'],
      ['Errors', 'succeeded', 'Errors 0.2 %, below 1 %, three times in a row'],
      ['Queue', 'failed', 'not measured: Queue: no data'],
      ['Alerts resolved', 'running', ''],
    ])
    const beforeTheEnd = stepsInWords(
      planned,
      [
        execution('one', 'action', 'succeeded'),
        check('one.check', 'succeeded', 'One: Health probe', 'answers 200'),
      ],
      'running',
    )
    expect(beforeTheEnd.at(-1)).toEqual({ title: 'See whether it helped', mark: 'waiting', detail: '' })
  })
})
