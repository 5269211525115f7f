import { alertParsers } from '../../adapters/alerts/index.ts'
import { createEventFeed, type OpenFeed } from '../../src/app/event-feed.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { createHttpApp, type HttpApp } from '../../src/http/app.ts'
import type { HttpDeps, LabAccess } from '../../src/http/deps.ts'
import { type TestApp, testApp, testTenant } from './app.ts'

/** The HTTP room over the real App and a real database, asked without a socket. */
export interface TestHttp extends TestApp {
  readonly http: HttpApp
  readonly feed: OpenFeed
  /** Lines of the channel `gateway.audit`, oldest first. */
  readonly audited: Record<string, unknown>[]
  /** Everything else that was logged, as JSON text. */
  readonly logged: string[]
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Answer>
  /** Signs in as one of the lab's personas. */
  readonly persona: (personId: string) => Promise<SignedIn>
}

export interface AskOptions {
  /** Sent as JSON, or as it is when it is text or bytes. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly as?: SignedIn | string
}

export interface SignedIn {
  readonly cookie: string
  readonly csrf: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; undefined when there is none. */
  readonly json: unknown
}

export const alertSecret = 'the-secret-of-the-sender'

export const fakeLab = (): LabAccess & { readonly done: string[] } => {
  const done: string[] = []
  return {
    done,
    faults: ['hang', 'crash'],
    state: async () => ({ services: [], effects: { total: 0 } }),
    breakService: async (service, fault) => {
      done.push(`break ${service} ${fault}`)
    },
    mendService: async (service) => {
      done.push(`mend ${service}`)
    },
  }
}

export const testHttp = async (
  options: {
    lab?: boolean
    targetUrl?: string
    playbooks?: Readonly<Record<string, string>>
    deps?: Partial<HttpDeps>
  } = {},
): Promise<TestHttp> => {
  const audited: Record<string, unknown>[] = []
  const logged: string[] = []
  const write = (details: object, message: string): void => {
    if ('channel' in details && details.channel === 'gateway.audit') audited.push({ ...details })
    else logged.push(JSON.stringify({ ...details, message }))
  }
  const log = { info: write, warn: write, error: write }
  const test = await testApp({
    lab: options.lab ?? true,
    overrides: { log },
    ...(options.targetUrl === undefined ? {} : { targetUrl: options.targetUrl }),
    ...(options.playbooks === undefined ? {} : { playbooks: options.playbooks }),
  })
  const feed = createEventFeed()
  const secret = { kind: 'shared_secret', secret: alertSecret } as const
  const http = createHttpApp({
    app: test.app,
    ingest: createIngestWriter(test.app),
    events: feed,
    lab: (options.lab ?? true) ? fakeLab() : null,
    parsers: alertParsers,
    senders: { alertmanager: secret, grafana: secret, generic: secret },
    tenantId: testTenant,
    health: async () => ({ status: 'pass', checks: { database: { status: 'pass', detail: 'is there' } } }),
    allowedHosts: [],
    consoleDir: null,
    version: '0.0.0-test',
    ...options.deps,
  })
  const ask = createAsk(http)
  return {
    ...test,
    http,
    feed,
    audited,
    logged,
    ask,
    persona: (personId) => signIn(ask, personId),
    close: async () => {
      http.close()
      await test.close()
    },
  }
}

export const origin = 'http://127.0.0.1:4800'

export const createAsk =
  (http: HttpApp): TestHttp['ask'] =>
  async (method, path, { body, headers = {}, as } = {}) => {
    const init: RequestInit & { headers: Record<string, string> } = {
      method,
      headers: { host: '127.0.0.1:4800' },
    }
    if (body !== undefined) {
      init.headers['content-type'] = 'application/json'
      init.body =
        typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body)
    }
    if (typeof as === 'string') init.headers['authorization'] = `Bearer ${as}`
    else if (as !== undefined) Object.assign(init.headers, { cookie: as.cookie, 'x-csrf-token': as.csrf })
    Object.assign(init.headers, headers)
    const response = await http.fetch(new Request(`${origin}${path}`, init))
    const text = response.headers.get('content-type') === 'text/event-stream' ? '' : await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as unknown) : undefined,
    }
  }

const signIn = async (ask: TestHttp['ask'], personId: string): Promise<SignedIn> => {
  const began = await ask('POST', '/v1/lab/persona', { body: { personId } })
  const cookie = (began.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
  const me = await ask('GET', '/v1/me', { headers: { cookie } })
  return { cookie, csrf: (me.json as { csrfToken: string }).csrfToken }
}
