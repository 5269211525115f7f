import { createHmac, timingSafeEqual } from 'node:crypto'
import type { HookRequest, RefusedRequest } from '../../src/app/ports.ts'

/** Slack's signature v0, https://docs.slack.dev/authentication/verifying-requests-from-slack. */

/** How old a request may be, s; Slack's own advice. As much is granted to clocks that run ahead. */
const maxAgeS = 300

export type Verdict =
  | { readonly genuine: true; readonly signature: string }
  | { readonly genuine: false; readonly reason: RefusedRequest['reason'] }

const refuse = (reason: RefusedRequest['reason']): Verdict => ({ genuine: false, reason })

/** @param nowMs epoch milliseconds */
export const verifyRequest = (request: HookRequest, signingSecret: string, nowMs: number): Verdict => {
  const timestamp = request.headers.get('x-slack-request-timestamp')
  const signature = request.headers.get('x-slack-signature')
  if (timestamp === null || signature === null) return refuse('missing')
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) return refuse('malformed')
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > maxAgeS) return refuse('stale')
  // Over the raw bytes: text that was decoded and encoded again need not be the same.
  const digest = createHmac('sha256', signingSecret)
    .update(`v0:${timestamp}:`)
    .update(request.rawBody)
    .digest('hex')
  return timingSafeEqual(Buffer.from(`v0=${digest}`), Buffer.from(signature))
    ? { genuine: true, signature }
    : refuse('mismatch')
}
