import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Question as BullQuestion } from '../baselines/add-to-start-process.ts'
import type { Bench, OpenBench } from '../bench.ts'
import { webhookBody } from '../load/bodies.ts'
import { median, percentile } from '../measure/statistics.ts'
import { nowText } from '../world/alerts-world.ts'
import { startChild } from '../world/child.ts'
import { openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { type BenchSuture, startSuture } from '../world/suture.ts'
import type { Question as TargetQuestion } from '../world/target-process.ts'
import { tempFolder } from '../world/temp-folder.ts'

const clicks = 8
const jobs = 200

const serviceName = (round: number, at: number): string => `shop-${round}-${at}`

const catalogueOf = (target: string, rounds: number): string =>
  `services:\n${Array.from({ length: (rounds + 1) * clicks }, (_, number) => {
    const name = serviceName(Math.floor(number / clicks), number % clicks)
    return `  - name: ${name}
    channels: [incidents]
    probe: { url: '${target}/${name}/health', timeout: 500ms }
    targets:
      - name: bench/${name}
        kind: http
        actions:
          restart_service: { method: POST, url: '${target}/${name}/restart', effect: '${target}/${name}/effects/{key}' }
`
  }).join('')}`

const open = ({ rounds }: { rounds: number }): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const target = startChild<TargetQuestion, number>(new URL('../world/target-process.ts', import.meta.url))
    closers.add(() => target.stop())
    const catalogue = join(folder, 'catalogue.yaml')
    writeFileSync(catalogue, catalogueOf(`http://127.0.0.1:${await target.ask({ kind: 'port' })}`, rounds))
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres, catalogue }, closers)
    const approver = await makeApprover(suture)
    const bull = startChild<BullQuestion, readonly number[]>(
      new URL('../baselines/add-to-start-process.ts', import.meta.url),
    )
    closers.add(() => bull.stop())
    await bull.ask({ kind: 'open', url: postgres.ownerUrl })
    const all: number[] = []

    const clickOnce = async (service: string): Promise<number> => {
      const token = await raiseAndFindButton(suture, approver, service)
      await untilIdle(postgres.ownerUrl)
      const body = JSON.stringify({ token })
      const clicked = performance.timeOrigin + performance.now()
      const answered = call(suture, approver, 'POST', '/v1/clicks', body)
      const started = await target.ask({ kind: 'restarted', service })
      const outcome = z.object({ done: z.boolean(), message: z.string() }).parse(await answered)
      if (!outcome.done)
        throw new Error(`the click on Approve for ${service} was refused: ${outcome.message}`)
      return started - clicked
    }
    return {
      candidate: {
        name: 'suture',
        measure: async (round) => {
          const measured: number[] = []
          for (let at = 0; at < clicks; at += 1) measured.push(await clickOnce(serviceName(round, at)))
          if (round > 0) all.push(...measured)
          return median(measured)
        },
      },
      baselines: [
        {
          name: 'bullmq-p99',
          measure: async () => percentile(await bull.ask({ kind: 'measure', jobs }), 0.99),
        },
      ],
      remarks: () => [`Of all ${all.length} clicks the slowest took ${Math.max(...all).toFixed(1)} ms.`],
      close: closers.closeAll,
    }
  })

const call = async (
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

const makeApprover = async (suture: BenchSuture): Promise<string> => {
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
const raiseAndFindButton = async (suture: BenchSuture, key: string, service: string): Promise<string> => {
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

export const clickToStart: Bench = {
  name: 'click-to-start',
  unit: 'ms',
  about: [
    'Idle. From the POST of a click on Approve to the arrival of the first step at its target: the vote, the quorum, the permit, the queue, the',
    `claim, the locks and the step's intent are all committed in between. The median of ${clicks} clicks in each round. bullmq-p99 is the 99th`,
    `percentile of ${jobs} jobs from BullMQ's add to the start of its processor, on the same PostgreSQL. The ratio is time by time: lower is better.`,
  ],
  bounds: { 'bullmq-p99': { sense: 'at_most', required: 4, aim: 2 } },
  open,
}
