import { type Check, isKnownCheck } from '../../domain/check.ts'
import { checkTitle, readMetric } from '../../domain/check-in-words.ts'
import { notMeasured, type Reading } from '../../domain/verification.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Claim } from './claim-run.ts'
import type { Control } from './control.ts'
import { runCheck } from './run-check.ts'

/** Where one looks from. */
export interface Viewpoint {
  readonly app: App
  readonly claim: Claim
  readonly control: Control
  /** Of the step execution that stands for the check. */
  readonly stepId: string
}

/** One look, now and never out of a cache. Never throws, and is over soon after its signal. */
export const lookAt = async (from: Viewpoint, check: Check, signal: AbortSignal): Promise<Reading> => {
  if (!isKnownCheck(check)) return notMeasured(`this version of Suture knows no check ${check.check}`)
  try {
    return await lookBy(from, check, signal)
  } catch (error) {
    from.app.log.error(
      { run: from.claim.run.id, check: check.check, error },
      'a check failed; it counts as not measured',
    )
    return notMeasured(
      `the check itself failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300),
    )
  }
}

const lookBy = (from: Viewpoint, check: Check, signal: AbortSignal): Promise<Reading> => {
  switch (check.check) {
    case 'http_probe':
      return untilAborted(lookAtProbe(from, check, signal), signal)
    case 'prometheus':
      return untilAborted(lookAtMetric(from, check, signal), signal)
    case 'command':
      // Not left alone on abort: what it started must have ended before the run goes on.
      return runCheck(from, check, signal)
    case 'alert_resolved':
      return untilAborted(lookAtAlerts(from), signal)
  }
}

const lookAtProbe = async (
  { app, claim: { service } }: Viewpoint,
  { probe: name }: Extract<Check, { check: 'http_probe' }>,
  signal: AbortSignal,
): Promise<Reading> => {
  const probes = service.probes ?? {}
  const probe = name === undefined ? service.probe : Object.hasOwn(probes, name) ? probes[name] : undefined
  if (probe === undefined && name !== undefined)
    return notMeasured(`${service.title ?? service.name} has no probe ${name} in the catalogue`)
  const reading = await app.probeHealth({ ...service, probe }, signal)
  return { measured: reading.measured, holds: reading.healthy, summary: reading.summary }
}

const lookAtMetric = async (
  { app, claim: { service } }: Viewpoint,
  check: Extract<Check, { check: 'prometheus' }>,
  signal: AbortSignal,
): Promise<Reading> => {
  const query = check.metric === undefined ? check.query : service.metrics?.[check.metric]
  if (query === undefined)
    return notMeasured(`${service.title ?? service.name} has no metric ${check.metric} in the catalogue`)
  const answer = await app.metrics.read(service, query, signal)
  return answer.ok
    ? readMetric(checkTitle(check), answer.value, check)
    : notMeasured(answer.problem.replace(/\.$/, ''))
}

const lookAtAlerts = async ({ app, claim }: Viewpoint): Promise<Reading> => {
  const alerts = await inTenant(app.store, claim.tenantId, (tx) =>
    tx.db
      .selectFrom('alert')
      .select(['title', 'status'])
      .where('tenant_id', '=', tx.tenantId)
      .where('incident_id', '=', claim.run.incident_id)
      .execute(),
  )
  if (alerts.length === 0) return notMeasured(`${claim.run.incident_id} has no alerts that could resolve`)
  const firing = alerts.filter((alert) => alert.status !== 'resolved')
  if (firing.length === 0)
    return {
      measured: true,
      holds: true,
      summary: alerts.length === 1 ? 'its alert has resolved' : `all ${alerts.length} alerts have resolved`,
    }
  const [first] = firing
  return {
    measured: true,
    holds: false,
    summary: `${firing.length} of ${alerts.length} alerts still firing: ${first?.title ?? ''}${firing.length > 1 ? ' and others' : ''}`,
  }
}

/** Who is asked may hang and never heed the signal: then the answer is no longer waited for. */
const untilAborted = (looking: Promise<Reading>, signal: AbortSignal): Promise<Reading> =>
  new Promise((resolve, reject) => {
    const stop = (): void => resolve(notMeasured('no answer in time'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    looking.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
