import { once } from 'node:events'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { answerParent } from '../world/child.ts'

/** The HTTP stack and zod alone: the same server library and the same form of body, parsed and answered, nothing kept. */

const Webhook = z.object({
  status: z.string(),
  externalURL: z.string(),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      startsAt: z.string(),
      endsAt: z.string(),
      generatorURL: z.string(),
    }),
  ),
})

const app = new Hono()
app.post('/v1/alerts/alertmanager', async (c) => {
  const { alerts } = Webhook.parse(await c.req.json())
  return c.json({ received: alerts.length })
})

const answer = getRequestListener(app.fetch)
const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

answerParent<'port', number>(async () => port)
