/**
 * Keeps Suture told: firing, again while it fires, then resolved. A view, not a queue: for each alert only its
 * newest state is ever sent, so however long the receiver is away, one post an alert catches it up.
 */
import { annotationsOf, fingerprint, type LabAlert, labelsOf } from './alertmanager.ts'
import type { Finding } from './rules.ts'

export type Notifier = {
  /** What is wrong with this service now; what was and is no longer, has resolved. */
  readonly update: (service: string, findings: readonly Finding[]) => void
  /** Posts what is due. Resolves once those posts are answered. */
  readonly flush: () => Promise<void>
  /** Alerts that fire, or whose end is not delivered yet. */
  readonly open: () => LabAlert[]
}

export type NotifierPorts = {
  /** @throws Error when the receiver did not take it. */
  readonly post: (alert: LabAlert) => Promise<void>
  readonly now: () => Temporal.Instant
  readonly repeatMs: number
  readonly log: (message: string) => void
  /** Called whenever the open alerts change, so that a successor can close what this process opened. */
  readonly persist: (open: readonly LabAlert[]) => void
  readonly restored: readonly LabAlert[]
}

type Tracked = {
  alert: LabAlert
  /** Whether the receiver may know of it: a post that failed may still have arrived. */
  attempted: boolean
  delivered: LabAlert | null
  dueAt: number
  failures: number
  busy: boolean
}

const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000

const keyOf = ({ labels }: LabAlert): string => fingerprint(labels)

export function createNotifier({ post, now, repeatMs, log, persist, restored }: NotifierPorts): Notifier {
  const tracked = new Map<string, Tracked>()
  const track = (alert: LabAlert, attempted: boolean) =>
    tracked.set(keyOf(alert), { alert, attempted, delivered: null, dueAt: 0, failures: 0, busy: false })
  for (const alert of restored) track(alert, true)

  const open = () => [...tracked.values()].map(({ alert }) => alert)

  function update(service: string, findings: readonly Finding[]): void {
    const before = JSON.stringify(open())
    const at = now().toString({ smallestUnit: 'millisecond' })
    const fresh = new Map<string, LabAlert>()
    for (const finding of findings) {
      const labels = labelsOf(service, finding)
      const alert = { labels, annotations: annotationsOf(finding), startsAt: at, endsAt: null }
      fresh.set(keyOf(alert), alert)
    }
    for (const [key, alert] of fresh) {
      const known = tracked.get(key)
      if (!known) track(alert, false)
      else if (known.alert.endsAt !== null) Object.assign(known, { alert, dueAt: 0 })
      else known.alert = { ...alert, startsAt: known.alert.startsAt }
    }
    for (const [key, known] of tracked) {
      if (known.alert.labels.service !== service || fresh.has(key) || known.alert.endsAt !== null) continue
      Object.assign(known, { alert: { ...known.alert, endsAt: at }, dueAt: 0 })
      // Nobody was told that it began, so nobody need hear that it ended.
      if (!known.attempted) tracked.delete(key)
    }
    if (JSON.stringify(open()) !== before) persist(open())
  }

  async function send(key: string, entry: Tracked): Promise<void> {
    const sent = entry.alert
    const { alertname, service } = sent.labels
    entry.busy = true
    entry.attempted = true
    try {
      await post(sent)
      if (entry.failures > 0)
        log(`${alertname} of ${service}: delivered after ${entry.failures} failed attempts`)
      entry.delivered = sent
      entry.failures = 0
      // Anything newer than what was sent is due at once.
      const newest = entry.alert.endsAt === sent.endsAt && entry.alert.startsAt === sent.startsAt
      entry.dueAt = newest ? now().epochMilliseconds + repeatMs : 0
      if (newest && sent.endsAt !== null) {
        tracked.delete(key)
        persist(open())
      }
    } catch (error) {
      if (entry.failures === 0) log(`${alertname} of ${service} not delivered, will retry: ${String(error)}`)
      entry.failures += 1
      entry.dueAt = now().epochMilliseconds + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (entry.failures - 1))
    } finally {
      entry.busy = false
    }
  }

  return {
    update,
    open,
    async flush() {
      const at = now().epochMilliseconds
      const due = [...tracked].filter(([, entry]) => !entry.busy && entry.dueAt <= at)
      await Promise.all(due.map(([key, entry]) => send(key, entry)))
    },
  }
}
