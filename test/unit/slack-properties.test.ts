import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderMessage } from '../../adapters/slack/render.ts'
import { type Block, type Card, cardKinds, type Span, stepMarks } from '../../src/domain/card.ts'
import { actionsOf } from './support/cards.ts'
import { anyChart } from './support/charts.ts'
import { messageComplaints, stringsOf } from './support/slack-limits.ts'

const options = { consoleUrl: 'https://suture.example', incidentId: 'inc-42' }
/** These cards are huge: making a failing one smaller must not take for ever. */
const patience = { interruptAfterTimeLimit: 8_000 }

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '<!channel>',
    '@everyone',
    '<@U1>',
    '<#C1|ops>',
    '<https://evil.example|click>',
    '```\nrm -rf /\n```',
    '*bold* _it_ ~no~ `code`',
    ':white_check_mark: approved',
    '\u202egnp.exe',
    '\u200b\u200b\ufeff',
    '\ud800',
    'a\udc00b',
    '\u0000',
    '\u001b[31mred',
    '&lt;!channel&gt;',
    '> quoted',
    '👩‍👩‍👧‍👦'.repeat(30),
    '',
    ' \n ',
  ),
  fc.integer({ min: 1, max: 40_000 }).map((length) => 'x<&>𝕏'.repeat(length / 5 + 1).slice(0, length)),
)
const span: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ kind: fc.constantFrom('plain', 'bold', 'code'), text: hostile }),
  fc.record({
    kind: fc.constant('link' as const),
    text: hostile,
    url: fc.oneof(hostile, fc.webUrl(), fc.constant('javascript:alert(1)')),
  }),
  fc.record({ kind: fc.constant('mention' as const), personId: hostile, name: hostile }),
  fc.record({
    kind: fc.constant('time' as const),
    at: fc.oneof(hostile, fc.constant('2026-06-01T10:00:00Z')),
  }),
)
const text = fc.array(span, { maxLength: 6 })
const tone = fc.constantFrom('neutral', 'info', 'good', 'warning', 'bad')
const action = (index: number) =>
  fc.record({
    token: fc.constant(`token-${index}-abcdefghijklmnop`),
    label: hostile,
    style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
  })
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text, tone }),
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('context' as const), text }),
  fc.record({ kind: fc.constant('chart' as const), chart: anyChart(hostile) }),
  fc.record({
    kind: fc.constant('fields' as const),
    fields: fc.array(fc.record({ label: hostile, value: text }), { maxLength: 14 }),
  }),
  fc.record({
    kind: fc.constant('steps' as const),
    title: hostile,
    steps: fc.array(fc.record({ title: hostile, mark: fc.constantFrom(...stepMarks), detail: hostile }), {
      maxLength: 14,
    }),
    done: fc.nat(40),
    total: fc.nat(40),
  }),
)
const anyCard: fc.Arbitrary<Card> = fc
  .tuple(
    fc.record({
      kind: fc.constantFrom(...cardKinds),
      title: hostile,
      status: hostile,
      tone,
      severity: fc.constantFrom(null, 'critical' as const),
      blocks: fc.array(block, { maxLength: 60 }),
    }),
    fc.nat(30).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => action(index)))),
    fc.nat(3),
  )
  .map(([rest, actions, at]) => {
    const half = Math.ceil(actions.length / 2)
    const blocks = [...rest.blocks]
    blocks.splice(at, 0, { kind: 'actions', actions: actions.slice(0, half) })
    return { ...rest, blocks: [...blocks, { kind: 'actions', actions: actions.slice(half) }] }
  })

describe('any card as a Slack message', () => {
  it('C1 stays inside every limit of Slack, whatever stands in it', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        expect(messageComplaints(renderMessage(any, options))).toEqual([])
      }),
      { numRuns: 60, ...patience },
    )
  })

  it('C1 keeps every button exactly once', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const ids = stringsOf(renderMessage(any, options).blocks).filter(({ key }) => key === 'action_id')
        expect(ids.map(({ text: id }) => id).sort()).toEqual(
          actionsOf(any)
            .map(({ token }) => `act:${token}`)
            .sort(),
        )
      }),
      { numRuns: 25, ...patience },
    )
  })

  it('C1 keeps the start of every warning', () => {
    fc.assert(
      fc.property(anyCard, fc.nat(60), fc.constantFrom('warning', 'bad'), (any, at, how) => {
        const warning: Block = {
          kind: 'text',
          tone: how,
          text: [{ kind: 'plain', text: `Cannot be undone: ${'x'.repeat(9_000)}` }],
        }
        const blocks = any.blocks.toSpliced(at, 0, warning)
        const shown = stringsOf(renderMessage({ ...any, blocks }, options).blocks)
        expect(shown.some(({ text: each }) => each.startsWith('Cannot be undone: xxx'))).toBe(true)
      }),
      { numRuns: 25, ...patience },
    )
  })

  it('C1 pings nobody: no text of others begins a control sequence of Slack', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const { text: fallback, blocks } = renderMessage(any, options)
        for (const { text: each, type } of [
          ...stringsOf(blocks).filter(({ key }) => key === 'text'),
          { text: fallback, type: 'mrkdwn' },
        ]) {
          // Times and links are Suture's own; everything else that looks like one came from somebody.
          const others =
            type === 'mrkdwn'
              ? each.replace(/<!date\^\d+\^[^|>]*\|[^|>]*>|<https?:[^|<>\s]*\|[^|<>]*>/g, '')
              : each
          expect(others).not.toMatch(type === 'mrkdwn' ? /[<>]/ : /<[!@#]/)
        }
      }),
      { numRuns: 30, ...patience },
    )
  })
})
