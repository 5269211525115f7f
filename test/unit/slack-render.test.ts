import { describe, expect, it } from 'vitest'
import { renderMessage } from '../../adapters/slack/render.ts'
import { bar } from '../../adapters/slack/render-blocks.ts'
import type { Block, Card } from '../../src/domain/card.ts'
import { reject } from '../../src/domain/rejection.ts'
import { refusalCard } from '../../src/message/notice-card.ts'
import { proposalCard } from '../../src/message/proposal-card.ts'
import { aProposalCard } from './support/cards.ts'
import { messageComplaints, stringsOf } from './support/slack-limits.ts'

const options = { consoleUrl: 'https://suture.example', incidentId: 'inc-42' }
const card = (over: Partial<Card> = {}): Card => ({
  kind: 'notice',
  title: 'Title',
  status: '',
  tone: 'neutral',
  severity: null,
  blocks: [],
  ...over,
})
const said = (text: string): Block => ({ kind: 'text', text: [{ kind: 'plain', text }] })

describe('a card as a Slack message', () => {
  it('C1 a title and a state make the sentence of the notification', () => {
    const shown = renderMessage(
      card({
        kind: 'incident',
        title: 'checkout & shop <down>',
        status: 'Looking into it',
        severity: 'high',
      }),
      options,
    )
    expect(shown.text).toBe('checkout &amp; shop &lt;down&gt;: Looking into it (high)')
    expect(shown.blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: '⚪ checkout & shop <down>', emoji: true },
    })
  })

  it('C1 a proposal has its facts in two columns, its plan numbered, and its buttons in order', () => {
    const waiting = aProposalCard({
      state: {
        kind: 'waiting',
        requestedBy: { id: 'person-1', name: 'Ada' },
        approvedBy: [],
        needed: { approvals: 1, roles: [], groups: [] },
        expiresAt: Temporal.Instant.from('2026-06-01T10:15:00Z'),
      },
    })
    const { blocks } = renderMessage(proposalCard(waiting), options)
    expect(blocks.map(({ type }) => type)).toEqual([
      'rich_text',
      'rich_text',
      'section',
      'rich_text',
      'rich_text',
      'rich_text',
      'actions',
      'context',
    ])
    expect(blocks.at(-2)).toEqual({
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'act:token-approve',
          text: { type: 'plain_text', text: 'Approve', emoji: true },
          style: 'primary',
        },
        {
          type: 'button',
          action_id: 'act:token-reject',
          text: { type: 'plain_text', text: 'Reject…', emoji: true },
          style: 'danger',
        },
      ],
    })
  })

  it('C1 a time is shown in the reader’s zone, in UTC where Slack cannot', () => {
    const { blocks } = renderMessage(
      refusalCard({ ...reject('freeze', 'Frozen.', 'Wait.'), earliest: '2026-06-01T10:00:30Z' }),
      options,
    )
    expect(JSON.stringify(blocks)).toContain(
      '{"type":"date","timestamp":1780308030,"format":"{date_short_pretty} at {time}","fallback":"2026-06-01 10:00 UTC"}',
    )
  })

  it('C1 a name is bold and pings nobody', () => {
    const { blocks } = renderMessage(
      card({ blocks: [{ kind: 'text', text: [{ kind: 'mention', personId: 'U1', name: '<@U1>' }] }] }),
      options,
    )
    expect(blocks.at(-1)).toEqual({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [{ type: 'text', text: '<\u2060@U1>', style: { bold: true } }],
        },
      ],
    })
  })

  it('C1 a long text is cut, with a link to all of it on the console', () => {
    const shown = renderMessage(card({ blocks: [said('long '.repeat(8_000))] }), options)
    expect(JSON.stringify(shown.blocks)).toContain(
      '{"type":"link","url":"https://suture.example/incidents/inc-42","text":"… more"}',
    )
    const without = renderMessage(card({ blocks: [said('long '.repeat(8_000))] }), {
      consoleUrl: null,
      incidentId: 'inc-42',
    })
    expect(JSON.stringify(without.blocks)).toContain('…"')
  })

  it('C1 many facts are split into sections of ten, a long one has the whole width', () => {
    const fields = Array.from({ length: 23 }, (_, index) => ({
      label: `Fact ${index}`,
      value: [{ kind: 'plain' as const, text: index === 22 ? 'long '.repeat(40) : 'short' }],
    }))
    const { blocks } = renderMessage(card({ blocks: [{ kind: 'fields', fields }] }), options)
    const sections = blocks.filter((each) => each.type === 'section')
    expect(sections.map((each) => ('fields' in each ? each.fields.length : 'text'))).toEqual([
      10,
      10,
      2,
      'text',
    ])
  })

  it('C1 seventy warnings all keep their start, four buttons their labels', () => {
    const warnings = Array.from(
      { length: 70 },
      (_, index): Block => ({ ...said(`Reason ${index}: ${'x'.repeat(9_000)}`), tone: 'bad' }) as Block,
    )
    const actions = Array.from({ length: 4 }, (_, index) => ({
      token: `token-${index}-abcdefghijklmnop`,
      label: `Choice ${index}`,
      style: 'plain' as const,
    }))
    const message = renderMessage(card({ blocks: [...warnings, { kind: 'actions', actions }] }), options)
    expect(messageComplaints(message)).toEqual([])
    const texts = stringsOf(message.blocks).map(({ text: each }) => each)
    for (let index = 0; index < 70; index++)
      expect(texts.some((each) => each.startsWith(`Reason ${index}: x`))).toBe(true)
    for (const { label } of actions) expect(texts).toContain(label)
  })

  it('C1 a link leads to http and https alone', () => {
    const link = (url: string): string =>
      JSON.stringify(
        renderMessage(
          card({ blocks: [{ kind: 'text', text: [{ kind: 'link', text: 'Look', url }] }] }),
          options,
        ).blocks,
      )
    expect(link('https://grafana.example/d/1?a=b|c')).toContain('"url":"https://grafana.example/d/1?a=b%7Cc"')
    expect(link('javascript:alert(1)')).not.toContain('"link"')
  })

  it('C1 a dangerous button without a prompt asks once more, and is red only beside another choice', () => {
    const cancel = { token: 't', label: 'Cancel', style: 'danger' } as const
    const alone = renderMessage(card({ blocks: [{ kind: 'actions', actions: [cancel] }] }), options)
    expect(alone.blocks.at(-1)).toEqual({
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'act:t',
          text: { type: 'plain_text', text: 'Cancel', emoji: true },
          confirm: {
            title: { type: 'plain_text', text: 'Cancel?', emoji: true },
            text: { type: 'plain_text', text: 'Title', emoji: true },
            confirm: { type: 'plain_text', text: 'Cancel', emoji: true },
            deny: { type: 'plain_text', text: 'Go back', emoji: true },
            style: 'danger',
          },
        },
      ],
    })
  })

  it('C1 what warns has a bar at its side; the line of the state has none, unless it is bad', () => {
    const bars = (tone: 'warning' | 'bad'): string[] =>
      renderMessage(
        card({
          tone,
          blocks: [
            { ...said('Cannot be undone'), tone: 'warning' } as Block,
            { ...said('Waiting'), tone } as Block,
          ],
        }),
        options,
      ).blocks.flatMap((each) => (each.type === 'rich_text' ? each.elements.map(({ type }) => type) : []))
    expect(bars('warning')).toEqual(['rich_text_section', 'rich_text_quote', 'rich_text_section'])
    expect(bars('bad')).toEqual(['rich_text_section', 'rich_text_quote', 'rich_text_quote'])
  })

  it('C1 what a program wrote stands in a box of its own', () => {
    const { blocks } = renderMessage(
      card({
        blocks: [
          {
            kind: 'text',
            text: [
              { kind: 'bold', text: 'Last output\n' },
              { kind: 'code', text: 'port 8080 is taken' },
            ],
          },
        ],
      }),
      options,
    )
    expect(blocks.at(-1)).toEqual({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [{ type: 'text', text: 'Last output', style: { bold: true } }],
        },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'port 8080 is taken' }] },
      ],
    })
  })

  it('C1 a run that ended badly shows no full bar', () => {
    const steps = (mark: 'succeeded' | 'failed' | 'running'): string =>
      JSON.stringify(
        renderMessage(
          card({
            kind: 'run',
            blocks: [
              {
                kind: 'steps',
                title: 'Steps',
                steps: [{ title: 'Restart', mark, detail: '' }],
                done: 1,
                total: 1,
              },
            ],
          }),
          options,
        ).blocks,
      )
    expect(steps('running')).toContain('▰')
    expect(steps('succeeded')).toContain('▰')
    expect(steps('failed')).not.toContain('▰')
  })

  it.each([
    [0, 0, '▱'],
    [0, 3, '▱▱▱'],
    [3, 5, '▰▰▰▱▱'],
    [9, 5, '▰▰▰▰▰'],
    [10, 40, '▰▰▱▱▱▱▱▱▱▱'],
  ])('C1 %i of %i steps fill the bar %s', (done, total, cells) => {
    expect(bar(done, total)).toBe(cells)
  })
})
