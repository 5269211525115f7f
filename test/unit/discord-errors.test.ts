import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest'
import { describe, expect, it } from 'vitest'
import { notDelivered, Undeliverable } from '../../adapters/discord/errors.ts'
import { gapMs } from '../../adapters/discord/limits.ts'

const url = 'https://discord.com/api/v10/webhooks/1/a-secret-token'
const refusal = (status: number, code: number, message = 'No') =>
  new DiscordAPIError({ code, message }, code, status, 'POST', url, { body: { content: 'a secret' } })
const limit = (over: object) =>
  new RateLimitError({
    global: false,
    hash: 'h',
    limit: 5,
    majorParameter: '1',
    method: 'POST',
    retryAfter: 1_336_570.4,
    route: '/channels/:id/messages',
    scope: 'user',
    sublimitTimeout: 0,
    timeToReset: 0,
    url,
    ...over,
  })
const withCode = (code: string) => Object.assign(new Error(`connect ${url}`), { code })
const named = (name: string) => Object.assign(new Error('x'), { name })

describe('what Discord or the way to it does wrong', () => {
  it.each([
    ['a limit of a channel', limit({}), { retryable: true, retryAfterMs: 1_336_571, uncertain: false }],
    ['a limit of the whole bot', limit({ global: true }), { retryable: true, uncertain: false }],
    ['a limit that is over', limit({ retryAfter: 0 }), { retryable: true, retryAfterMs: 1 }],
    ['a wrong token', refusal(401, 0), { retryable: false, uncertain: false }],
    ['a channel that is gone', refusal(404, 10_003), { retryable: false, uncertain: false }],
    ['an unknown refusal', refusal(400, 99_999), { retryable: false, uncertain: false }],
    ['a fault with a body', refusal(500, 0), { retryable: true, uncertain: true }],
    ['a fault', new HTTPError(502, 'Bad', 'POST', url, {}), { retryable: true, uncertain: true }],
    ['silence', named('AbortError'), { retryable: true, uncertain: true }],
    ['an end of patience', named('TimeoutError'), { retryable: true, uncertain: true }],
    ['a broken connection', withCode('UND_ERR_SOCKET'), { retryable: true, uncertain: true }],
    ['no name for it', withCode('ENOTFOUND'), { retryable: true, uncertain: false }],
    ['no connection', withCode('UND_ERR_CONNECT_TIMEOUT'), { retryable: true, uncertain: false }],
    ['a page instead of JSON', new SyntaxError('Unexpected token <'), { retryable: true, uncertain: true }],
    [
      'a reason of our own',
      new Undeliverable('There is no channel.', false),
      { retryable: false, uncertain: false },
    ],
  ])('C5 %s is a value with a sentence, and holds no secret', (_, error, expected) => {
    const result = notDelivered(error, 'incidents')
    expect(result).toMatchObject({ done: false, ...expected })
    expect(result.why).toMatch(/^[A-Z#].{4,}\.$/)
    expect(result.why).not.toContain('secret')
  })

  it('C5 a defect of ours is thrown, not hidden as trouble with Discord', () => {
    expect(() => notDelivered(new TypeError('undefined is no function'), 'incidents')).toThrow(TypeError)
  })
})

describe('the pause between two calls to one channel', () => {
  it('C5 keeps within 5 in 5 seconds, wherever one begins to count', () => {
    const sent = Array.from({ length: 20 }, (_, at) => at * gapMs)
    for (const from of sent)
      expect(sent.filter((at) => at >= from && at < from + 5_000).length).toBeLessThanOrEqual(5)
  })
})
