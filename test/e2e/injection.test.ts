import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { createHttpExecutor } from '../../adapters/actions/http/executor.ts'
import type { Action, ParameterSpec, ParameterValue } from '../../src/domain/action.ts'
import { actionCatalogue } from '../../src/domain/actions/index.ts'
import { sanitizeParameters } from '../../src/domain/parameters.ts'
import { bindCall } from '../../src/domain/plan.ts'
import type { Target } from '../../src/domain/service.ts'
import { aContext, aRequest, monotonic } from '../support/executor.ts'
import { hostileStrings } from '../support/hostile-strings.ts'

/**
 * Parameters come out of alerts, chats and files of others. Whatever they hold: what a target gets is exactly that text in
 * its own place, or nothing at all.
 */

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

const listen = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const record = (seen: Seen[]): Promise<string> =>
  listen((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      response.end('{}')
    })
  })

/** A folder for canaries, a host for them, and the strings that name both. */
const aTrap = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'suture-trap-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const reached: string[] = []
  const host = await listen((request, response) => {
    reached.push(request.url ?? '')
    response.end('{}')
  })
  return { folder, reached, strings: hostileStrings({ file: join(folder, 'canary'), host }) }
}

const inGroups = async <T>(
  items: readonly T[],
  size: number,
  act: (item: T) => Promise<void>,
): Promise<void> => {
  for (let at = 0; at < items.length; at += size) await Promise.all(items.slice(at, at + size).map(act))
}

const http = createHttpExecutor({ clock: monotonic, secrets: { read: async () => null } })
const ownHeaders = [
  'accept',
  'user-agent',
  'content-type',
  'content-length',
  'idempotency-key',
  'host',
  'connection',
]

/** One call, and what of it arrived. Every header is Suture's own, and there is one request at most. */
const send = async (
  seen: Seen[],
  target: Target,
  action: string,
  parameters: Readonly<Record<string, ParameterValue>>,
): Promise<Seen | null> => {
  const request = aRequest({ target, action, parameters, timeoutMs: 20_000 })
  const result = await http.perform(request, aContext())
  const mine = seen.filter(({ headers }) => headers['idempotency-key'] === request.effectKey)
  expect(mine.length, JSON.stringify(parameters).slice(0, 200)).toBeLessThan(2)
  const [only] = mine
  expect(result.status).toBe(only === undefined ? 'failed' : 'succeeded')
  for (const name of Object.keys(only?.headers ?? {})) expect(ownHeaders).toContain(name)
  return only ?? null
}

