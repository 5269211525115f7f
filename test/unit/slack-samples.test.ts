import { existsSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderMessage } from '../../adapters/slack/render.ts'
import { blockKitPage } from '../../scripts/block-kit-page.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import { sampleCards } from '../../scripts/sample-cards.ts'
import { bold, type Card, cardKinds } from '../../src/domain/card.ts'
import { spansOf } from './support/cards.ts'
import { messageComplaints, stringsOf } from './support/slack-limits.ts'

const samples: [string, Card][] = Object.entries(sampleCards)
const shown = (card: Card) =>
  renderMessage(card, { consoleUrl: 'https://suture.example', incidentId: 'inc-42' })

describe('cards as they are on an ordinary night', () => {
  it('C1 are of every kind', () => {
    expect(new Set(samples.map(([, { kind }]) => kind))).toEqual(new Set(cardKinds))
  })

  it.each(samples)('C1 %s is shown whole', (_, card) => {
    const message = shown(card)
    expect(messageComplaints(message)).toEqual([])
    const texts = stringsOf(message.blocks)
      .map(({ text }) => text)
      .join('\n')
    expect(texts).not.toContain('… more')
    for (const span of spansOf(card))
      if (span.kind === 'plain')
        for (const line of span.text.trim().split('\n')) expect(texts).toContain(line.trim())
    // One coloured mark is enough at three in the morning.
    expect(texts.match(/[⚪🔵🟢🟡🔴]/gu)).toHaveLength(1)
  })

  it('C1 the longest output of a run is shown whole, and a wall of text is not', () => {
    const of = (text: string): string =>
      JSON.stringify(
        shown({
          ...sampleCards.running,
          blocks: [
            { kind: 'text', text: [bold('Last output\n'), { kind: 'code', text }] },
            { kind: 'context', text: [] },
          ],
        }),
      )
    // What src/message/run-card.ts cuts an output to, with its `…`.
    expect(of('x'.repeat(1_201))).not.toContain('more')
    expect(of('x'.repeat(3_000))).toContain('… more')
  })
})

describe('the pictures of the docs', () => {
  it.each(['alert', 'approval', 'run', 'outcome', 'answer'])('C1 slack-%s.png is there and small', (name) => {
    const path = `${projectRoot}docs/pictures/slack-${name}.png`
    expect(existsSync(path)).toBe(true)
    expect(statSync(path).size).toBeLessThan(100_000)
  })

  it('show text as text', () => {
    const page = blockKitPage([
      {
        at: '3:09 AM',
        blocks: shown({ ...sampleCards.notice, title: '<script>alert(1)</script>' }).blocks,
      },
    ])
    expect(page).toContain('&lt;script&gt;')
    expect(page).not.toContain('<script>')
  })
})
