import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { webhookBody } from '../load/bodies.ts'
import { nowText } from './alerts-world.ts'
import type { BenchSuture } from './suture.ts'

/** Services that can be healed, and the buttons that approve it. */

/** Each is down until it is restarted at `target`, and has a target that does so. */
export const healableServices = (target: string, names: readonly string[]): string =>
  `services:\n${names
    .map(
      (name) => `  - name: ${name}
    channels: [incidents]
    probe: { url: '${target}/${name}/health', timeout: 500ms }
    targets:
      - name: bench/${name}
        kind: http
        actions:
          restart_service: { method: POST, url: '${target}/${name}/restart', effect: '${target}/${name}/effects/{key}' }
`,
    )
    .join('')}`

export const call = async (
  { url }: BenchSuture,
  key: string,
  method: string,
  path: string,
  body?: string,
): Promise<unknown> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

export const makeApprover = async (suture: BenchSuture): Promise<string> => {
  const adminKey = await suture.adminKey()
  await call(
    suture,
    adminKey,
    'POST',
    '/v1/people',
    JSON.stringify({ id: 'bea', name: 'Bea', roles: ['responder', 'approver'] }),
  )
  const made = await call(
    suture,
    adminKey,
    'POST',
    '/v1/keys',
    JSON.stringify({ name: 'bench', scopes: ['read', 'respond', 'approve'], personId: 'bea' }),
  )
  return z.object({ key: z.string() }).parse(made).key
}

const Received = z.object({ incidents: z.array(z.string()) })
const Thread = z.object({
  items: z.array(
    z.object({
      card: z
        .object({
          blocks: z.array(
            z.object({ actions: z.array(z.object({ label: z.string(), token: z.string() })).optional() }),
          ),
        })
        .optional(),
    }),
  ),
})

const withinMs = 20_000

/** Suture requests the remedy itself; this waits for the card that asks for approval. */
export const raiseAndFindButton = async (
  suture: BenchSuture,
  key: string,
  service: string,
): Promise<string> => {
  const alert = {
    service,
    instance: 'only',
    alertname: 'ServiceDown',
    status: 'firing',
    startsAt: nowText(),
    endsAt: null,
  } as const
  const received = Received.parse(
    await call(suture, suture.secret, 'POST', '/v1/alerts/alertmanager', webhookBody([alert])),
  )
  const deadline = performance.now() + withinMs
  for (;;) {
    const thread = Thread.parse(
      await call(suture, key, 'GET', `/v1/incidents/${received.incidents[0]}/thread`),
    )
    const button = thread.items
      .flatMap(({ card }) => card?.blocks.flatMap(({ actions }) => actions ?? []) ?? [])
      .find(({ label }) => label === 'Approve')
    if (button !== undefined) return button.token
    if (performance.now() > deadline)
      throw new Error(`no button Approve for ${service} within ${withinMs / 1000} s`)
    await sleep(20)
  }
}
