import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { DiscordPeer } from './discord.ts'

/** The peer's gate as a server of its own, for a Suture in another process: what passes is held against Discord's schemas. */
export const openGate = async (peer: DiscordPeer): Promise<{ readonly apiUrl: string }> => {
  const server = createServer((request, response) => {
    void pass(request).then(
      ({ status, type, body }) => {
        response.writeHead(status, type === null ? {} : { 'content-type': type })
        response.end(body)
      },
      () => response.destroy(),
    )
  })
  const pass = async (request: IncomingMessage) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('utf8')
    const answer = await peer.makeRequest(`${new URL(peer.apiUrl).origin}${request.url ?? ''}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization: request.headers.authorization ?? '',
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === '' ? {} : { body }),
    })
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: Buffer.from(await answer.arrayBuffer()),
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api` }
}
