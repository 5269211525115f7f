/** Where the lab's alerts go: the same endpoint, in the same shape, as a real Alertmanager would use. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type LabAlert, webhookPayload } from './alertmanager.ts'
import { writeFileWhole } from './files.ts'
import { createNotifier, type Notifier } from './notifier.ts'

const POST_TIMEOUT_MS = 5_000
const REPEAT_MS = 15_000

export type AlertTarget = { readonly sutureUrl: string; readonly secret: string }

const Saved = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string().nullable(),
  }),
)

export function createAlertSender(
  target: AlertTarget,
  dir: string,
  labUrl: string,
  log: (message: string) => void,
): Notifier {
  const file = join(dir, 'alerts.json')
  const endpoint = new URL('/v1/alerts/alertmanager', target.sutureUrl)
  return createNotifier({
    now: () => Temporal.Now.instant(),
    repeatMs: REPEAT_MS,
    log,
    restored: readSaved(file),
    persist: (open) => {
      try {
        writeFileWhole(file, `${JSON.stringify(open)}\n`)
      } catch (error) {
        log(`${file} could not be written, alerts open now may stay open after a crash: ${String(error)}`)
      }
    },
    async post(alert) {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${target.secret}` },
        body: JSON.stringify(webhookPayload(alert, labUrl)),
        signal: AbortSignal.timeout(POST_TIMEOUT_MS),
      })
      const answer = await response.text()
      if (!response.ok)
        throw new Error(`${endpoint.href} answered ${response.status}: ${answer.slice(0, 200)}`)
    },
  })
}

/** The alerts a killed predecessor left open. An unreadable file only costs their end, so it is no reason to refuse. */
function readSaved(file: string): LabAlert[] {
  try {
    return Saved.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return []
  }
}
