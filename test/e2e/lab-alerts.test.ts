import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LabUnderTest, labDirectory, removeDirectory, startTestLab } from './lab-support.ts'

type Alert = {
  status: string
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string
  fingerprint: string
}
type Post = {
  path: string
  authorization: string
  body: { version: string; status: string; alerts: Alert[] }
}

let posts: Post[]
let refuse: boolean
let refused: string[]
let receiver: Server
let lab: LabUnderTest
let dir: string

const SECRET = 'alert-secret'
const soon = { timeout: 60_000, interval: 50 }
// A window of ten slow orders has to pass before an overload is over.
vi.setConfig({ testTimeout: 30_000 })

beforeEach(async () => {
  posts = []
  refuse = false
  refused = []
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Post['body']
      if (refuse) {
        refused.push(`${body.status} ${body.alerts[0]?.labels.alertname}`)
        return void response.writeHead(503).end()
      }
      posts.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', body })
      response.writeHead(200).end('{}')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  dir = await labDirectory()
  await start()
})
afterEach(async () => {
  await lab.stop()
  receiver.closeAllConnections()
  receiver.close()
  await removeDirectory(dir)
})

const start = async () => {
  const { port } = receiver.address() as AddressInfo
  lab = await startTestLab(dir, {
    sutureUrl: `http://127.0.0.1:${port}`,
    alertSecret: SECRET,
    leakMbPerSecond: 40,
  })
}
const seen = (service = 'checkout') =>
  posts
    .map(({ body }) => [body.status, body.alerts[0]?.labels] as const)
    .flatMap(([status, labels]) =>
      labels?.service === service ? [`${status} ${labels.alertname} ${labels.severity}`] : [],
    )
const breaks = (fault: string) => lab.post('/services/checkout/break', { fault })

describe('the lab alerts as an Alertmanager does', () => {
  test('a crash fires ServiceDown, in the shape and with the secret of the endpoint, and a restart resolves it', async () => {
    await breaks('crash')
    await expect.poll(() => seen(), soon).toContain('firing ServiceDown critical')
    await lab.post('/services/checkout/restart')
    await expect.poll(() => seen(), soon).toContain('resolved ServiceDown critical')
    const down = posts.filter(({ body }) => body.alerts[0]?.labels.alertname === 'ServiceDown')
    const [firing, resolved] = [down.at(0), down.at(-1)]
    expect(firing).toMatchObject({
      path: '/v1/alerts/alertmanager',
      authorization: `Bearer ${SECRET}`,
      body: {
        version: '4',
        status: 'firing',
        receiver: 'suture',
        truncatedAlerts: 0,
        groupKey: '{}:{alertname="ServiceDown", service="checkout"}',
        externalURL: lab.url,
        alerts: [
          {
            status: 'firing',
            labels: { alertname: 'ServiceDown', env: 'lab', service: 'checkout', severity: 'critical' },
            annotations: { summary: 'checkout does not answer' },
            endsAt: '0001-01-01T00:00:00Z',
          },
        ],
      },
    })
    const [began, ended] = [firing?.body.alerts[0], resolved?.body.alerts[0]]
    expect(ended).toMatchObject({
      status: 'resolved',
      startsAt: began?.startsAt,
      fingerprint: began?.fingerprint,
    })
    expect(Temporal.Instant.compare(ended?.endsAt ?? '', ended?.startsAt ?? '')).toBe(1)
  })

  test('failing orders fire HighErrorRate: critical where the fault is, at most a warning on what depends on it', async () => {
    await breaks('errors')
    await expect.poll(() => seen(), soon).toContain('firing HighErrorRate critical')
    await expect.poll(() => seen('storefront'), soon).toContain('firing HighErrorRate warning')
    await lab.post('/services/checkout/circuits/flush')
    await expect.poll(() => seen(), soon).toContain('resolved HighErrorRate critical')
    await expect.poll(() => seen('storefront'), soon).toContain('resolved HighErrorRate warning')
    expect(seen('storefront').join()).not.toContain('critical')
    expect(seen('payments')).toEqual([])
  })

  test('an overload fires HighLatency, and one more instance resolves it', async () => {
    await breaks('latency')
    await expect.poll(() => seen(), soon).toContain('firing HighLatency warning')
    await lab.post('/services/checkout/scale', { delta: 1 })
    await expect.poll(() => seen(), soon).toContain('resolved HighLatency warning')
    expect(seen().join()).not.toContain('HighErrorRate')
  })

  test('a leak fires MemorySaturation', async () => {
    await breaks('leak')
    await expect.poll(() => seen(), soon).toContain('firing MemorySaturation warning')
    await lab.post('/services/checkout/restart')
    await expect.poll(() => seen(), soon).toContain('resolved MemorySaturation warning')
  })

  test('while the receiver is away nothing queues up: once it is back it hears the newest state, once', async () => {
    refuse = true
    await breaks('crash')
    await expect.poll(() => refused, soon).toContain('firing ServiceDown')
    await lab.post('/services/checkout/restart')
    await expect.poll(() => refused, soon).toContain('resolved ServiceDown')
    refuse = false
    await expect.poll(() => seen(), soon).toEqual(['resolved ServiceDown critical'])
  })

  test('an alert that a killed lab left open is resolved by the next', async () => {
    await breaks('crash')
    await expect.poll(() => seen(), soon).toContain('firing ServiceDown critical')
    process.kill(lab.pid, 'SIGKILL')
    await lab.exited
    await start()
    await expect.poll(() => seen(), soon).toContain('resolved ServiceDown critical')
  })
})
