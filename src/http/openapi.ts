import { createHash } from 'node:crypto'
import { type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import { alertSources } from '../domain/alert.ts'
import type { HttpEnv } from './exchange.ts'
import { intakePrefix } from './intake.ts'
import type { Operation } from './operation.ts'
import { Problem } from './schemas/common.ts'
import { IngestReceiptView } from './schemas/identity.ts'

type Api = OpenAPIHono<HttpEnv>

const problem = {
  description: 'Refused, with a remedy',
  content: { 'application/problem+json': { schema: Problem } },
}

/** Writes an operation into the registry from which the document is made. */
export const describeOperation = (api: Api, operation: Operation): void => {
  const { access, success } = operation
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const contentType = success.contentType ?? 'application/json'
  api.openAPIRegistry.registerPath({
    method: operation.method,
    path: operation.path,
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    security: access.kind === 'scopes' ? [{ apiKey: [...access.scopes] }, { session: [] }] : [],
    request: {
      ...(names.length === 0
        ? {}
        : { params: z.object(Object.fromEntries(names.map((name) => [name, z.string().max(200)]))) }),
      ...(operation.query === null ? {} : { query: operation.query as z.ZodObject }),
      ...(operation.body === null
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: operation.body } } } }),
      ...(operation.method === 'post' && access.kind === 'scopes'
        ? { headers: z.object({ 'Idempotency-Key': z.string().max(200).optional() }) }
        : {}),
    },
    responses: {
      [success.status]:
        success.schema === null
          ? { description: 'Done' }
          : { description: 'Done', content: { [contentType]: { schema: success.schema } } },
      default: problem,
    },
  } as RouteConfig)
}

/** The intake is served by hand for speed, and described here by hand. */
const describeIntake = (api: Api): void => {
  api.openAPIRegistry.registerPath({
    method: 'post',
    path: `${intakePrefix}{source}`,
    operationId: 'postAlerts',
    summary:
      'Webhook of an alert source. Answers once every alert is durable; sending the same again changes nothing.',
    tags: ['alerts'],
    security: [
      { senderSecret: [] },
      { senderPassword: [] },
      { senderSignature: [] },
      { senderCertificate: [] },
    ],
    request: {
      params: z.object({ source: z.enum(alertSources) }),
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.record(z.string(), z.unknown()).openapi({ description: "The source's own payload" }),
          },
        },
      },
    },
    responses: {
      200: { description: 'Durable', content: { 'application/json': { schema: IngestReceiptView } } },
      default: problem,
    },
  })
}

const describeSecurity = (api: Api): void => {
  const add = (name: string, scheme: Parameters<Api['openAPIRegistry']['registerComponent']>[2]) =>
    api.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  add('apiKey', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'sut_<tenant>_<id>_<secret>',
    description: 'An API key',
  })
  add('session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'suture_session',
    description: 'A console session; writes also need X-CSRF-Token',
  })
  add('senderSecret', {
    type: 'http',
    scheme: 'bearer',
    description: "The source's secret, also as X-Suture-Secret",
  })
  add('senderPassword', { type: 'http', scheme: 'basic', description: 'Where the source is set to basic' })
  add('senderSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Suture-Signature',
    description:
      'Where the source is set to hmac: t=<unix seconds>,v1=<hex>, HMAC-SHA256 of the time, a full stop and the body. Grafana: its own X-Grafana-Alerting-Signature',
  })
  add('senderCertificate', {
    type: 'mutualTLS',
    description: 'Where the source is set to mtls: a client certificate, checked by the proxy in front',
  })
}

/** As it is sent, and a tag of exactly these bytes. */
export interface Document {
  readonly text: string
  readonly etag: string
}

/** Made at the first request, then kept: it costs a start nothing and a reader nothing twice. */
export const createDocument = (api: Api, version: string): (() => Document) => {
  describeIntake(api)
  describeSecurity(api)
  let made: Document | null = null
  return () => {
    if (made !== null) return made
    const text = JSON.stringify(
      api.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Suture',
          version,
          description: 'Heals incidents in the thread. Lists are paged by key: pass `next` as `after`.',
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: [{ url: '/' }],
      }),
    )
    made = { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }
    return made
  }
}
