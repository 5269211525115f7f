import { createHmac } from 'node:crypto'
import { Agent, fetch } from 'undici'
import type { AuditSink } from '../../src/app/ports.ts'
import { RefusedEntry } from '../../src/domain/siem/refused-entry.ts'

export interface WebhookOptions {
  readonly url: string
  readonly secret: string | null
  /** In PEM; null for those that Node trusts. */
  readonly authority: string | null
  readonly withinMs?: number
}

/**
 * Posts JSON lines. Signed as Suture wants alerts signed itself: `t=<unix seconds>,v1=<hex>`, HMAC-SHA256 of the time, a full stop
 * and the body. Throws a sentence, without the URL: it may hold a token.
 */
export const createWebhookSink = ({
  url,
  secret,
  authority,
  withinMs = 10_000,
}: WebhookOptions): AuditSink => {
  // A connection for each batch: none is left open between them that would have to be closed at the end.
  const agent = new Agent({ pipelining: 0, connect: authority === null ? {} : { ca: authority } })
  return async (records) => {
    const [first, last] = [records[0], records.at(-1)]
    if (first === undefined || last === undefined) return
    const body = records.map(({ json }) => `${json}\n`).join('')
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        // The same for the same entries, however often they are sent.
        'idempotency-key': `${first.tenantId}-${first.index}-${last.index}`,
        ...(secret === null ? {} : { 'x-suture-signature': signatureOf(secret, body) }),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
      dispatcher: agent,
    }).catch((error: unknown) => {
      throw new Error(wordsOf(error, withinMs), { cause: error })
    })
    await response.body?.cancel()
    if (refusals.has(response.status)) throw new RefusedEntry(`it answered ${response.status}`)
    if (!response.ok) throw new Error(`it answered ${response.status}`)
  }
}

/** Bad Request, Content Too Large, Unprocessable Content: of RFC 9110 those that find fault with the content itself. */
const refusals = new Set([400, 413, 422])

const signatureOf = (secret: string, body: string): string => {
  const seconds = String(Math.floor(Temporal.Now.instant().epochMilliseconds / 1000))
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`
}

const wordsOf = (error: unknown, withinMs: number): string => {
  if (!(error instanceof Error)) return 'it cannot be reached'
  if (error.name === 'TimeoutError') return `no answer within ${withinMs / 1000} s`
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return `it cannot be reached${code}`
}
