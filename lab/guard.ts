/** Who may talk to the control API: this machine only, not a page in its browser, and with the token to change anything. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { Problem } from './problem.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

/**
 * A foreign Host means a name that was rebound to loopback; a foreign Origin means a web page is asking.
 * @throws Problem 403
 */
export const onlyLoopback: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? ''
  if (!LOOPBACK.has(hostName(host))) {
    throw new Problem(
      403,
      'foreign-host',
      'Foreign Host',
      `Host ${JSON.stringify(host.slice(0, 100))} is not this machine's loopback address`,
      'Call http://127.0.0.1 or http://localhost with the port of the lab.',
      [{ field: 'Host', message: 'must be 127.0.0.1, localhost or [::1]' }],
    )
  }
  const origin = context.req.header('origin')
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    throw new Problem(
      403,
      'foreign-origin',
      'Foreign Origin',
      `Origin ${JSON.stringify(origin.slice(0, 100))} is another site`,
      'Call the lab from a program, or from the Suture console; pages of other origins may not.',
      [{ field: 'Origin', message: 'must be absent or the lab itself' }],
    )
  }
  await next()
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** @throws Problem 401 */
export function onlyWithToken(token: string): MiddlewareHandler {
  const expected = digest(`Bearer ${token}`)
  return async (context, next) => {
    const given = context.req.header('authorization')
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new Problem(
        401,
        'token-needed',
        given === undefined ? 'A token is needed' : 'The token is wrong',
        `${context.req.method} ${context.req.path} needs "Authorization: Bearer <token>"`,
        "The token is in the file token beside the lab's lab.json; npm run lab finds it by itself.",
      )
    }
    await next()
  }
}
