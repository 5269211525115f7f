import type { IngestReceipt } from '../app/ingest/write-alerts.ts'
import { type AlertSourceName, alertSources, type ParsedAlerts } from '../domain/alert.ts'
import { PayloadError } from '../domain/alert-parser.ts'
import { parseJsonBody, readBody, requireJson } from './body.ts'
import { defaultHttpLimits, type HttpDeps } from './deps.ts'
import type { NodeBindings } from './exchange.ts'
import { problemOfFault } from './faults.ts'
import { auditGateway } from './gateway-audit.ts'
import { apiVersion } from './headers.ts'
import { foreignHost, type HostCheck } from './host-check.ts'
import { HttpProblem, notFound, type ProblemFacts, problemResponse } from './problem.ts'
import { type SenderAuth, type SenderVerdict, verifySender } from './sender-auth.ts'

/**
 * `POST /v1/alerts/{source}`. The one path with thousands of requests a second, so it stands before everything that the
 * rest goes through, and each of its answers leaves only after the commit.
 */
export const intakePrefix = '/v1/alerts/'

export type Intake = (request: Request, source: string, node: NodeBindings) => Promise<Response>

const isSource = (name: string): name is AlertSourceName => (alertSources as readonly string[]).includes(name)

const noBody = new Uint8Array(0)

/** Kept beside what is told about it, so that nothing is lost that could be read by a person. */
const maxKeptBytes = 10_000

export const createIntake = (deps: HttpDeps, hosts: HostCheck): Intake => {
  const { app, senders, parsers, tenantId } = deps
  const { intakeBytes } = deps.limits ?? defaultHttpLimits
  const jsonLimits = { maxBytes: intakeBytes, unstorableText: 'pass', reservedNames: 'pass' } as const

  const receive = async (request: Request, source: string, node: NodeBindings): Promise<string> => {
    const { incoming } = node
    const host = incoming?.headers.host ?? request.headers.get('host') ?? new URL(request.url).host
    if (!hosts.isOurHost(host)) throw foreignHost(host)
    if (!isSource(source))
      throw notFound(
        'There is no such source of alerts.',
        `Post to ${alertSources.map((name) => intakePrefix + name).join(', ')}.`,
      )
    const sender = senders[source]
    const verify = (rawBody: Uint8Array): void => {
      const remoteAddress = incoming?.socket.remoteAddress ?? null
      const verdict = verifySender(sender, {
        headers: request.headers,
        rawBody,
        now: app.clock.now(),
        remoteAddress,
      })
      if (!verdict.ok) throw wrongSender(source, sender.kind, verdict)
    }
    // Only a signature needs the body. Nobody else makes Suture hold one before they have said who they are.
    if (sender.kind !== 'hmac') verify(noBody)
    requireJson(request.headers.get('content-type'))
    const rawBody = await readBody(request, incoming, intakeBytes)
    if (sender.kind === 'hmac') verify(rawBody)
    const receivedAt = app.clock.now()
    const payload = parseJsonBody(rawBody, jsonLimits)
    const parsed = read(source, payload, receivedAt)
    const keptAside = parsed.rejected.map((rejected) => ({
      ...rejected,
      payload: storable(alertAt(payload, rejected.field, rejected.index)),
    }))
    const receipt = await deps.ingest.ingest({ tenantId, source, alerts: parsed.alerts, keptAside })
    return JSON.stringify(viewOf(receipt, parsed))
  }

  const read = (source: AlertSourceName, payload: unknown, receivedAt: Temporal.Instant): ParsedAlerts => {
    try {
      return parsers[source](
        payload,
        deps.genericMapping === undefined ? { receivedAt } : { receivedAt, mapping: deps.genericMapping },
      )
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error
      throw unreadable(error)
    }
  }

  return async (request, source, node) => {
    const requestId = app.ids.uuid()
    let status = 200
    let refusal: string | null = null
    try {
      const body = await receive(request, source, node)
      return new Response(body, {
        status,
        headers: {
          'content-type': 'application/json',
          'x-api-version': apiVersion,
          'x-request-id': requestId,
        },
      })
    } catch (error) {
      const facts = problemOfFault(error, requestId, app.log)
      status = facts.status
      refusal = facts.code
      return dressed(problemResponse(facts, requestId), requestId)
    } finally {
      const sender = isSource(source) ? `source:${source}` : 'source:unknown'
      const remote = node.incoming?.socket.remoteAddress ?? null
      auditGateway(app.log, {
        requestId,
        method: 'POST',
        route: `${intakePrefix}{source}`,
        status,
        remote,
        caller: null,
        sender,
        refusal,
      })
    }
  }
}

