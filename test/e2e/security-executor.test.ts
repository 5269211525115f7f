import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { createHttpExecutor } from '../../adapters/actions/http/executor.ts'
import { get } from '../../adapters/evidence/get.ts'
import { reachOf } from '../../adapters/evidence/reach.ts'
import { aCommandTarget, aContext, anHttpTarget, aRequest, monotonic } from '../support/executor.ts'

/** Targets that are not what they should be, and parameters that come from somebody else's alert. */

const secretValue = 'canary-7f3a/+"\\secret'
const http = createHttpExecutor({
  clock: monotonic,
  secrets: { read: async (name) => (name === 'shop-token' ? 'canary-7f3a' : null) },
})
const listen = async (server: Server | TcpServer): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}
const serve = (listener: RequestListener) => listen(createServer(listener))
/** Answers every connection with these bytes as soon as something arrives, and leaves it open. */
const sayRaw = (bytes: string) =>
  listen(
    createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.write(bytes))
    }),
  )

describe('a target that answers in bad faith', () => {
  it('R1 with a change of protocol ends the step at once and not only with the run', async () => {
    const url = await sayRaw('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    const result = await http.perform(
      aRequest({ target: anHttpTarget({ url }), timeoutMs: 90_000 }),
      aContext(),
    )
    expect(result).toMatchObject({ status: 'unknown' })
    const got = await get(url, 90_000, new AbortController().signal, reachOf())
    expect(got).toMatchObject({ kind: 'failed' })
    expect(got.latencyMs).toBeLessThan(45_000)
  })

  it('R1 with endless interim answers, or with endless headers, is held to its time', async () => {
    const noise = [
      'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000),
      `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(50_000)}`,
    ]
    for (const bytes of noise) {
      const url = await sayRaw(bytes)
      const result = await http.perform(
        aRequest({ target: anHttpTarget({ url }), timeoutMs: 300 }),
        aContext(),
      )
      expect(['unknown', 'timed_out']).toContain(result.status)
    }
  })

  it('R1 is not followed elsewhere, and its secret goes nowhere else', async () => {
    const seen: (string | undefined)[] = []
    const elsewhere = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.end('{}')
    })
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await serve((_request, response) =>
        response.writeHead(status, { location: `${elsewhere}/latest/meta-data` }).end(),
      )
      const target = anHttpTarget({ url, secret: 'shop-token' })
      expect(await http.perform(aRequest({ target }), aContext())).toMatchObject({ status: 'failed' })
    }
    expect(seen).toEqual([])
  })

  it('R1 is asked directly: a proxy in the environment is not used', async () => {
    const proxied: string[] = []
    const proxy = await serve((request, response) => {
      proxied.push(request.url ?? '')
      response.end('{}')
    })
    const url = await serve((_request, response) => response.end('{}'))
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, proxy)
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await http.perform(aRequest({ target: anHttpTarget({ url }) }), aContext())).toMatchObject({
      status: 'succeeded',
    })
    expect(proxied).toEqual([])
  })

  it('R3 is quoted without control characters, and without the secret that it echoes', async () => {
    const url = await serve((request, response) =>
      response.end(
        JSON.stringify({
          message: `\u001b]0;owned\u0007\u202e${request.headers.authorization ?? ''}\u0000\r\n\u001b[2J`,
        }),
      ),
    )
    const context = aContext()
    const result = await http.perform(
      aRequest({ target: anHttpTarget({ url, secret: 'shop-token' }) }),
      context,
    )
    const told = `${result.summary}${context.text()}`
    expect(told).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u)
    expect(told).not.toContain('canary-7f3a')
  })
})

