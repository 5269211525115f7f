import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { createOutputCollector, STREAM_LIMIT, TAIL_LIMIT } from '../../adapters/actions/command/output.ts'
import { createHttpExecutor } from '../../adapters/actions/http/executor.ts'
import { redactionOf } from '../../adapters/actions/redact.ts'
import { listEnvSecrets } from '../../adapters/actions/secrets.ts'
import { aCommandTarget, aContext, anHttpTarget, aRequest, monotonic } from '../support/executor.ts'

/** Output of whatever kind is kept within limits and shown as text, and no secret that Suture knows stands in it. */

const secret = 'hunter2-is-no/good+pässword'
const known = [{ name: 'shop-token', value: secret }]
const canaries = [
  'hunter2-is',
  'good+pässword',
  'good%2Bp',
  Buffer.from(secret).toString('base64').slice(4, 20),
]

const collect = async (chunks: readonly Buffer[], redaction = redactionOf(known)) => {
  const shown: string[] = []
  const collector = createOutputCollector(({ text }) => shown.push(text), redaction)
  const from = new PassThrough()
  collector.read('stdout', from)
  const ended = once(from, 'end')
  for (const chunk of chunks) from.write(chunk)
  from.end()
  await ended
  collector.finish()
  return { text: shown.join(''), last: collector.lastLine(false) }
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )

