import type { Check } from '../../domain/check.ts'
import type { CommandCall, Service, Target } from '../../domain/service.ts'
import { effectKey } from '../../domain/step.ts'
import { notMeasured, type Reading } from '../../domain/verification.ts'
import { inTenant } from '../../storage/database.ts'
import type { ProcessIdentity } from '../ports.ts'
import { asHolder } from './as-holder.ts'
import type { Viewpoint } from './look.ts'

type CommandCheck = Extract<Check, { check: 'command' }>
type CommandTarget = Extract<Target, { kind: 'command' }>

/**
 * One look by a command of the catalogue, under the executor of commands with all its limits. Exit code 0 holds; another
 * one, or no end in time, does not. A command that never began has measured nothing.
 */
export const runCheck = async (
  from: Viewpoint,
  check: CommandCheck,
  signal: AbortSignal,
): Promise<Reading> => {
  const { app, claim, control } = from
  const found = findCheck(claim.service, check.command)
  if (found === null)
    return notMeasured(`no target of ${claim.service.name} declares the check ${check.command}`)
  const executor = app.executors.get('command')
  if (executor === undefined) return notMeasured('nothing here can run commands')
  const started: ProcessIdentity[] = []
  try {
    const result = await executor.perform(
      {
        effectKey: effectKey(claim.run.id, from.stepId, 'verify'),
        target: { ...found.target, actions: { [found.name]: found.call } },
        action: found.name,
        parameters: {},
        timeoutMs: check.timeout,
      },
      {
        signal,
        mayAct: control.mayAct,
        onOutput: () => undefined,
        onProcess: async (identity) => {
          await remember(from, identity)
          started.push(identity)
        },
      },
    )
    const summary = `${check.title ?? check.command}: ${result.summary}`
    // Canceled, or cut off by the run's own deadline: that says nothing about the service.
    if (started.length === 0 || result.status === 'canceled' || result.status === 'unknown' || signal.aborted)
      return notMeasured(summary)
    return { measured: true, holds: result.status === 'succeeded', summary }
  } finally {
    await forget(from, started)
  }
}

interface FoundCheck {
  readonly target: CommandTarget
  readonly name: string
  readonly call: CommandCall
}

/** `<target>/<check>`: a target's name may have slashes, a check's has none. Without one, the first target that declares it. */
const findCheck = (service: Service, command: string): FoundCheck | null => {
  const cut = command.lastIndexOf('/')
  const name = command.slice(cut + 1)
  for (const target of service.targets) {
    if (target.kind !== 'command' || (cut >= 0 && target.name !== command.slice(0, cut))) continue
    const checks = target.checks ?? {}
    const call = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (call !== undefined) return { target, name, call }
  }
  return null
}

/** So that the watchdog finds it, should this worker die. */
const remember = ({ app, claim }: Viewpoint, identity: ProcessIdentity): Promise<void> =>
  asHolder(app, claim, async (tx) => {
    await tx.db
      .insertInto('run_process')
      .values({
        tenant_id: tx.tenantId,
        run_id: claim.run.id,
        pid: identity.pid,
        start_ticks: identity.startTicks ?? '',
        boot_id: identity.bootId ?? '',
        host: app.host,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  })

const forget = async ({ app, claim }: Viewpoint, identities: readonly ProcessIdentity[]): Promise<void> => {
  for (const { pid, startTicks } of identities)
    await inTenant(app.store, claim.tenantId, (tx) =>
      tx.db
        .deleteFrom('run_process')
        .where('tenant_id', '=', tx.tenantId)
        .where('run_id', '=', claim.run.id)
        .where('pid', '=', pid)
        .where('start_ticks', '=', startTicks ?? '')
        .execute(),
    )
}
