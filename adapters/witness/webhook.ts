import type { PostCheckpoint } from '../../src/app/ports.ts'

const withinMs = 10_000

/** Posts the note of a checkpoint, to the byte, as text/plain. Throws a sentence, without the URL: it may hold a token. */
export const createWitnessWebhook =
  (url: string): PostCheckpoint =>
  async (note) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: note,
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
    }).catch((error: unknown) => {
      const timedOut = error instanceof Error && error.name === 'TimeoutError'
      throw new Error(timedOut ? `no answer within ${withinMs / 1000} s` : 'it cannot be reached', {
        cause: error,
      })
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`it answered ${response.status}`)
  }
