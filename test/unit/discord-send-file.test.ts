import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createDiscordClient } from '../../adapters/discord/client.ts'
import { createSendFile } from '../../adapters/discord/send-file.ts'

/** A stub of Discord, and named so: the peer that the other tests use takes no files. */
const stubThatTakesFiles = async () => {
  const got: { path: string; type: string; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      got.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body })
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ id: '77' }))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const quiet = () => undefined
  const client = createDiscordClient({
    token: 'token-of-the-stub',
    guildId: '1',
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    now: Date.now,
    log: { info: quiet, warn: quiet, error: quiet },
  })
  return { got, send: createSendFile(client), close: () => new Promise((closed) => server.close(closed)) }
}

const aFile = (threadId: string | null) => ({
  name: 'suture-proof-run-7.json',
  contentType: 'application/json',
  text: '{"checkpoint":"— ä"}\n',
  sentence: 'The 9 entries about run-7.',
  threadId,
})

test('A2 C2 a file goes into the thread, into the channel of the incident, or to whoever asked', async () => {
  const { got, send, close } = await stubThatTakesFiles()
  try {
    await send(aFile('10/20/30'), '5')
    await send(aFile('10/20'), '5')
    await send(aFile(null), '5')
    expect(got.map(({ path }) => path)).toEqual([
      '/api/v10/channels/30/messages',
      '/api/v10/channels/10/messages',
      '/api/v10/users/@me/channels',
      '/api/v10/channels/77/messages',
    ])
    expect(JSON.parse(got[2]?.body ?? '')).toEqual({ recipient_id: '5' })
    for (const { type, body } of got.filter((each) => each.path.endsWith('messages'))) {
      expect(type).toContain('multipart/form-data')
      expect(body).toContain('filename="suture-proof-run-7.json"')
      expect(body).toContain('{"checkpoint":"— ä"}\n')
      expect(body).toContain('"allowed_mentions":{"parse":[]}')
    }
  } finally {
    await close()
  }
})
