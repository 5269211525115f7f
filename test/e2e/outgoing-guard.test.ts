import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpExecutor } from '../../adapters/actions/http/executor.ts'
import { get } from '../../adapters/evidence/get.ts'
import { createHttpProbe, probeHealth } from '../../adapters/evidence/http-probe.ts'
import { parseNetwork } from '../../src/domain/address.ts'
import type { Reach } from '../../src/domain/outgoing.ts'
import { Service } from '../../src/domain/service.ts'
import { carriersOf, disguisesOf } from '../support/address-forms.ts'
import { aContext, anHttpTarget, aRequest, monotonic } from '../support/executor.ts'

/** What Suture calls must not become a way into the house: canaries stand where nobody named them. */

const secrets = { read: async () => null }
const open = () => new AbortController().signal

const listenAt = async (host: string, port: number, listener: RequestListener): Promise<number> => {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Counts whoever comes. */
const aCanary = async (host = '127.0.0.1', port = 0) => {
  const seen: { host: string; url: string }[] = []
  const at = await listenAt(host, port, (request, response) => {
    seen.push({ host: request.headers.host ?? '', url: request.url ?? '' })
    response.end('{}')
  })
  return { port: at, seen }
}

const reachOf = (lookup: (host: string) => readonly string[], ...networks: string[]): Reach => ({
  privateNetworks: networks.flatMap((text) => parseNetwork(text) ?? []),
  lookup: async (host) => lookup(host),
})

const act = (url: string, reach: Reach, timeoutMs = 5_000) =>
  createHttpExecutor({ secrets, clock: monotonic, reach }).perform(
    aRequest({ target: anHttpTarget({ url }), timeoutMs }),
    aContext(),
  )

const hidden = ['127.0.0.1', '10.0.0.7', '192.168.1.1', '169.254.169.254', '100.100.100.200', '0.0.0.0']

/** URLs that all lead to an address of the inside, and don't say so. */
const forms = (port: number): string[] => [
  ...hidden.flatMap((address) => [
    ...disguisesOf(address).map((host) => `http://${host}:${port}/`),
    ...carriersOf(address).map((host) => `http://[${host}]:${port}/`),
    `http://${address}@shop.example:${port}/`,
    `http://shop.example@${address}:${port}/`,
    `http://shop.example:x@${address}:${port}/`,
    `http://shop.example%2f@${address}:${port}/`,
    `http://shop.example\\@${address}:${port}/`,
    `http:/${address}:${port}/`,
    `http:${address}:${port}/`,
    `http:\\\\${address}:${port}\\`,
    `http:///${address}:${port}/`,
    ` http://${address}:${port}/`,
    `http://${address.slice(0, 4)}\n${address.slice(4)}:${port}/`,
    `ht\ttp://${address}:${port}/`,
  ]),
  ...['[::1%25lo]', '[::1%lo]', '[fe80::1%25eth0]', '[0:0::1]', '[0000::0001]', '[::]', '[::0]'].map(
    (host) => `http://${host}:${port}/`,
  ),
  ...[
    'localhost.',
    'LOCALHOST.',
    'x.localhost',
    'ｌｏｃａｌｈｏｓｔ',
    'loc%61lhost',
    'metadata.google.internal',
    'shop.example',
  ].map((host) => `http://${host}:${port}/`),
  `file:///etc/passwd`,
  `ftp://127.0.0.1:${port}/`,
  `gopher://127.0.0.1:${port}/`,
]

describe('what leads inside without being named', () => {
  it('R1 is not reached by an action: more than 200 ways to write a URL', async () => {
    const { port, seen } = await aCanary()
    const all = forms(port)
    expect(new Set(all).size).toBeGreaterThan(200)
    const reach = reachOf((host) => [host.includes('metadata') ? '169.254.169.254' : '127.0.0.1'])
    for (const url of all)
      expect(await act(url, reach), url).toMatchObject({
        status: 'failed',
        summary: expect.stringMatching(
          /^nothing was sent: .*(if that is meant|is no http or https URL)/s,
        ) as string,
      })
    expect(seen).toEqual([])
  })

  it('R1 is not reached by a probe, which then has measured nothing', async () => {
    const { port, seen } = await aCanary()
    const reach = reachOf(() => ['127.0.0.1'])
    const urls = forms(port).filter((url) => URL.parse(url)?.protocol === 'http:')
    expect(urls.length).toBeGreaterThan(180)
    for (const url of urls)
      expect(await get(url, 2_000, open(), reach), url).toMatchObject({ kind: 'forbidden' })
    const service = Service.parse({ name: 'shop', probe: { url: `http://shop.example:${port}/health` } })
    expect(await probeHealth(service, open(), reach)).toMatchObject({
      healthy: false,
      measured: false,
      summary: expect.stringContaining('SUTURE_PRIVATE_NETWORKS') as string,
    })
    const now = Temporal.Instant.fromEpochMilliseconds(0)
    const gathered = createHttpProbe({ now: () => now }, reach).gather(service, open(), {
      tenantId: 'main',
      beganAt: now,
    })
    expect(await gathered).toMatchObject({ status: 'failed', facts: {} })
    expect(seen).toEqual([])
  })

  it('R1 is not asked about an effect either', async () => {
    const { port, seen } = await aCanary()
    const executor = createHttpExecutor({
      secrets,
      clock: monotonic,
      reach: reachOf(() => ['127.0.0.1']),
    })
    const target = anHttpTarget({
      url: 'http://127.0.0.1:9/',
      effect: `http://0x7f.1:${port}/effects/{key}`,
    })
    expect(await executor.probe(aRequest({ target }), open())).toBe('cannot_tell')
    expect(seen).toEqual([])
  })
})

describe('what is named', () => {
  it('R1 is reached: the address itself, localhost, a listed network', async () => {
    const { port, seen } = await aCanary()
    const reach = reachOf(() => ['127.0.0.1'], '127.0.0.0/8')
    for (const host of ['127.0.0.1', 'localhost', 'shop.example']) {
      expect(await act(`http://${host}:${port}/act`, reach)).toMatchObject({ status: 'succeeded' })
      expect(await get(`http://${host}:${port}/health`, 2_000, open(), reach)).toMatchObject({
        kind: 'answered',
      })
    }
    expect(seen.map(({ host }) => host)).toContain(`shop.example:${port}`)
    expect(seen).toHaveLength(6)
  })
})

describe('a server that answers otherwise the second time', () => {
  it('R1 does not turn the connection: what was checked is what is reached, under the host’s own name', async () => {
    const meant = await aCanary('127.0.0.2')
    const canary = await aCanary('127.0.0.1', meant.port)
    const answers: string[][] = []
    const reach = reachOf(() => answers.shift() ?? ['127.0.0.1'], '127.0.0.2')
    const url = `http://rebind.example:${meant.port}/`
    answers.push(['127.0.0.2'])
    expect(await act(url, reach)).toMatchObject({ status: 'succeeded' })
    answers.push(['127.0.0.2'])
    expect(await get(url, 2_000, open(), reach)).toMatchObject({ kind: 'answered' })
    expect(meant.seen.map(({ host }) => host)).toEqual(Array(2).fill(`rebind.example:${meant.port}`))
    expect(await act(url, reach)).toMatchObject({ status: 'failed' })
    expect(canary.seen).toEqual([])
  })

  it('R1 by TLS it is greeted by the name, not by the address', async () => {
    const names: string[] = []
    const server = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name)
        done(new Error('no certificate here'))
      },
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const reach = reachOf(() => ['127.0.0.2'], '127.0.0.2')
    expect(await act(`https://shop.example:${port}/`, reach)).toMatchObject({ status: 'failed' })
    expect(await get(`https://shop.example:${port}/`, 2_000, open(), reach)).toMatchObject({ kind: 'failed' })
    expect(names).toEqual(['shop.example', 'shop.example'])
  })

  it('R1 may redirect where it likes: nobody follows', async () => {
    const canary = await aCanary()
    for (const status of [301, 302, 303, 307, 308]) {
      const port = await listenAt('127.0.0.1', 0, (_request, response) =>
        response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/` }).end(),
      )
      const reach = reachOf(() => [])
      expect(await act(`http://127.0.0.1:${port}/`, reach)).toMatchObject({ status: 'failed' })
      expect(await get(`http://127.0.0.1:${port}/`, 2_000, open(), reach)).toMatchObject({ status })
    }
    expect(canary.seen).toEqual([])
  })

  it('G3 a lookup that never ends is left behind in time, and nothing was sent', async () => {
    const reach: Reach = { privateNetworks: [], lookup: () => new Promise(() => undefined) }
    expect(await act('http://shop.example/', reach, 50)).toMatchObject({
      status: 'timed_out',
      effect: 'none',
    })
    expect(await get('http://shop.example/', 50, open(), reach)).toMatchObject({ failure: 'timeout' })
  })
})