const dressed = (response: Response, requestId: string): Response => {
  response.headers.set('x-api-version', apiVersion)
  response.headers.set('x-request-id', requestId)
  return response
}

/** How one proves who one is, in the words of RFC 9110; a signature and a certificate have no registered scheme. */
const challenges: Readonly<Record<SenderAuth['kind'], string>> = {
  shared_secret: 'Bearer',
  basic: 'Basic',
  hmac: 'Signature',
  mtls_header: 'Certificate',
}

const remedies: Readonly<Record<SenderAuth['kind'], (source: string) => string>> = {
  shared_secret: (source) => `Send the secret that is set for ${source}.`,
  basic: (source) => `Send the user name and password that are set for ${source}.`,
  hmac: (source) => `Sign each post with the key that is set for ${source}.`,
  mtls_header: (source) => `Send through the proxy, with a certificate that is set for ${source}.`,
}

const wrongSender = (
  source: AlertSourceName,
  kind: SenderAuth['kind'],
  { reason, problem }: SenderVerdict & { readonly ok: false },
): HttpProblem =>
  new HttpProblem({
    status: 401,
    title: 'Not from a known sender',
    code: 'unauthenticated',
    detail: `${source}: ${problem}.`,
    remedy:
      reason === 'not_configured'
        ? `Set the secret of ${source} in the settings of Suture.`
        : remedies[kind](source),
    facts: { source, reason },
    headers: { 'WWW-Authenticate': `${challenges[kind]} realm="suture alerts"` },
  })

const unreadable = ({ field, problem }: PayloadError): HttpProblem => {
  const facts: ProblemFacts = {
    status: 422,
    title: 'Not valid',
    code: 'invalid',
    detail: `${field === '' ? 'body' : field}: ${problem}.`,
    remedy: 'Nothing of it was kept. Correct the payload and send it again.',
    field: field === '' ? 'body' : field,
  }
  return new HttpProblem(facts)
}

const viewOf = (receipt: IngestReceipt, parsed: ParsedAlerts) => ({
  received: receipt.received,
  created: receipt.created,
  unchanged: receipt.unchanged,
  incidents: receipt.incidents,
  keptAside: parsed.rejected,
})

/** The one alert that is wrong: by the list its field names, such as `alerts[3].startsAt`; else the whole payload. */
const alertAt = (payload: unknown, field: string, index: number): unknown => {
  const list = /^([\w.-]+)\[\d+\]/.exec(field)?.[1]
  if (list === undefined) return Array.isArray(payload) ? (payload as unknown[])[index] : payload
  const found = list
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
      payload,
    )
  return Array.isArray(found) ? (found as unknown[])[index] : payload
}

/** PostgreSQL holds neither U+0000 nor half of a surrogate pair; both are shown as the replacement character. */
const storable = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'null'
  const bytes = Buffer.from(
    text.replaceAll('\\u0000', '\\ufffd').replaceAll('\0', '\u{fffd}').toWellFormed(),
    'utf8',
  )
  // A character cut in two at the end decodes to the replacement character.
  return bytes.length <= maxKeptBytes
    ? bytes.toString('utf8')
    : `${bytes
        .subarray(0, maxKeptBytes - 4)
        .toString('utf8')
        .replace(/\u{fffd}+$/u, '')}…`
}
