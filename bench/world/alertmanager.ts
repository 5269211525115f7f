import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endChild } from './child.ts'
import type { Closers } from './closers.ts'
import { freePort } from './free-port.ts'

export interface Alertmanager {
  readonly port: number
}

export interface Route {
  readonly groupBy: string
  readonly groupWait: string
  readonly groupInterval: string
  /** Where notifications go; null for nowhere. */
  readonly webhook: string | null
}

/** Tells its webhook of every new group at once, as Suture shows every incident at once. */
export const notifying = (sinkPort: number): Route => ({
  groupBy: 'service',
  groupWait: '0s',
  groupInterval: '5m',
  webhook: `http://127.0.0.1:${sinkPort}/`,
})

const program = '/usr/bin/prometheus-alertmanager'
const readyWithinMs = 20_000

/** Said instead of a figure when there is no Alertmanager on this machine. */
export const alertmanagerMissing = `${program} is not installed (Debian: apt install prometheus-alertmanager)`

export const hasAlertmanager = (): boolean => existsSync(program)

const configOf = ({ groupBy, groupWait, groupInterval, webhook }: Route): string => `route:
  receiver: bench
  group_by: [${groupBy}]
  group_wait: ${groupWait}
  group_interval: ${groupInterval}
  repeat_interval: 4h
receivers:
  - name: bench
${webhook === null ? '' : `    webhook_configs:\n      - url: ${webhook}\n        send_resolved: false\n`}`

/** A real Alertmanager alone (no cluster), with an empty storage of its own. */
export const startAlertmanager = async (
  folder: string,
  route: Route,
  closers: Closers,
): Promise<Alertmanager> => {
  const port = await freePort()
  const directory = join(folder, `alertmanager-${port}`)
  mkdirSync(directory)
  writeFileSync(join(directory, 'config.yml'), configOf(route))
  const log = openSync(join(directory, 'log'), 'a')
  const child = spawn(
    program,
    [
      `--config.file=${join(directory, 'config.yml')}`,
      `--storage.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', log, log] },
  )
  closers.add(() => endChild(child))
  const started = performance.now()
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - started > readyWithinMs)
      throw new Error(`${program} did not get ready; see ${join(directory, 'log')}`)
    await sleep(20)
  }
  return { port }
}

const isReady = async (port: number): Promise<boolean> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/-/ready`, { signal: AbortSignal.timeout(1_000) })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}
