import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { catalogueAt } from './app.ts'
import { dataFolder } from './embedded.ts'
import { alertSecret } from './heal.ts'
import { ask, type Suture, startedSuture } from './suture.ts'
import { startTarget, type TestTarget } from './target.ts'

/** The real program outside the lab, with a real target that is down, connected to whatever chats `env` names; for one test. */
export interface ChatSuture {
  readonly suture: Suture
  readonly target: TestTarget
  readonly post: (status: 'firing' | 'resolved', severity?: string) => Promise<void>
}

export const startChatSuture = async (env: Readonly<Record<string, string>>): Promise<ChatSuture> => {
  const target = await startTarget()
  onTestFinished(() => target.close())
  const dataDir = dataFolder()
  mkdirSync(dataDir)
  const catalogue = join(dataDir, 'catalogue.yaml')
  writeFileSync(catalogue, catalogueAt(target.url))
  const suture = await startedSuture({
    dataDir,
    env: {
      SUTURE_LAB: 'off',
      SUTURE_PORT: '0',
      SUTURE_CATALOGUE: catalogue,
      SUTURE_ALERTMANAGER_SECRET: alertSecret,
      SUTURE_FLAP_WINDOW: '0ms',
      ...env,
    },
  })
  return {
    suture,
    target,
    post: async (status, severity = 'warning') => {
      const alert = {
        status,
        labels: { alertname: 'ServiceDown', service: 'checkout', severity },
        annotations: { summary: 'checkout does not answer <!channel> @everyone' },
        startsAt: '2026-11-22T10:00:00Z',
        endsAt: status === 'resolved' ? '2026-11-22T10:30:00Z' : '0001-01-01T00:00:00Z',
      }
      const body = { version: '4', status, alerts: [alert] }
      const answer = await ask(suture.url(), '/v1/alerts/alertmanager', {
        method: 'POST',
        key: alertSecret,
        body,
      })
      if (answer.status !== 200) throw new Error(`the alert was answered with ${answer.status}`)
    },
  }
}
