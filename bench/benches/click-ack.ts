import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, OpenBench } from '../bench.ts'
import { percentile } from '../measure/statistics.ts'
import { intakeOf, nowText, startLoad } from '../world/alerts-world.ts'
import { healableServices, makeApprover, raiseAndFindButton } from '../world/approvals.ts'
import { startChild } from '../world/child.ts'
import { openingWith } from '../world/closers.ts'
import { fakeTeam } from '../world/fake-team.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { type BenchSuture, startSuture } from '../world/suture.ts'
import type { Question as TargetQuestion } from '../world/target-process.ts'
import { tempFolder } from '../world/temp-folder.ts'

const clicks = 20
const alerts = 5_000
const incidents = 100
const everyMs = 40
const signingSecret = 'the-signing-secret'
const mostMs = 300
const aimMs = 100

const serviceName = (kind: string, round: number, at: number): string => `shop-${kind}-${round}-${at}`

const open = ({ rounds }: { rounds: number }): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const target = startChild<TargetQuestion, number>(new URL('../world/target-process.ts', import.meta.url))
    closers.add(() => target.stop())
    const slack = startChild<'port', number>(new URL('../world/fake-slack.ts', import.meta.url))
    closers.add(() => slack.stop())
    const names = ['storm', 'idle'].flatMap((kind) =>
      Array.from({ length: (rounds + 1) * clicks }, (_, number) =>
        serviceName(kind, Math.floor(number / clicks), number % clicks),
      ),
    )
    const catalogue = join(folder, 'catalogue.yaml')
    writeFileSync(
      catalogue,
      healableServices(`http://127.0.0.1:${await target.ask({ kind: 'port' })}`, names),
    )
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture(
      {
        folder,
        database: postgres,
        catalogue,
        env: {
          SUTURE_SLACK_BOT_TOKEN: 'xoxb-of-the-bench',
          SUTURE_SLACK_SIGNING_SECRET: signingSecret,
          SUTURE_SLACK_API_URL: `http://127.0.0.1:${await slack.ask('port')}/api/`,
          SUTURE_SLACK_ROLES: `approver=${fakeTeam.group}`,
        },
      },
      closers,
    )
    const load = startLoad(closers)
    const reader = await makeApprover(suture)
    const all: number[] = []

    /** A press on Approve for each of as many incidents; milliseconds from the request to Slack's 200. */
    const press = async (kind: string, round: number, meanwhile: () => Promise<unknown>): Promise<number> => {
      const tokens: string[] = []
      for (let at = 0; at < clicks; at += 1)
        tokens.push(await raiseAndFindButton(suture, reader, serviceName(kind, round, at)))
      await untilIdle(postgres.ownerUrl, 0)
      const busy = meanwhile()
      const acknowledged = await Promise.all(
        tokens.map(async (token, at) => {
          await sleep(at * everyMs)
          return acknowledge(suture, token, `${kind}.${round}.${at}`)
        }),
      )
      await busy
      await untilIdle(postgres.ownerUrl, 0)
      if (round > 0 && kind === 'storm') all.push(...acknowledged)
      return percentile(acknowledged, 0.99)
    }
    return {
      candidate: {
        name: 'suture',
        measure: (round) =>
          press('storm', round, () =>
            load.ask({
              kind: 'load',
              stream: { kind: 'storm', round, alerts, groups: incidents, startsAt: nowText() },
              form: 'webhook',
              target: intakeOf(suture),
              perRequest: 50,
              connections: 8,
            }),
          ),
      },
      baselines: [{ name: 'idle', measure: (round) => press('idle', round, async () => undefined) }],
      remarks: () => {
        const p99 = percentile(all, 0.99)
        const judged = p99 < aimMs ? 'reaches the aim' : p99 < mostMs ? 'within the bound' : 'MISSED'
        return [
          `Over all ${all.length} clicks the 99th percentile is ${p99.toFixed(1)} ms, the slowest took ${Math.max(...all).toFixed(1)} ms; under ${mostMs} ms asked, aim ${aimMs}: ${judged}.`,
        ]
      },
      close: closers.closeAll,
    }
  })

const acknowledge = async ({ url }: BenchSuture, token: string, id: string): Promise<number> => {
  const payload = {
    type: 'block_actions',
    team: { id: fakeTeam.team, domain: 'bench' },
    user: { id: fakeTeam.approver, username: 'lea', name: 'lea', team_id: fakeTeam.team },
    api_app_id: 'A1',
    trigger_id: `1.2.${id}`,
    container: { type: 'message', message_ts: '1795370000.000001', channel_id: fakeTeam.channel },
    channel: { id: fakeTeam.channel, name: 'incidents' },
    message: { type: 'message', ts: '1795370000.000001', text: 'card' },
    actions: [{ type: 'button', action_id: `act:${token}`, block_id: 'b', action_ts: `1795370000.${id}` }],
  }
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const at = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', signingSecret).update(`v0:${at}:${body}`).digest('hex')
  const pressed = performance.now()
  const response = await fetch(`${url}/chat/slack`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  })
  if (response.status !== 200) throw new Error(`a click was answered with ${response.status}`)
  await response.body?.cancel()
  return performance.now() - pressed
}

export const clickAck: Bench = {
  name: 'click-ack',
  unit: 'ms',
  about: [
    `From a signed click on Approve in Slack to Slack's 200, while ${alerts} alerts of ${incidents} services come in: the vote, the permit and the queued run are`,
    `committed when it is acknowledged. ${clicks} clicks a round, one every ${everyMs} ms; the 99th percentile of each round. Slack's API is a fake that says yes.`,
    'idle: the same clicks with nothing else going on. The ratio is time by time: lower is better.',
  ],
  bounds: {},
  open,
}
