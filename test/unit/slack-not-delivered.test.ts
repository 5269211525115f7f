import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { notDelivered } from '../../adapters/slack/not-delivered.ts'

const platform = (error: string, more: object = {}) => new WebAPIPlatformError({ ok: false, error, ...more })
const cause = (code: string) =>
  new WebAPIRequestError(
    new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code }) }),
  )

describe('what a failed call to Slack means', () => {
  it.each([
    ['a rate limit', new WebAPIRateLimitedError(3), true, 3_000, false],
    [
      'a rate limit in the body',
      platform('ratelimited', { response_metadata: { retryAfter: 7 } }),
      true,
      7_000,
      false,
    ],
    [
      'a rate limit without a time',
      new Error('Retry header did not contain a valid timeout (url: x)'),
      true,
      null,
      false,
    ],
    ['a 429 as an HTTP error', new WebAPIHTTPError(429, 'Too Many Requests', {}), true, null, false],
    ['a 502', new WebAPIHTTPError(502, 'Bad Gateway', {}), true, null, true],
    ['a 403 of a proxy', new WebAPIHTTPError(403, 'Forbidden', {}), false, null, false],
    ['no headers in time', new WebAPIRequestError(new DOMException('x', 'TimeoutError')), true, null, true],
    ['a body that stalls', new DOMException('x', 'TimeoutError'), true, null, true],
    ['a broken socket', cause('UND_ERR_SOCKET'), true, null, true],
    ['a refused connection', cause('ECONNREFUSED'), true, null, false],
    ['a name that does not resolve', cause('ENOTFOUND'), true, null, false],
    ['an unknown thing', 'thrown', true, null, true],
    ['HTML', platform('<html><body>Blocked by proxy xoxb-1</body></html>'), true, null, true],
    ['a fault of Slack’s own', platform('fatal_error'), true, null, true],
    ['a thread that is gone', platform('thread_not_found'), true, null, false],
    ['a name like a method of objects', platform('constructor'), false, null, false],
    ['a revoked token', platform('token_revoked'), false, null, false],
  ])('C5 %s', (_, error, retryable, retryAfterMs, uncertain) => {
    const answer = notDelivered(error)
    expect(answer).toEqual({ done: false, why: answer.why, retryable, retryAfterMs, uncertain })
    expect(answer.why).toMatch(/^[A-Z][^<]{10,150}[.?]$/)
    expect(answer.why).not.toContain('xoxb')
  })
})
