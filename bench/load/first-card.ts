import { webhookBody } from './bodies.ts'
import { postAll, requestBytes, type Target } from './http-load.ts'

/** One alert posted to Suture, and the live stream on which its card is to be seen. */
export interface SeenPost {
  readonly target: Target
  readonly eventsUrl: string
  readonly key: string
  readonly service: string
  readonly startsAt: string
}

const withinMs = 20_000

/** Milliseconds from the post to the first card event on an open stream, as an open console hears it. */
export const firstCardAfter = async ({
  target,
  eventsUrl,
  key,
  service,
  startsAt,
}: SeenPost): Promise<number> => {
  const ending = new AbortController()
  const late = setTimeout(() => ending.abort(new Error(`no card within ${withinMs / 1000} s`)), withinMs)
  try {
    const response = await fetch(eventsUrl, {
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
      signal: ending.signal,
    })
    if (response.status !== 200 || response.body === null)
      throw new Error(`${eventsUrl} answered ${response.status}; expected a stream of events`)
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    // The stream greets, so that what follows is known to be heard.
    await reader.read()
    const request = requestBytes(
      target,
      webhookBody([
        { service, instance: 'only', alertname: 'ServiceDown', status: 'firing', startsAt, endsAt: null },
      ]),
    )
    const started = performance.now()
    const posted = postAll(target.port, [request], 1)
    let text = ''
    while (!/"topic":"card"/.test(text)) {
      const { done, value } = await reader.read()
      if (done) throw new Error('the stream of events ended before the card came')
      text += value
    }
    const elapsedMs = performance.now() - started
    await posted
    return elapsedMs
  } finally {
    clearTimeout(late)
    ending.abort()
  }
}
