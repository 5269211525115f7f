import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDiscordClient, type DiscordClient } from '../../adapters/discord/client.ts'
import { discordIds } from './discord.ts'

/** A stub of Discord, ours, and named so: the peer of the other tests takes no files (it answers them with 500). */
export interface DiscordFileStub {
  readonly client: DiscordClient
  /** Oldest first; of a multipart body `json` is its `payload_json`. */
  readonly got: readonly StubbedRequest[]
  readonly logged: readonly string[]
  /** The next request that brings files is refused like this. */
  readonly refuseFiles: (status: number, code: number) => void
  readonly close: () => Promise<void>
}

export interface StubbedRequest {
  readonly method: string
  /** Behind `/api/v10`. */
  readonly path: string
  readonly json: Readonly<Record<string, unknown>>
  readonly files: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[]
}

export const startDiscordFileStub = async (): Promise<DiscordFileStub> => {
  const got: StubbedRequest[] = []
  const logged: string[] = []
  let refusal: { readonly status: number; readonly code: number } | null = null

  const read = (body: Buffer, contentType: string): Pick<StubbedRequest, 'json' | 'files'> => {
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(contentType)?.[1]
    if (boundary === undefined) return { json: body.length === 0 ? {} : jsonOf(body), files: [] }
    const parts = partsOf(body, boundary)
    const payload = parts.find(({ head }) => head.includes('name="payload_json"'))
    return {
      json: payload === undefined ? {} : jsonOf(payload.content),
      files: parts.flatMap(({ head, content }) => {
        const name = /filename="([^"]*)"/.exec(head)?.[1]
        const type = /content-type: (\S+)/i.exec(head)?.[1] ?? ''
        return name === undefined ? [] : [{ name, type, bytes: new Uint8Array(content) }]
      }),
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = (request.url ?? '').replace('/api/v10', '')
      const said = read(Buffer.concat(chunks), request.headers['content-type'] ?? '')
      got.push({ method: request.method ?? '', path, ...said })
      const refused = said.files.length > 0 ? refusal : null
      if (refused !== null) refusal = null
      response.writeHead(refused?.status ?? 200, { 'content-type': 'application/json' })
      const refusedWith = { code: refused?.code, message: 'refused by the stub' }
      response.end(JSON.stringify(refused === null ? { id: discordIds.application } : refusedWith))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const line = (details: object, message: string): void =>
    void logged.push(`${message} ${JSON.stringify(details)}`)
  const client = createDiscordClient({
    token: 'token-of-the-stub',
    guildId: discordIds.guild,
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    now: Date.now,
    log: { info: line, warn: line, error: line },
  })
  return {
    client,
    got,
    logged,
    refuseFiles: (status, code) => {
      refusal = { status, code }
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

const jsonOf = (bytes: Buffer): StubbedRequest['json'] =>
  JSON.parse(bytes.toString()) as StubbedRequest['json']

/** RFC 2046: each part has a head, an empty line and its content, byte for byte. */
const partsOf = (body: Buffer, boundary: string): { readonly head: string; readonly content: Buffer }[] =>
  body
    .toString('latin1')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n')
      return { head: part.slice(2, at), content: Buffer.from(part.slice(at + 4, -2), 'latin1') }
    })
