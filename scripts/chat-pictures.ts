import { mkdir } from 'node:fs/promises'
import type { Card } from '../src/domain/card.ts'
import { launchBrowser } from '../test/support/browser.ts'
import { projectRoot } from './project-files.ts'
import { sampleCards } from './sample-cards.ts'

/** The pictures of every chat: the same cards in the same messages, so that the chats can be compared. */
const pictures = {
  alert: ['incident', 'evidence'],
  approval: ['waiting'],
  run: ['running', 'failed'],
  outcome: ['outcome', 'resolved'],
  answer: ['answer', 'notice'],
  refusal: ['closed', 'frozen'],
  gate: ['gate'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof sampleCards)[]>>

/** What links lead to, as a renderer wants to know it. */
export const samplePlace = { consoleUrl: 'https://suture.example', incidentId: 'inc-42' } as const

/**
 * Draws `<chat>-<picture>.png` into the folder of the first argument, docs/pictures without one. `pageOf` gives the HTML
 * of a page whose `main` shows the cards. Needs Chromium.
 */
export const drawPictures = async (
  chat: string,
  pageOf: (cards: readonly Card[]) => string,
): Promise<void> => {
  const folder = process.argv[2] ?? `${projectRoot}docs/pictures`
  await mkdir(folder, { recursive: true })
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 680, height: 400 } })
    for (const [name, keys] of Object.entries(pictures)) {
      await page.setContent(pageOf(keys.map((key) => sampleCards[key])))
      await page.locator('main').screenshot({ path: `${folder}/${chat}-${name}.png` })
    }
  } finally {
    await browser.close()
  }
}
