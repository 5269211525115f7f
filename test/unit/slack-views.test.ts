import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderHome } from '../../adapters/slack/home.ts'
import { slackLimits } from '../../adapters/slack/limits.ts'
import { renderPrompt } from '../../adapters/slack/modal.ts'
import type { Card } from '../../src/domain/card.ts'
import { proposalCard } from '../../src/message/proposal-card.ts'
import { aProposalCard } from './support/cards.ts'
import { complaints, stringsOf } from './support/slack-limits.ts'

interface View {
  readonly callback_id: string
  readonly private_metadata: string
  readonly title: { readonly text: string }
  readonly submit: { readonly text: string }
  readonly close: { readonly text: string }
  readonly blocks: readonly object[]
}

const prompt = (over: object = {}): View =>
  renderPrompt(
    {
      title: 'Reject: Restart the service',
      label: 'Why not?',
      required: true,
      about: 'Restart it on checkout.',
      ...over,
    },
    'token-1',
    '{"channel":"C1"}',
  ) as View

describe('a modal of Slack', () => {
  it('C1 asks for one note, named so that it is found again', () => {
    const view = prompt()
    expect(view).toMatchObject({ callback_id: 'prompt:token-1', private_metadata: '{"channel":"C1"}' })
    expect(view.title.text).toBe('Reject: Restart the ser…')
    expect(view.blocks.at(-1)).toMatchObject({
      type: 'input',
      block_id: 'note',
      optional: false,
      element: { type: 'plain_text_input', action_id: 'note' },
    })
    expect(prompt({ required: false }).blocks.at(-1)).toMatchObject({ optional: true })
  })

  it('C1 G8 asks for one value a field, with its bounds', () => {
    const view = prompt({
      fields: [
        {
          name: 'by',
          label: 'Instances',
          hint: 'an integer',
          value: '1',
          kind: { is: 'number', min: -3, max: 3 },
        },
        {
          name: 'level',
          label: 'Level',
          hint: '',
          value: 'INFO',
          kind: { is: 'choice', options: [{ value: 'INFO', label: 'INFO' }] },
        },
        { name: 'flag', label: 'Flag', hint: '', value: '', kind: { is: 'text', maxLength: 9_000 } },
      ],
    })
    expect(view.blocks.slice(-3)).toMatchObject([
      {
        block_id: 'field:by',
        element: { type: 'number_input', is_decimal_allowed: false, min_value: '-3', initial_value: '1' },
      },
      { block_id: 'field:level', element: { type: 'static_select', initial_option: { value: 'INFO' } } },
      { block_id: 'field:flag', element: { type: 'plain_text_input', max_length: slackLimits.inputText } },
    ])
    const ids = (view.blocks as { element?: { action_id: string } }[]).flatMap(
      ({ element }) => element?.action_id ?? [],
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('C1 stays inside Slack’s limits, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3_000 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (long, short) => {
          const view = prompt({ title: short, label: short, about: long })
          expect(complaints(view.blocks, slackLimits.viewBlocks)).toEqual([])
          for (const { text } of [view.title, view.submit, view.close]) {
            expect(text.length).toBeGreaterThan(0)
            expect(text.length).toBeLessThanOrEqual(slackLimits.viewTitle)
          }
          expect(view.callback_id.length).toBeLessThanOrEqual(slackLimits.actionId)
        },
      ),
    )
  })
})

describe('the home page in Slack', () => {
  const card = (id: number): Card =>
    proposalCard(
      aProposalCard({
        tokens: { request: `request-${id}` },
      }),
    )
  const home = (count: number): { type: string; blocks: readonly object[] } =>
    renderHome(
      Array.from({ length: count }, (_, id) => card(id)),
      { consoleUrl: 'https://suture.example' },
    ) as { type: string; blocks: readonly object[] }

  it('C1 shows whole cards, and says how many are left out', () => {
    const { type, blocks } = home(30)
    expect(type).toBe('home')
    expect(complaints(blocks, slackLimits.viewBlocks)).toEqual([])
    const buttons = stringsOf(blocks).filter(({ key }) => key === 'action_id').length
    expect(buttons).toBeGreaterThan(5)
    expect(JSON.stringify(blocks.at(-1))).toContain(`<https://suture.example/|${30 - buttons} more>`)
  })

  it('C1 says so when nothing waits', () => {
    expect(JSON.stringify(home(0))).toContain('Nothing waits for you')
    expect(complaints(home(0).blocks)).toEqual([])
  })
})
