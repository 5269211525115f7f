import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeText, safeUrl } from '../../adapters/discord/escape.ts'
import { type DiscordMessage, renderMessage } from '../../adapters/discord/render.ts'
import { severities } from '../../src/domain/alert.ts'
import { type Block, type Card, cardKinds, type Span, stepMarks } from '../../src/domain/card.ts'
import { everyComponent, problemsOf } from '../support/discord-payloads.ts'
import { anyChart } from './support/charts.ts'

const console = { consoleUrl: 'https://suture.example.org', incidentId: 'inc-7' }
const hostile = [
  '@everyone',
  '@here now',
  '<@1>',
  '<@&1>',
  '<#1>',
  '<t:1:R>',
  '<:e:1>',
  '</cmd:1>',
  '[pay here](https://evil.example)',
  'https://evil.example/a_b_c',
  '# heading',
  '-# small',
  '> quote',
  '>>> quote',
  '- list\n* list\n1. list\n+ list',
  '```js\ncode\n```',
  '`code`',
  '**bold** __under__ ~~struck~~ ||spoiler||',
  ':smile:',
  '\u202egnp.exe',
  'a\u200b\u200db\u2066c',
  '\ud83d',
  '\udca9',
  '\u0000\u0007\u001b[31m',
  '\\',
  '\\\\*',
  '   \n\n  ',
  '👩‍👩‍👧 ❤️ ñ 漢字',
  '\u{e0041}\u{e0042}\u3164',
]
const anyText = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 20 })), {
        maxLength: 6,
      })
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...hostile, 'x', '*', 'word '), fc.integer({ min: 1, max: 40_000 }))
      .map(([part, length]) => part.repeat(Math.ceil(length / part.length)).slice(0, length)),
  },
)
const anySpan: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ kind: fc.constant('plain' as const), text: anyText }),
  fc.record({ kind: fc.constant('bold' as const), text: anyText }),
  fc.record({ kind: fc.constant('code' as const), text: anyText }),
  fc.record({ kind: fc.constant('mention' as const), personId: fc.uuid(), name: anyText }),
  fc.record({
    kind: fc.constant('link' as const),
    text: anyText,
    url: fc.oneof(
      fc.webUrl(),
      anyText,
      fc.constant('javascript:alert(1)'),
      fc.constant('https://a.example/(x)<y>'),
    ),
  }),
  fc.record({
    kind: fc.constant('time' as const),
    at: fc.oneof(fc.constant('2026-11-22T18:30:00Z'), anyText),
  }),
)
const anySpans = fc.array(anySpan, { maxLength: 4 })
const anyBlock = (at: number): fc.Arbitrary<Block> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('text' as const),
      text: anySpans,
      tone: fc.constantFrom('neutral' as const, 'info' as const, 'good' as const),
    }),
    fc.record({
      kind: fc.constant('fields' as const),
      fields: fc.array(fc.record({ label: anyText, value: anySpans }), { maxLength: 8 }),
    }),
    fc.record({
      kind: fc.constant('steps' as const),
      title: anyText,
      steps: fc.array(fc.record({ title: anyText, mark: fc.constantFrom(...stepMarks), detail: anyText }), {
        maxLength: 30,
      }),
      done: fc.nat({ max: 30 }),
      total: fc.nat({ max: 30 }),
    }),
    fc.record({ kind: fc.constant('context' as const), text: anySpans }),
    fc.record({ kind: fc.constant('chart' as const), chart: anyChart(anyText) }),
    fc
      .array(
        fc.record({
          label: anyText,
          style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
        }),
        { maxLength: 5 },
      )
      .map((actions) => ({
        kind: 'actions' as const,
        actions: actions.map((action, index) => ({ ...action, token: `token-${at}-${index}` })),
      })),
    // A risk: it begins with a word of its own, so that it can be found again.
    fc.record({
      kind: fc.constant('text' as const),
      text: anyText.map((text): Span[] => [{ kind: 'plain', text: `RISK${at} ${text}` }]),
      tone: fc.constantFrom('warning' as const, 'bad' as const),
    }),
  )
