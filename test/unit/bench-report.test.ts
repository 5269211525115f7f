import { describe, expect, it } from 'vitest'
import { reportOf, type Subject, toJson, toLines } from '../../bench/measure/report.ts'
import { measureRounds } from '../../bench/measure/rounds.ts'

const subject: Subject = {
  name: 'storm',
  unit: 'ms',
  bounds: {
    alertmanager: { sense: 'at_most', required: 1, aim: 0.5 },
    floor: { sense: 'at_least', required: 3, aim: 4 },
  },
}
const sideOf = (name: string) => ({ name, measure: async () => 1 })
const figures = new Map([
  ['suture', [40, 50, 60]],
  ['alertmanager', [100, 100, 100]],
  ['floor', [20, 25, 30]],
])
const report = reportOf(
  subject,
  'suture',
  [sideOf('alertmanager'), sideOf('floor'), { name: 'other', absent: 'it is not installed' }],
  figures,
)

describe('what a bench tells', () => {
  it('the JSON is one object of bench, value, unit and baselines, with null for what was not measured', () => {
    expect(JSON.parse(toJson(report))).toEqual({
      bench: 'storm',
      value: 50,
      unit: 'ms',
      baselines: [
        { name: 'alertmanager', value: 100, ratio: 0.5 },
        { name: 'floor', value: 25, ratio: 2 },
        { name: 'other', value: null, ratio: null },
      ],
    })
    expect(toJson(report)).not.toContain('\n')
  })

  it('people read medians with their range, whether each bound was met, and why a baseline is absent', () => {
    expect(toLines(report)).toEqual([
      'storm: 50 ms (40 to 60)',
      '  alertmanager: 100 ms (100 to 100); ratio 0.5 x (0.4 to 0.6); at most 1, aim 0.5: reaches the aim',
      '  floor: 25 ms (20 to 30); ratio 2 x (2 to 2); at least 3, aim 4: MISSED',
      '  other: not measured, it is not installed',
    ])
  })

  it('the first round warms up and is not counted, and a side that measures nothing is an error', async () => {
    let calls = 0
    const side = { name: 'suture', measure: async (round: number) => (calls += 1) * 10 ** round }
    expect(await measureRounds([side], 2, () => undefined)).toEqual(new Map([['suture', [20, 300]]]))
    await expect(
      measureRounds([{ name: 'broken', measure: async () => Number.NaN }], 1, () => undefined),
    ).rejects.toThrow('broken measured NaN in round 0')
  })
})
