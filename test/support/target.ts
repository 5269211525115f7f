import { createServer, type Server } from 'node:http'

/** A real HTTP target on loopback: it can be unhealthy, acts at most once a key, and counts what it did. */
export interface TestTarget {
  readonly url: string
  /** How often each effect key has really had its effect. */
  readonly effects: ReadonlyMap<string, number>
  readonly paths: readonly string[]
  healthy: boolean
  /** Whether a restart makes it healthy. */
  restartHeals: boolean
  /** Answers to POST before they are sent; may hang. */
  beforeAnswer: (path: string) => Promise<number>
  readonly close: () => Promise<void>
}

export const startTarget = async (): Promise<TestTarget> => {
  const effects = new Map<string, number>()
  const paths: string[] = []
  const server: Server = createServer((request, response) => {
    void answer(
      request.method ?? 'GET',
      request.url ?? '/',
      String(request.headers['idempotency-key'] ?? ''),
    ).then(
      ([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      },
      () => response.destroy(),
    )
  })
  const answer = async (method: string, path: string, key: string): Promise<[number, object]> => {
    if (path === '/health') return target.healthy ? [200, { status: 'pass' }] : [503, { status: 'fail' }]
    if (path.startsWith('/effects/'))
      return effects.has(decodeURIComponent(path.slice(9))) ? [200, { happened: true }] : [404, {}]
    if (method !== 'POST') return [404, {}]
    paths.push(path)
    if (effects.has(key)) return [200, { replayed: true }]
    effects.set(key, (effects.get(key) ?? 0) + 1)
    if (path === '/restart' && target.restartHeals) target.healthy = true
    return [await target.beforeAnswer(path), { done: true }]
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const target: TestTarget = {
    url: `http://127.0.0.1:${port}`,
    effects,
    paths,
    healthy: false,
    restartHeals: true,
    beforeAnswer: async () => 200,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return target
}