describe('a hostile text as a parameter', () => {
  it('R1 goes to an HTTP target as that text in its own place, or not at all: more than 500 texts', async () => {
    const { strings, folder, reached } = await aTrap()
    expect(strings.length).toBeGreaterThan(500)
    const seen: Seen[] = []
    const host = await record(seen)
    const target: Target = {
      name: 'shop',
      kind: 'http',
      actions: {
        act: {
          method: 'POST',
          url: `http://${host}/flags/\${{ parameters.text }}/set?name=\${{ parameters.text }}&last=1`,
          body: { text: '${{ parameters.text }}', fixed: 'as it is' },
        },
        body_only: { method: 'PUT', url: `http://${host}/flags`, body: { text: '${{ parameters.text }}' } },
      },
    }
    let sent = 0
    await inGroups(strings, 8, async (text) => {
      const got = await send(seen, target, 'act', { text })
      if (got !== null) {
        sent += 1
        const [path = '', query = ''] = got.url.split('?')
        const segments = path.split('/')
        expect(segments).toHaveLength(4)
        expect([segments[1], segments[3]]).toEqual(['flags', 'set'])
        expect(decodeURIComponent(segments[2] ?? '')).toBe(text)
        expect(segments[2]).not.toMatch(/^(\.|%2e){1,2}$/i)
        expect(query.split('&').map((each) => decodeURIComponent(each))).toEqual([`name=${text}`, 'last=1'])
        expect(JSON.parse(got.body)).toEqual({ text, fixed: 'as it is' })
        expect([got.method, got.headers['host']]).toEqual(['POST', host])
      }
      const inBody = await send(seen, target, 'body_only', { text })
      expect(inBody === null ? null : JSON.parse(inBody.body)).toEqual({ text })
      expect(inBody?.url).toBe('/flags')
    })
    expect(sent).toBeGreaterThan(strings.length * 0.9)
    expect(seen).toHaveLength(sent + strings.length)
    expect(reached).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  it('R1 never becomes a host, a port or a scheme', async () => {
    const { strings, reached } = await aTrap()
    const seen: Seen[] = []
    const host = await record(seen)
    const port = host.split(':')[1] ?? ''
    const urls = [
      `http://\${{ parameters.text }}:${port}/`,
      `http://\${{ parameters.text }}/`,
      `http://127.0.0.1\${{ parameters.text }}:${port}/`,
      `http://127.0.0.1:\${{ parameters.text }}/`,
      `http://\${{ parameters.text }}@${host}/`,
      `\${{ parameters.text }}://${host}/`,
    ]
    for (const url of urls) {
      const target: Target = { name: 'shop', kind: 'http', actions: { act: { method: 'POST', url } } }
      for (const text of [...strings, '0', '1', '80', port, 'http'])
        expect(
          (await http.perform(aRequest({ target, parameters: { text } }), aContext())).summary,
          url,
        ).toMatch(/^nothing was sent: /)
    }
    expect([...seen, ...reached]).toEqual([])
  })

  it('R1 goes to a command as one argument as it is, or not at all: no shell, no option, no file', async () => {
    const { strings, folder, reached } = await aTrap()
    const records = await mkdtemp(join(tmpdir(), 'suture-records-'))
    onTestFinished(() => rm(records, { recursive: true }))
    const recorder = join(records, 'recorder')
    await writeFile(recorder, '#!/bin/sh\nout=$1\nshift\nprintf "%s\\0" "$@" > "$out"\n')
    await chmod(recorder, 0o755)
    const command = createCommandExecutor({ allowedCommands: [recorder], clock: monotonic })
    const run = (texts: readonly string[], out: string) =>
      command.perform(
        aRequest({
          timeoutMs: 60_000,
          target: {
            name: 'shop',
            kind: 'command',
            actions: {
              act: {
                argv: [recorder, out, 'first', ...texts.map((_, at) => `\${{ parameters.p${at} }}`), 'last'],
                cwd: folder,
              },
            },
          },
          parameters: Object.fromEntries(texts.map((text, at) => [`p${at}`, text])),
        }),
        aContext(),
      )
    const passable = (text: string) =>
      !text.startsWith('-') &&
      !text.includes('\0') &&
      text.isWellFormed() &&
      Buffer.byteLength(text) <= 100_000
    const refused = strings.filter((text) => !passable(text))
    expect(refused.length).toBeGreaterThan(20)
    for (const text of refused)
      expect((await run([text], join(records, 'refused'))).summary).toMatch(/^nothing was started: /)
    const passed = strings.filter(passable)
    const groups = Array.from({ length: Math.ceil(passed.length / 20) }, (_, at) =>
      passed.slice(at * 20, at * 20 + 20),
    )
    await inGroups([...groups.entries()], 3, async ([at, texts]) => {
      const out = join(records, `group-${at}`)
      expect(await run(texts, out)).toMatchObject({ status: 'succeeded' })
      expect((await readFile(out, 'utf8')).split('\0')).toEqual(['first', ...texts, 'last', ''])
    })
    expect((await readdir(records)).filter((name) => !/^(recorder|group-\d+)$/.test(name))).toEqual([])
    expect(await readdir(folder)).toEqual([])
    expect(reached).toEqual([])
  })
})

/** A value that each parameter takes. */
const soundValue = (spec: ParameterSpec): ParameterValue => {
  switch (spec.type) {
    case 'integer':
      return spec.max
    case 'boolean':
      return true
    case 'choice':
      return spec.values[0] ?? ''
    case 'string':
      return 'sound'
  }
}

const actions: readonly Action[] = Object.values(actionCatalogue)
const places = actions.flatMap((action) => Object.keys(action.parameters).map((name) => ({ action, name })))

describe.each(places.map((place) => [`${place.action.name}.${place.name}`, place] as const))(
  'the parameter %s',
  (_, { action, name }) => {
    const sound = Object.fromEntries(
      Object.entries(action.parameters).map(([each, spec]) => [each, soundValue(spec)]),
    )
    beforeAll(() => expect(sanitizeParameters(action.parameters, sound).ok).toBe(true))

    it('G4 takes a hostile text unchanged or refuses it, given plainly or by a playbook, and so does every target', async () => {
      const { strings, folder, reached } = await aTrap()
      const seen: Seen[] = []
      const host = await record(seen)
      const fields = Object.keys(action.parameters).map(
        (each) => [each, `\${{ parameters.${each} }}`] as const,
      )
      const target: Target = {
        name: 'shop',
        kind: 'http',
        actions: {
          [action.name]: {
            method: 'POST',
            url: `http://${host}/\${{ parameters.${name} }}`,
            body: Object.fromEntries(fields),
          },
        },
      }
      const taken: string[] = []
      for (const text of strings) {
        const plain = sanitizeParameters(action.parameters, { ...sound, [name]: text })
        const bound = bindCall(
          { action: action.name, with: { ...sound, [name]: '${{ parameters.value }}' } },
          { value: text, other: 'sound' },
          actionCatalogue,
        )
        expect('problems' in bound, text).toBe(!plain.ok)
        if ('problems' in bound) continue
        expect(bound.parameters[name]).toBe(text)
        expect(text).toMatch(/^(\*|[A-Za-z0-9][A-Za-z0-9._-]*)$/)
        taken.push(text)
        const got = await send(seen, target, action.name, bound.parameters)
        expect(got?.url).toBe(`/${encodeURIComponent(text)}`)
        expect(JSON.parse(got?.body ?? 'null')).toEqual({ ...sound, [name]: text })
      }
      expect(taken.length).toBeLessThan(strings.length / 10)
      expect(seen).toHaveLength(taken.length)
      expect(reached).toEqual([])
      expect(await readdir(folder)).toEqual([])
    })
  },
)