describe('a secret in the output of a command', () => {
  it('R3 is masked wherever chunks cut it, in every form, and nothing else is changed', async () => {
    const forms = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ]
    for (const form of forms) {
      const bytes = Buffer.from(`before ${form} between ${form}${form} after\n`)
      for (let size = 1; size <= bytes.length; size += 1) {
        const { text, last } = await collect(cut(bytes, size))
        expect(text.match(/\[secret shop-token\]/g), `${form} by ${size}`).toHaveLength(3)
        for (const canary of canaries) expect(text + last).not.toContain(canary)
        expect(text).toMatch(/^before "?\[secret shop-token\]"?=* between .* after\n$/)
      }
    }
  })

  it('R3 is masked alike in one piece and in many, also where secrets overlap', () => {
    const redaction = redactionOf([
      { name: 'a', value: 'aba' },
      { name: 'b', value: 'abacab' },
      { name: 'c', value: 'cabin' },
    ])
    const pieces = fc.array(fc.stringMatching(/^[abcin ]{0,6}$/), { maxLength: 12 })
    fc.assert(
      fc.property(pieces, (cuts) => {
        const stream = redaction.stream()
        const streamed = cuts.map((piece) => stream.push(piece)).join('') + stream.end()
        const whole = redaction.stream()
        expect(streamed).toBe(whole.push(cuts.join('')) + whole.end())
        expect(streamed.replace(/\[secret [abc]\]/g, '|')).not.toMatch(/aba|cabin/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('R3 is masked when the output ends in the middle of it, a letter of it is not', async () => {
    expect((await collect([Buffer.from(`said ${secret.slice(0, -1)}`)])).text).toBe(
      'said [secret shop-token]',
    )
    expect((await collect([Buffer.from('said hun')])).text).toBe('said hun')
  })

  it('R3 is not seen at the edges of what is left out, nor in the summary of a very long line', async () => {
    const line = Buffer.from(`${secret} `.repeat(3))
    // Every place in which the first megabyte can end, and the last 64 KB begin, inside a secret.
    for (let shift = 0; shift < line.length; shift += 5) {
      const head = Buffer.concat([Buffer.alloc(STREAM_LIMIT - shift, 'x'), line])
      const tail = Buffer.concat([line, Buffer.alloc(TAIL_LIMIT - shift, 'y')])
      const { text, last } = await collect([head, Buffer.alloc(200_000, 'z'), tail])
      for (const canary of canaries) expect(text + last).not.toContain(canary)
      expect(text).toContain('bytes of output left out here')
      expect(text.endsWith('yyyy')).toBe(true)
    }
  })

  it('R3 is not seen where what is kept begins, also when masking makes it shorter', async () => {
    const many = Buffer.from(`${secret} `.repeat(8_000))
    for (let shift = 0; shift < secret.length + 2; shift += 1) {
      const { text, last } = await collect([Buffer.alloc(STREAM_LIMIT, 'x'), many, Buffer.alloc(shift, 'y')])
      for (const piece of [secret.slice(0, 4), secret.slice(9, 14), secret.slice(-4)])
        expect(`${text.slice(STREAM_LIMIT)}${last}`).not.toContain(piece)
    }
  })

  it('R3 is found by lines where it has several, and behind colours', async () => {
    const key = `-----BEGIN KEY-----\n${'MIIEowIBAAKCAQEA0123'}\n${'abcdefghijklmnopqrstuv'}\n-----END KEY-----`
    const redaction = redactionOf([{ name: 'key', value: key }, ...known])
    const { text } = await collect(
      [
        Buffer.from(
          `> MIIEowIBAAKCAQEA0123\r\n> abcdefghijklmnopqrstuv\n\x1b[1m${secret.slice(0, 9)}\x1b[0m${secret.slice(9)}\n`,
        ),
      ],
      redaction,
    )
    expect(text).toBe('> [secret key]\n> [secret key]\n[secret shop-token]\n')
  })

  it('R3 is that of any target and any setting, not only of the call', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'suture-known-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'token'), 'from-a-file\n')
    const env = {
      SUTURE_SECRET_SHOP_TOKEN: secret,
      SUTURE_SECRET_FILED_FILE: join(folder, 'token'),
      SUTURE_SECRET_GONE_FILE: join(folder, 'nowhere'),
      SUTURE_SECRET_TINY: 'abc',
      DATABASE_URL: 'postgres://suture:opens%2Bsesame@db.example/suture',
      PATH: '/usr/bin',
    }
    const listed = await listEnvSecrets(env, ['DATABASE_URL', 'REDIS_URL'])
    expect(listed.map(({ name, value }) => `${name} ${value}`).sort()).toEqual([
      'DATABASE_URL opens+sesame',
      `DATABASE_URL ${env.DATABASE_URL}`,
      'filed from-a-file',
      `shop-token ${secret}`,
    ])
    const said = ['/bin/echo', `${secret} from-a-file opens+sesame /usr/bin`]
    const command = createCommandExecutor({
      allowedCommands: ['/bin/echo'],
      clock: monotonic,
      knownSecrets: async () => listed,
    })
    const context = aContext()
    const result = await command.perform(aRequest({ target: aCommandTarget(said) }), context)
    const masked = '[secret shop-token] [secret filed] [secret DATABASE_URL] /usr/bin'
    expect(result).toEqual({ status: 'succeeded', summary: masked })
    expect(context.text()).toBe(`${masked}\n`)
  })

  it('R3 of another call is masked in what a server answers', async () => {
    const { createServer } = await import('node:http')
    const server = createServer((_request, response) => response.end(JSON.stringify({ message: secret })))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const http = createHttpExecutor({
      clock: monotonic,
      secrets: { read: async () => null },
      knownSecrets: async () => known,
    })
    const context = aContext()
    const target = anHttpTarget({ url: `http://127.0.0.1:${port}/` })
    const result = await http.perform(aRequest({ target }), context)
    expect(result).toMatchObject({ status: 'succeeded', summary: 'answered 200: [secret shop-token]' })
    expect(context.text()).not.toContain('hunter2')
  })
})

describe('output of any kind', () => {
  it('R3 is text within the limits: noise, NUL, terminal control, one line of 10 MB', async () => {
    const noise = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7_919) % 256))
    const line = Buffer.alloc(10_000_000, '\u0000\x1b[31mé')
    for (const bytes of [noise, line]) {
      const { text, last } = await collect(cut(bytes, 65_521))
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual((STREAM_LIMIT + TAIL_LIMIT) * 3)
      expect(text).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u)
      expect(text.isWellFormed()).toBe(true)
      expect(last).not.toMatch(/\n/)
    }
  })

  it('R3 of a gigabyte leaves memory as it was, and its end can be read', { timeout: 600_000 }, async () => {
    const script = 'yes canary-in-the-flood | head -c 1073741824; echo; echo the end of it'
    const worker = fork(join(import.meta.dirname, '../support/flood-worker.ts'), ['/bin/sh', '-c', script])
    onTestFinished(() => void worker.kill('SIGKILL'))
    const [told] = (await once(worker, 'message')) as [Record<string, unknown>]
    expect(told).toMatchObject({
      result: { status: 'succeeded', summary: 'the end of it' },
      secretSeen: false,
      masked: true,
      end: expect.stringMatching(/the end of it\n$/) as string,
    })
    expect(told['characters']).toBeLessThanOrEqual(STREAM_LIMIT + TAIL_LIMIT + 200)
    expect(told['leftOut']).toBeGreaterThan(1_000_000_000)
    expect(told['grewBy']).toBeLessThan(200)
  })
})