const anyCard: fc.Arbitrary<Card> = fc.record({
  kind: fc.constantFrom(...cardKinds),
  title: anyText,
  status: anyText,
  tone: fc.constantFrom(
    'neutral' as const,
    'info' as const,
    'good' as const,
    'warning' as const,
    'bad' as const,
  ),
  severity: fc.option(fc.constantFrom(...severities), { nil: null }),
  blocks: fc
    .tuple(...Array.from({ length: 12 }, (_, at) => fc.option(anyBlock(at), { nil: null })))
    .map((blocks) => {
      let actions = 0
      return blocks.flatMap((block): Block[] => {
        if (block === null) return []
        if (block.kind !== 'actions') return [block]
        actions += block.actions.length
        return actions > 25 ? [] : [block]
      })
    }),
})
const anyOptions = fc.constantFrom(
  console,
  { consoleUrl: null, incidentId: null },
  { consoleUrl: 'http://localhost:3000/', incidentId: 'inc-7' },
  { ...console, ownChannelId: '400000000000000009' },
)

const textsOf = (message: DiscordMessage): string[] =>
  everyComponent(message.components)
    .filter((part) => part['type'] === 10)
    .map((part) => String(part['content']))
const textOf = (message: DiscordMessage): string => textsOf(message).join('\n')
const buttonsOf = (message: DiscordMessage) =>
  everyComponent(message.components).filter((part) => part['type'] === 2)
const render = (card: Partial<Card>, options = console): DiscordMessage =>
  renderMessage(
    { kind: 'notice', title: 'T', status: '', tone: 'info', severity: null, blocks: [], ...card },
    options,
  )

