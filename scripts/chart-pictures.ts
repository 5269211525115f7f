import { mkdir, writeFile } from 'node:fs/promises'
import { createPictureMaker } from '../adapters/pictures/index.ts'
import {
  approvalsChart,
  incidentsChart,
  type Labelled,
  recoveryChart,
  successChart,
} from '../src/domain/chart/figure-charts.ts'
import { figuresOf, type LearningFigures } from '../src/domain/learning/figures.ts'
import type { RecoveryFigures } from '../src/domain/learning/recovery-time.ts'
import { projectRoot } from './project-files.ts'

/** Draws docs/pictures/chart-*.png, as threads show them: `node scripts/chart-pictures.ts [folder]`. */

const minutes = 60_000
const now = Temporal.Instant.from('2026-11-23T03:10:00Z')
const foot = 'Last 7 days · as of 2026-11-23 03:10 UTC'

const runs = (label: string, worked: number, tried: number): Labelled<LearningFigures> => {
  const sum = { key: label, totalMs: 0 }
  return {
    label,
    of: figuresOf(label, [
      { ...sum, status: 'succeeded', recovery: 'recovered', outcomes: worked },
      { ...sum, status: 'failed', recovery: 'not_recovered', outcomes: tried - worked },
    ]),
  }
}
const times = (
  label: string,
  medianMs: number,
  p90Ms: number,
  incidents: number,
): Labelled<RecoveryFigures> => ({
  label,
  of: { key: label, incidents, alone: 0, meanMs: medianMs, medianMs, p90Ms },
})
const request = (
  service: string,
  title: string,
  waited: number,
  left: number,
  given: number,
  quorum: number,
) => ({
  service,
  title,
  requestedAt: now.subtract({ minutes: waited }),
  expiresAt: now.add({ minutes: left }),
  given,
  quorum,
})

const charts = {
  success: successChart(
    [
      runs('restart-service', 38, 42),
      runs('roll-back-deploy', 12, 15),
      runs('scale-up', 8, 14),
      runs('flush-circuits', 2, 3),
      runs('warm-cache', 1, 9),
    ],
    { title: 'Success by playbook', foot },
    true,
  ),
  recovery: recoveryChart(
    [
      times('payments', 31 * minutes, 72 * minutes, 14),
      times('checkout', 12 * minutes, 25 * minutes, 41),
      times('search', 4 * minutes, 9 * minutes, 12),
      times('catalogue', 48_000, 3 * minutes, 5),
    ],
    { title: 'Time to recover by service', foot },
  ),
  approvals: approvalsChart(
    [
      request('payments', 'Roll back the deploy', 52, 8, 1, 2),
      request('checkout', 'Restart the service', 22, 38, 0, 1),
      request('search', 'Scale instances', 3, 57, 0, 1),
    ],
    now,
    { title: 'Approvals waiting', foot: 'as of 2026-11-23 03:10 UTC' },
  ),
  incidents: incidentsChart(
    [
      { key: 'checkout', count: 41 },
      { key: 'payments', count: 14 },
      { key: 'search', count: 12 },
      { key: 'catalogue', count: 5 },
    ],
    { title: 'Incidents by service', foot },
  ),
}

const folder = process.argv[2] ?? `${projectRoot}docs/pictures`
await mkdir(folder, { recursive: true })
const make = createPictureMaker({
  log: { warn: (details, message) => console.error(message, details) },
  timeoutMs: 30_000,
})
for (const [name, chart] of Object.entries(charts)) {
  const picture = await make(chart)
  if (picture === null) throw new Error(`no picture was made of ${name}`)
  await writeFile(`${folder}/chart-${name}.png`, picture.bytes)
}
