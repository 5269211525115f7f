import type { Picture, PictureMaker } from '../../src/app/ports.ts'
import { type Card, chartsOf } from '../../src/domain/card.ts'
import type { AdapterLog, SlackClient } from './client.ts'
import { reasonOf } from './failure.ts'
import { type FilePlace, sendFile } from './send-file.ts'

/** The pictures of a card's charts. Slack takes them as files of the thread; the card itself can't hold them. */
export interface Pictures {
  /** Null where the card has no chart, or a chart no picture: then its rows stand in the card. */
  readonly of: (card: Card) => Promise<readonly Picture[] | null>
  /** Never throws: the words of the answer stand already. */
  readonly send: (pictures: readonly Picture[], to: FilePlace, signal?: AbortSignal) => Promise<void>
}

/** Longer than this the next card of the thread isn't kept waiting; what is under way may still arrive. */
const patienceMs = 6_000

export const createPictures = (options: {
  readonly client: SlackClient
  readonly apiUrl: string
  readonly log: AdapterLog
  /** Null: this chat shows rows of text. */
  readonly make: PictureMaker | null
}): Pictures => {
  const { client, apiUrl, log, make } = options
  return {
    of: async (card) => {
      const charts = chartsOf(card)
      if (make === null || charts.length === 0) return null
      const made = await Promise.all(charts.map((chart) => make(chart)))
      const pictures = made.filter((picture) => picture !== null)
      return pictures.length === charts.length ? pictures : null
    },
    send: async (pictures, to, signal) => {
      const late = AbortSignal.any([
        AbortSignal.timeout(patienceMs),
        ...(signal === undefined ? [] : [signal]),
      ])
      const all = async (): Promise<void> => {
        for (const { name, title, alt, bytes } of pictures)
          await sendFile(client, apiUrl, { name, title, alt, content: bytes, sentence: '' }, to)
      }
      try {
        await withinTime(all(), late)
      } catch (error) {
        log.warn(
          { error: reasonOf(error) },
          'Slack: a picture could not be sent; the words of the answer stand. See docs/slack.md for the right files:write',
        )
      }
    },
  }
}

const withinTime = async (work: Promise<void>, late: AbortSignal): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const end = (): void => reject(new Error('Slack did not take it in time'))
  if (late.aborted) end()
  late.addEventListener('abort', end, { once: true })
  try {
    await Promise.race([work, promise])
  } finally {
    late.removeEventListener('abort', end)
    // When the time is over, what becomes of the call is nobody's concern any more.
    work.catch(() => undefined)
  }
}
