import { describe, expect, it } from 'vitest'
import { isTerminal, runCauses, runStatuses } from '../../../src/domain/run.ts'
import { knownBlocks } from '../../../src/message/known-of-run.ts'
import { plainText } from '../../../src/message/plain-text.ts'
import { runCard } from '../../../src/message/run-card.ts'
import { stepsInWords, undoingInWords } from '../../../src/message/run-steps.ts'
import { actionsOf } from '../support/cards.ts'
import { at } from '../support/evidence.ts'
import { execution, planned, run } from '../support/run-cards.ts'

describe('the run card', () => {
  it('R3 shows steps, output, the deadline and a button to cancel while it runs', () => {
    const card = runCard(run())
    expect(actionsOf(card)).toMatchObject([{ label: 'Cancel', token: 'token-cancel', style: 'danger' }])
    expect(plainText(card)).toBe(
      [
        'Restart the service on checkout (Running)',
        'Steps (1 of 3)',
        '  [x] One - done after 2 s',
        '  [~] Two',
        '  [ ] See whether it helped',
        'Output, as it comes\nstopping\nstarting',
        'Now: Two. It ends by itself at the latest 2026-06-01T10:10:00Z.',
        '<Cancel>',
        'run-7 · inc-42',
      ].join('\n'),
    )
  })

  it('R3 once somebody asked to cancel, the button is gone and the card says who asked', () => {
    const card = runCard(run({}, { cancelRequestedBy: { id: 'p1', name: 'Rosa' } }))
    expect([card.status, actionsOf(card)]).toEqual(['Canceling', []])
    expect(plainText(card)).toContain('Rosa asked to cancel it')
  })

  it('R5 a queued run says what it waits for, who holds it, its place in line, and when it gives up', () => {
    const waiting = {
      holders: [
        { target: 'checkout-1', runId: 'run-6' },
        { target: 'checkout-2', runId: 'run-3' },
      ],
      place: 2,
      givesUpAt: at('2026-06-01T10:40:00Z'),
    }
    expect(plainText(runCard(run({ status: 'queued' }, { waiting })))).toContain(
      'Waits for checkout-1, held by run-6, and for checkout-2, held by run-3. 2nd in line. Gives up 2026-06-01T10:40:00Z.',
    )
    expect(plainText(runCard(run({ status: 'queued' }, { waiting: { ...waiting, place: 1 } })))).toContain(
      'Next in line.',
    )
    expect(plainText(runCard(run({ status: 'queued' })))).toContain('It begins in a moment.')
  })

  it('R3 checks that are still to come count in the total', () => {
    const steps = stepsInWords(
      [{ id: 'one', title: 'One', check: 'One: Health probe' }],
      [execution('one', 'action', 'succeeded')],
      'running',
    )
    expect(steps.map(({ title, mark }) => [title, mark])).toEqual([
      ['One', 'succeeded'],
      ['One: Health probe', 'waiting'],
      ['See whether it helped', 'waiting'],
    ])
    expect(runCard(run({}, { steps })).blocks[0]).toMatchObject({ done: 1, total: 3 })
  })

  it('R4 a run that undoes another says so, last step first, and only what was taken back is done', () => {
    const steps = undoingInWords(
      planned,
      [
        execution('one', 'action', 'succeeded'),
        execution('two', 'action', 'succeeded'),
        execution('two', 'rollback', 'succeeded'),
      ],
      'rolling_back',
    )
    const card = runCard(run({ status: 'rolling_back' }, { steps, undoes: 'run-7' }))
    expect(plainText(card)).toContain('Undoes run-7.')
    expect(card.blocks.find((block) => block.kind === 'steps')).toMatchObject({ done: 1, total: 2 })
    expect(steps.map(({ title, mark }) => [title, mark])).toEqual([
      ['Two', 'undone'],
      ['One', 'waiting'],
    ])
  })

  it('R7 an unknown end says per step what is known, what stays locked, and asks with three buttons that want a note', () => {
    const units = [
      { id: 'one', title: 'One', call: 'POST /one', undo: null },
      { id: 'two', title: 'Two', call: 'POST /two', undo: null },
      { id: 'three', title: 'Three', call: 'POST /three', undo: null },
    ]
    const known = knownBlocks(
      units,
      [execution('one', 'action', 'succeeded'), execution('two', 'action', 'unknown')],
      ['checkout-1'],
    )
    const resolution = { happened: 'h', did_not_happen: 'd', undo: 'u' }
    const card = runCard(run({ status: 'unknown' }, { known, tokens: { resolution } }))
    expect(plainText(card)).toContain(
      'Look here: nobody knows whether “Two” happened. It began 2026-06-01T10:00:00Z: POST /two',
    )
    expect(plainText(card)).toContain('Locked until somebody says: checkout-1')
    expect(actionsOf(card).map(({ label, prompt }) => [label, prompt?.required])).toEqual([
      ['It happened', true],
      ['It did not happen', true],
      ['Undo it', true],
    ])
    const said = { by: { id: 'p1', name: 'Rosa' }, words: 'it happened: I saw it', undoneBy: null }
    const after = runCard(run({ status: 'unknown' }, { known, said, tokens: { resolution } }))
    expect(actionsOf(after)).toEqual([])
    expect(plainText(after)).toContain('Rosa says: it happened: I saw it. Its targets are free again.')
    expect(plainText(after)).not.toContain('stay locked')
  })

  it('R4 undone steps are marked, and a step that could not be undone is loud', () => {
    const executions = [
      execution('one', 'action', 'succeeded'),
      execution('two', 'action', 'failed'),
      execution('one', 'rollback', 'succeeded'),
    ]
    expect(stepsInWords(planned, executions, 'rolled_back').map((step) => step.mark)).toEqual([
      'undone',
      'failed',
      'skipped',
    ])
    const failed = stepsInWords(
      planned,
      [...executions.slice(0, 2), execution('one', 'rollback', 'failed')],
      'rollback_failed',
    )
    expect(failed[0]).toEqual({ title: 'One', mark: 'failed', detail: 'could not be undone' })
    expect(plainText(runCard(run({ status: 'rollback_failed' }, { steps: failed })))).toContain(
      'Steps (0 of 3)',
    )
    expect(runCard(run({ status: 'rollback_failed', cause: 'failed' }))).toMatchObject({
      status: 'ROLLBACK FAILED',
      tone: 'bad',
    })
  })

  it('R9 only what was done counts as done: no step that failed, was skipped, or of which nobody knows', () => {
    const counted = (...executions: ReturnType<typeof execution>[]) =>
      runCard(run({ status: 'failed' }, { steps: stepsInWords(planned, executions, 'failed') })).blocks[0]
    const one = execution('one', 'action', 'succeeded')
    expect(counted(one, execution('two', 'action', 'failed'))).toMatchObject({ done: 1, total: 3 })
    expect(counted(one, execution('two', 'action', 'unknown'))).toMatchObject({ done: 1, total: 3 })
    expect(counted()).toMatchObject({ done: 0, total: 3 })
  })

  it('R7 an unknown end asks for a human and never looks like success', () => {
    const card = runCard(run({ status: 'unknown', cause: 'lost_worker' }))
    expect(card.tone).toBe('bad')
    expect(plainText(card)).toContain('until a person has looked')
  })

  it('R6 not measured is told as no success', () => {
    expect(plainText(runCard(run({ status: 'rolled_back', cause: 'not_measured' })))).toContain(
      'does not count as success',
    )
  })

  it('R9 every state and every cause has words, an end has no Cancel, and only success is green', () => {
    for (const status of runStatuses)
      for (const cause of [null, ...runCauses]) {
        const card = runCard(
          run({ status, cause, finishedAt: isTerminal(status) ? at('2026-06-01T10:00:09Z') : null }),
        )
        expect(card.status).not.toBe('')
        expect(actionsOf(card).length).toBe(isTerminal(status) ? 0 : 1)
        expect(card.tone === 'good').toBe(status === 'succeeded')
        if (isTerminal(status)) expect(plainText(card)).toContain('It took 9 s.')
      }
  })

  it('R3 a long output is cut to its tail', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')
    const shown = plainText(runCard(run({}, { outputTail: lines })))
    expect(shown).toContain('line 99')
    expect(shown).not.toContain('line 91\n')
    expect(plainText(runCard(run({}, { outputTail: 'x'.repeat(9_000) }))).length).toBeLessThan(2_000)
  })
})
