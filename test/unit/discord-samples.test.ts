import { existsSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderMessage } from '../../adapters/discord/render.ts'
import { discordPage } from '../../scripts/discord-page.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import { sampleCards } from '../../scripts/sample-cards.ts'
import type { Card } from '../../src/domain/card.ts'
import { everyComponent, problemsOf } from '../support/discord-payloads.ts'
import { actionsOf, spansOf } from './support/cards.ts'

const samples: [string, Card][] = Object.entries(sampleCards)
const shown = (card: Card) =>
  renderMessage(card, { consoleUrl: 'https://suture.example', incidentId: 'inc-42' })

describe('cards as they are on an ordinary night', () => {
  it.each(samples)('C2 %s is shown whole', (_, card) => {
    const message = shown(card)
    expect(problemsOf('POST', '/channels/1/messages', message)).toEqual([])
    const parts = everyComponent(message.components)
    const texts = parts.map((part) => (typeof part['content'] === 'string' ? part['content'] : '')).join('\n')
    const read = texts.replace(/\\([^0-9A-Za-z\s])/g, '$1')
    expect(read).not.toContain('shortened')
    for (const span of spansOf(card))
      if (span.kind === 'plain')
        for (const line of span.text.trim().split('\n')) expect(read).toContain(line.trim())
    expect(parts.filter((part) => typeof part['custom_id'] === 'string')).toHaveLength(actionsOf(card).length)
    // One coloured mark is enough at three in the morning.
    expect((texts.match(/[⚪🔵🟡🟠🔴]/gu) ?? []).length).toBeLessThanOrEqual(1)
  })
})

describe('the pictures of the docs', () => {
  it.each(['alert', 'approval', 'run', 'outcome', 'answer'])(
    'C2 discord-%s.png is there and small',
    (name) => {
      const path = `${projectRoot}docs/pictures/discord-${name}.png`
      expect(existsSync(path)).toBe(true)
      expect(statSync(path).size).toBeLessThan(150_000)
    },
  )

  it('C2 show text as text', () => {
    const title = '<script>alert(1)</script>'
    const page = discordPage([{ at: '3:09', components: shown({ ...sampleCards.notice, title }).components }])
    expect(page).toContain('&lt;script&gt;')
    expect(page).not.toContain('<script>')
  })
})
