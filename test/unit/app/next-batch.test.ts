import { describe, expect, it } from 'vitest'
import { type CommitKind, firstOfRuns, type InLine, nextBatch } from '../../../src/app/run/next-batch.ts'

const app = {}
const waiting = (kind: CommitKind, runId: string, of: Partial<InLine> = {}): InLine => ({
  app,
  tenantId: 'main',
  of: { runId, kind },
  passedBy: 0,
  ...of,
})
const ids = (batch: readonly InLine[]): string[] => batch.map(({ of }) => of.runId)

describe('whose commit of a run is next', () => {
  it('R5 those of the kind of which most wait go together, in the order in which they came', () => {
    const line = [
      waiting('result', 'a'),
      waiting('claim', 'b'),
      waiting('result', 'c'),
      waiting('conclusion', 'd'),
    ]
    expect(ids(nextBatch(line, 16))).toEqual(['a', 'c'])
    expect(ids(nextBatch([waiting('claim', 'a'), waiting('result', 'b')], 16))).toEqual(['a'])
    expect(nextBatch([], 16)).toEqual([])
  })

  it('R5 runs that are out of step fall into it, because who waits is joined by the others', () => {
    const alone = waiting('result', 'alone')
    const claims = ['a', 'b', 'c'].map((id) => waiting('claim', id))
    expect(ids(nextBatch([alone, ...claims], 16))).toEqual(['a', 'b', 'c'])
    expect(ids(nextBatch([alone, ...['a', 'b', 'c'].map((id) => waiting('result', id))], 16))).toEqual([
      'alone',
      'a',
      'b',
      'c',
    ])
  })

  it('R5 nobody is passed by more than twice, whatever else comes', () => {
    const alone = waiting('conclusion', 'alone')
    const gone: string[][] = []
    for (let turn = 0; turn < 3; turn += 1)
      gone.push(ids(nextBatch([alone, waiting('intent', `a${turn}`), waiting('intent', `b${turn}`)], 16)))
    expect(gone).toEqual([
      ['a0', 'b0'],
      ['a1', 'b1'],
      ['alone', 'a2', 'b2'],
    ])
  })

  it('R5 who is passed by goes even where more wait than may go', () => {
    const line = Array.from({ length: 20 }, (_, at) => waiting('intent', `run-${at}`))
    const alone = waiting('conclusion', 'alone', { passedBy: 2 })
    expect(ids(nextBatch([...line, alone], 4))).toContain('alone')
  })

  it('R5 nothing of another tenant or App goes with it', () => {
    const line = [
      waiting('result', 'a'),
      waiting('result', 'b', { tenantId: 'other' }),
      waiting('result', 'c', { app: {} }),
      waiting('result', 'd'),
    ]
    expect(nextBatch(line, 16)).toEqual([line[0], line[3]])
  })

  it('R5 a later commit of a run never overtakes an earlier one, of whatever kind they are', () => {
    const line = [
      waiting('result', 'a'),
      waiting('conclusion', 'a'),
      waiting('conclusion', 'b'),
      waiting('claim', 'c'),
      waiting('result', 'a', { tenantId: 'other' }),
    ]
    expect(firstOfRuns(line, [])).toEqual([line[0], line[2], line[3], line[4]])
    expect(firstOfRuns(line, [waiting('note', 'a'), waiting('note', 'b')])).toEqual([line[3], line[4]])
  })
})
