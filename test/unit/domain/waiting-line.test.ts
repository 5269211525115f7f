import { describe, expect, it } from 'vitest'
import { ordinal, placeInLine, type QueuedRun } from '../../../src/domain/waiting-line.ts'

const queued = (id: string, second: number, ...targets: string[]): QueuedRun => ({
  id,
  targets,
  queuedAt: Temporal.Instant.fromEpochMilliseconds(second * 1_000),
})

describe('the place of a run that waits', () => {
  const line = [
    queued('run-1', 1, 'a'),
    queued('run-2', 2, 'b'),
    queued('run-3', 3, 'a', 'c'),
    queued('run-9', 4, 'c'),
    queued('run-10', 4, 'c'),
  ]
  it.each([
    ['run-1', 1],
    ['run-2', 1],
    ['run-3', 2],
    ['run-9', 2],
    ['run-10', 3],
  ])('R5 counts only those that want a target of its own and came before: %s is number %i', (id, place) => {
    const run = line.find((each) => each.id === id)
    if (run === undefined) throw new Error(id)
    expect(placeInLine(run, line)).toBe(place)
    expect(placeInLine(run, line.toReversed())).toBe(place)
  })

  it('R5 places are said as people say them', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 113].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '102nd',
      '113th',
    ])
  })
})
