import { createServer } from 'node:http'

/** One service of the estate: how well it is, what was asked of it, and what it really did. */
export interface EstateService {
  healthy: boolean
  /** Whether any action makes it healthy. */
  heals: boolean
  /** Every POST in the order of arrival, as `action key`. */
  readonly calls: string[]
  /** How often each effect key has had its effect. */
  readonly effects: Map<string, number>
  /** Bodies of POSTs, in order of arrival. */
  readonly bodies: string[]
  /** Runs before the effect; a status of 400 or more means that nothing happens. May hang. */
  beforeEffect: (action: string, key: string) => Promise<number>
  /** Runs between the effect and the answer; may hang. */
  beforeAnswer: (action: string, key: string) => Promise<void>
  /** Whether it answers questions about effects. */
  tells: boolean
  /** What it adds to its answers, such as the header it was sent. */
  answer: (authorization: string) => object
}

export interface Estate {
  readonly url: string
  readonly of: (name: string) => EstateService
  readonly close: () => Promise<void>
}

/** Many small services on one loopback server: `/<service>/health`, `/<service>/act/<action>`, `/<service>/effects/<key>`. */
export const startEstate = async (): Promise<Estate> => {
  const services = new Map<string, EstateService>()
  const of = (name: string): EstateService => {
    const known = services.get(name) ?? newService()
    services.set(name, known)
    return known
  }
  const respond = async (
    method: string,
    path: string,
    headers: { key: string; authorization: string },
    body: string,
  ): Promise<[number, object]> => {
    const [, name = '', what = '', which = ''] = path.split('/').map(decodeURIComponent)
    const service = of(name)
    if (what === 'health') return service.healthy ? [200, { status: 'pass' }] : [503, { status: 'fail' }]
    if (what === 'effects')
      return service.tells ? [service.effects.has(which) ? 200 : 404, {}] : [500, { error: 'no idea' }]
    if (method !== 'POST') return [404, {}]
    service.calls.push(`${which} ${headers.key}`)
    service.bodies.push(body)
    const status = await service.beforeEffect(which, headers.key)
    if (status >= 400) return [status, { error: 'it will not', ...service.answer(headers.authorization) }]
    if (!service.effects.has(headers.key)) {
      service.effects.set(headers.key, 1)
      if (service.heals) service.healthy = true
    }
    await service.beforeAnswer(which, headers.key)
    return [200, { done: true, ...service.answer(headers.authorization) }]
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = {
        key: String(request.headers['idempotency-key'] ?? ''),
        authorization: request.headers.authorization ?? '',
      }
      respond(request.method ?? 'GET', request.url ?? '/', headers, Buffer.concat(chunks).toString()).then(
        ([status, body]) => {
          response.writeHead(status, { 'content-type': 'application/json' })
          response.end(JSON.stringify(body))
        },
        () => response.destroy(),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    of,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const newService = (): EstateService => ({
  healthy: false,
  heals: true,
  calls: [],
  effects: new Map(),
  bodies: [],
  beforeEffect: async () => 200,
  beforeAnswer: async () => undefined,
  tells: true,
  answer: () => ({}),
})
