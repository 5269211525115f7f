import { once } from 'node:events'
import { createServer } from 'node:http'
import { answerParent } from './child.ts'
import { fakeTeam } from './fake-team.ts'

/**
 * A fake of Slack's Web API, not a peer: it says yes to everything, so that what is measured is Suture.
 */
let posted = 0

const answerTo = (method: string): object => {
  switch (method) {
    case 'auth.test':
      return {
        url: 'http://127.0.0.1/',
        team_id: fakeTeam.team,
        user_id: 'UBOT',
        bot_id: 'B1',
        user: 'suture',
        team: 't',
      }
    case 'conversations.list':
      return { channels: [{ id: fakeTeam.channel, name: 'incidents', is_member: true, is_channel: true }] }
    case 'usergroups.list':
      return { usergroups: [{ id: fakeTeam.group, handle: 'leads', users: [fakeTeam.approver] }] }
    case 'chat.postMessage':
      posted += 1
      return { channel: fakeTeam.channel, ts: `1795370000.${String(posted).padStart(6, '0')}`, message: {} }
    case 'chat.update':
      return { channel: fakeTeam.channel, ts: '1795370000.000001' }
    default:
      return {}
  }
}

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ok: true, ...answerTo((request.url ?? '').split(/[/?]/).at(-1) ?? '') }))
  })
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

answerParent<'port', number>(async () => port)