describe('a parameter out of an alert', () => {
  const hostile = [
    '../../admin',
    '..',
    '%2e%2e',
    '//evil.example',
    '@evil.example',
    '\\\\evil',
    '?x=1#y',
    'a\r\nX-Injected: 1',
    '\u0000',
    '\ud800',
    '${{ parameters.flag }}',
    'x;y',
  ]
  it('R1 stays in its own segment and body: no other path, host, header or request', async () => {
    const seen: { url: string; injected: boolean; host: string }[] = []
    const base = await serve((request, response) => {
      seen.push({
        url: request.url ?? '',
        injected: 'x-injected' in request.headers,
        host: request.headers.host ?? '',
      })
      response.end('{}')
    })
    for (const flag of hostile)
      await http.perform(
        aRequest({
          target: anHttpTarget({
            url: `${base}/flags/\${{ parameters.flag }}/set?name=\${{ parameters.flag }}`,
            body: { flag: '${{ parameters.flag }}' },
          }),
          parameters: { flag },
        }),
        aContext(),
      )
    expect(seen.length).toBeGreaterThan(4)
    for (const { url, injected, host } of seen) {
      expect(url).toMatch(/^\/flags\/[^/?#]+\/set\?name=[^#]*$/)
      expect(decodeURIComponent(url.split('/')[2] ?? '')).not.toMatch(/^\.{1,2}$/)
      expect(injected).toBe(false)
      expect(base).toContain(host)
    }
  })

  it('R1 is one argument of a command, whatever it holds, and never a shell’s, an option or an environment', async () => {
    const command = createCommandExecutor({ allowedCommands: ['/bin/echo'], clock: monotonic })
    for (const text of [
      '$(id)',
      '`id`',
      '; id',
      '| id',
      '&& id',
      '$PATH',
      '> /tmp/owned',
      '\' " \\',
      'a\nb',
    ]) {
      const context = aContext()
      const target = aCommandTarget(['/bin/echo', '${{ parameters.text }}'])
      const result = await command.perform(aRequest({ target, parameters: { text } }), context)
      expect(result).toMatchObject({ status: 'succeeded' })
      expect(context.text('stdout')).toBe(`${text}\n`)
    }
    for (const text of ['--help', '-n', '\u0000']) {
      const target = aCommandTarget(['/bin/echo', '${{ parameters.text }}'])
      expect(await command.perform(aRequest({ target, parameters: { text } }), aContext())).toMatchObject({
        status: 'failed',
        summary: expect.stringContaining('nothing was started') as string,
      })
    }
  })
})

describe('a command', () => {
  it('R1 sees nothing of Suture’s own environment', async () => {
    vi.stubEnv('SUTURE_SECRET_SHOP_TOKEN', secretValue)
    vi.stubEnv('DATABASE_URL', `postgres://u:${encodeURIComponent(secretValue)}@h/d`)
    vi.stubEnv('LD_PRELOAD', '')
    onTestFinished(() => void vi.unstubAllEnvs())
    const command = createCommandExecutor({ allowedCommands: ['/usr/bin/env'], clock: monotonic })
    const context = aContext()
    await command.perform(aRequest({ target: aCommandTarget(['/usr/bin/env']) }), context)
    const names = context
      .text('stdout')
      .split('\n')
      .map((line) => line.split('=', 1)[0])
      .filter(
        (name) => name !== '' && name !== 'PWD' && name !== '_' && name !== 'SHLVL' && name !== 'OLDPWD',
      )
    expect(new Set(names)).toEqual(new Set(['PATH', 'LANG', 'SUTURE_EFFECT_KEY', 'SUTURE_TIMEOUT_MS']))
  })

  it('R1 is allowed by its exact path: not by a link to it, nor by another way to write it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'suture-link-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const link = join(folder, 'echo')
    await symlink('/bin/echo', link)
    const command = createCommandExecutor({ allowedCommands: ['/bin/echo'], clock: monotonic })
    for (const path of [link, '/bin/../bin/echo', '/bin//echo', 'echo', '/bin/echo/', '/bin/ECHO'])
      expect(
        await command.perform(aRequest({ target: aCommandTarget([path, 'x']) }), aContext()),
        path,
      ).toMatchObject({ status: 'failed', summary: expect.stringContaining('not an allowed') as string })
  })
})
