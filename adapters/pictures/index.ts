import type { Picture, PictureMaker } from '../../src/app/ports.ts'
import type { Chart } from '../../src/domain/chart.ts'
import { layoutOf } from '../../src/message/chart/layout.ts'
import { svgOf } from '../../src/message/chart/svg.ts'
import { isDrawable } from './drawable.ts'
import { rasterize } from './rasterize.ts'

/** Charts as PNG, one at a time and within a time; the library is loaded with the first of them. */

export interface PictureOptions {
  readonly log: { readonly warn: (details: object, message: string) => void }
  /** For tests. */
  readonly timeoutMs?: number
  readonly draw?: (svg: string, signal: AbortSignal) => Promise<Uint8Array>
}

/** As the files of `worker.ts` name themselves. */
const fontFamily = 'Inter'
/** Ten times what one takes on a slow machine; a person waits for the answer. */
const defaultTimeoutMs = 4_000
/** Whoever comes when so many wait gets no picture: it would come too late. */
const mostWaiting = 8

export const createPictureMaker = ({
  log,
  timeoutMs = defaultTimeoutMs,
  draw = rasterize,
}: PictureOptions): PictureMaker => {
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()

  return async (chart, signal) => {
    if (waiting >= mostWaiting) {
      log.warn({ chart: chart.title, waiting }, 'no picture was made: too many are being made')
      return null
    }
    if (!isDrawable(chart)) {
      log.warn(
        { chart: chart.title },
        'no picture was made: its font lacks letters of a name; it goes as text',
      )
      return null
    }
    waiting += 1
    const late = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])])
    const mine = turn.then(() => pictureOf(chart, draw, late))
    // Whatever becomes of one, the next has its turn; one that hangs is ended with its time.
    const ended = untilAborted(mine, late).finally(() => {
      waiting -= 1
    })
    turn = ended.catch(() => undefined)
    try {
      return await ended
    } catch (error) {
      log.warn(
        { chart: chart.title, error: error instanceof Error ? error.message : String(error) },
        'no picture was made; the same goes as text',
      )
      return null
    }
  }
}

const pictureOf = async (
  chart: Chart,
  draw: (svg: string, signal: AbortSignal) => Promise<Uint8Array>,
  late: AbortSignal,
): Promise<Picture> => {
  late.throwIfAborted()
  const bytes = await draw(svgOf(layoutOf(chart), fontFamily), late)
  return { name: 'chart.png', title: chart.title, alt: chart.alt, bytes }
}

const untilAborted = async <T>(work: Promise<T>, late: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const end = (): void => reject(new Error('it took too long', { cause: late.reason }))
  if (late.aborted) end()
  late.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    late.removeEventListener('abort', end)
    work.catch(() => undefined)
  }
}