/** Every sign that would be read as formatting, walking as Discord does: a backslash takes the sign behind it out. */
const formatting = (markdown: string): string[] => {
  const plain = markdown.replace(/\\[^0-9A-Za-z\s]/g, '\u0001')
  return [
    ...(plain.match(/[`*_~|<>[\]]/g) ?? []),
    ...(plain.match(/:\S/g) ?? []),
    ...(plain.match(/^[^\S\n]*(#|-|\+|\d+[.)])/gm) ?? []),
    ...(plain.match(/@(everyone|here)/gi) ?? []),
  ]
}

describe('a card on Discord', () => {
  it('C2 any card fits what Discord takes, with every button once and every risk begun', () => {
    fc.assert(
      fc.property(anyCard, anyOptions, (card, options) => {
        const message = renderMessage(card, options)
        expect(problemsOf('POST', '/channels/1/messages', message)).toEqual([])
        const actions = card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
        expect(buttonsOf(message).flatMap((button) => button['custom_id'] ?? [])).toEqual(
          actions.map(({ token }) => `act:${token}`),
        )
        const text = textOf(message)
        for (const block of card.blocks)
          if (block.kind === 'text' && (block.tone === 'warning' || block.tone === 'bad')) {
            const [span] = block.text
            expect(text).toContain(span?.kind === 'plain' ? span.text.split(' ')[0] : '')
          }
        expect(text.isWellFormed()).toBe(true)
      }),
      { numRuns: 150, endOnFailure: true },
    )
  })

  it('C2 no mention stems from text: what Discord would read as one is written by the renderer alone', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        // As Discord reads it, from left to right: a sign behind a backslash is no sign, and in code nothing is one.
        const outsideCode = textOf(renderMessage(card, console)).replace(
          /\\[^0-9A-Za-z\s]|```\n[^]*?\n```|`[^`]*`/g,
          '',
        )
        expect(outsideCode.replace(/<t:-?\d+:[tTR]>/g, '')).not.toMatch(/<|@everyone|@here/i)
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it('C2 text is shown letter for letter, and nothing of it formats', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeText(text)
        expect(formatting(escaped)).toEqual([])
        const read = escaped.replace(/\\([^0-9A-Za-z\s])/g, '$1').replaceAll('\u200b', '')
        expect(read.replace(/\s/g, '')).toBe(
          text
            .toWellFormed()
            .replace(
              /[^\P{Cc}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\ufff9-\ufffb\s]/gu,
              '',
            ),
        )
      }),
      { numRuns: 400 },
    )
  })

  it.each(hostile)('C2 as a title, a field and a label, %j does not format', (text) => {
    const message = render({
      title: text,
      status: text,
      blocks: [
        { kind: 'fields', fields: [{ label: text, value: [{ kind: 'plain', text }] }] },
        { kind: 'actions', actions: [{ token: 'a', label: text, style: 'plain' }] },
      ],
    })
    expect(problemsOf('POST', '/channels/1/messages', message)).toEqual([])
    const [head = '', fields = ''] = textsOf(message)
    // What the renderer writes itself: the heading's sign and the stars around status and label.
    expect(formatting(head.replace(/^### /, '').replace(/^\*\*(.*)\*\*$/m, '$1'))).toEqual([])
    expect(formatting(fields.replace(/^\*\*(.*?):\*\* ?/, '$1'))).toEqual([])
  })

  it('C2 long text is shortened and says so, with a link to where all of it is', () => {
    const blocks: Block[] = [
      { kind: 'text', text: [{ kind: 'plain', text: 'long '.repeat(8_000) }] },
      { kind: 'fields', fields: [{ label: 'Service', value: [{ kind: 'code', text: 'checkout' }] }] },
      { kind: 'text', tone: 'bad', text: [{ kind: 'plain', text: 'It cannot be undone.' }] },
    ]
    const text = textOf(render({ blocks }))
    expect(text).toContain('… more')
    expect(text).toContain('**Service:** `checkout`')
    expect(text).toContain('🛑 It cannot be undone.')
    expect(text).toContain('[All of it](https://suture.example.org/incidents/inc-7)')
    expect(text.length).toBeGreaterThan(3_500)
    expect(textOf(render({ blocks }, { consoleUrl: null, incidentId: 'inc-7' } as never))).toContain(
      'This card is shortened.',
    )
  })

  it('C2 a risk has a mark, the line that says the state once more has none', () => {
    const state = {
      kind: 'text',
      tone: 'warning',
      text: [{ kind: 'plain', text: 'One approval is needed.' }],
    } as const
    const risk = {
      kind: 'text',
      tone: 'warning',
      text: [{ kind: 'plain', text: 'It cannot be undone.' }],
    } as const
    const texts = textsOf(render({ tone: 'warning', blocks: [risk, state] }))
    expect(texts).toContain('⚠️ It cannot be undone.')
    expect(texts).toContain('One approval is needed.')
    expect(textsOf(render({ tone: 'info', blocks: [risk] }))).toContain('⚠️ It cannot be undone.')
  })

  it('C2 a time is shown in the zone of the reader, to the minute or to the second', () => {
    const at = '2026-11-22T18:30:07Z'
    const text = textOf(
      render({
        blocks: [
          {
            kind: 'text',
            text: [
              { kind: 'time', at },
              { kind: 'plain', text: ' ' },
              { kind: 'time', at, precision: 'second' },
            ],
          },
        ],
      }),
    )
    expect(text).toContain('<t:1795372207:t> (<t:1795372207:R>) <t:1795372207:T>')
  })

  it('C2 a link leads only to a web page, whatever its address says', () => {
    const link = (url: string) =>
      textOf(render({ blocks: [{ kind: 'text', text: [{ kind: 'link', text: 'Graph', url }] }] }))
    expect(link('https://g.example/d?a=(1)')).toContain('[Graph](https://g.example/d?a=%281%29)')
    expect(link('javascript:alert(1)')).not.toContain('](')
  })

  it('C2 an address mentions nobody, and leads where it led', () => {
    expect(safeUrl('https://shop.example/team/@everyone/@Here?by=ann@shop.example')).toBe(
      'https://shop.example/team/%40everyone/%40Here?by=ann@shop.example',
    )
  })

  it('C2 a page that Discord would refuse as a button is left out, and the card stands', () => {
    expect(buttonsOf(render({ kind: 'incident' }))).toMatchObject([
      { style: 5, url: 'https://suture.example.org/incidents/inc-7' },
    ])
    expect(
      buttonsOf(render({ kind: 'incident' }, { consoleUrl: 'http://localhost:3000', incidentId: 'inc-7' })),
    ).toEqual([])
  })

  it('C2 a button that asks for a reason first says so by three dots', () => {
    const message = render({
      blocks: [
        {
          kind: 'actions',
          actions: [
            {
              token: 'r',
              label: 'Reject',
              style: 'danger',
              prompt: { title: 'Why', label: 'Why', required: true },
            },
          ],
        },
      ],
    })
    expect(buttonsOf(message)).toEqual([{ type: 2, style: 4, label: 'Reject…', custom_id: 'act:r' }])
  })
})
