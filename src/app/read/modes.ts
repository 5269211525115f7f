import { breakGlassFactsOf } from '../../domain/policy/break-glass.ts'
import type { ModeScope } from '../../domain/policy/effective-mode.ts'
import { explainMode, type ModeExplained } from '../../domain/policy/explain-mode.ts'
import type { Mode } from '../../domain/policy/modes.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { allSettings } from '../../storage/autonomy.repository.ts'
import { unreviewedGlasses } from '../../storage/break-glass.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { App, Configuration } from '../app.ts'
import { findNamed } from '../autonomy/find-named.ts'
import { governanceOf } from '../policy-facts.ts'

export interface ModeSettingView {
  readonly scope: ModeScope
  readonly name: string
  readonly mode: Mode
  readonly setBy: { readonly id: string; readonly name: string }
  readonly setAt: string
  /** False when the catalogue or the playbooks no longer have it: it does nothing then. */
  readonly inForce: boolean
}

export interface ModesView {
  /** The mode of all services for which nothing else is set. */
  readonly mode: Mode
  readonly emergencyStop: boolean
  readonly settings: ModeSettingView[]
  /** What holds for the service or playbook that was asked about; null when none was. */
  readonly holds: (AskedAbout & { readonly mode: Mode; readonly why: string[] }) | null
}

export interface AskedAbout {
  readonly service: string | null
  readonly playbook: string | null
}

/** By names as people say them, aliases too. */
export const readModes = (
  app: App,
  tenantId: string,
  said: { readonly service?: string | undefined; readonly playbook?: string | undefined } = {},
): Promise<ModesView | Rejection> =>
  inTenant(app.store, tenantId, async (tx) => {
    const configuration = await app.configuration.of(tenantId)
    const about: { service: string | null; playbook: string | null } = { service: null, playbook: null }
    for (const kind of ['service', 'playbook'] as const) {
      const name = said[kind]
      if (name === undefined) continue
      const found = findNamed(configuration, { kind, name })
      if (isRejection(found)) return found
      about[kind] = found.name
    }
    return modesIn(app, tx, about)
  })

export const modesIn = async (app: App, tx: Tx, about: AskedAbout): Promise<ModesView> => {
  const [configuration, governance, rows, glasses] = await Promise.all([
    app.configuration.of(tx.tenantId),
    governanceOf(tx),
    allSettings(tx),
    about.service === null ? [] : unreviewedGlasses(tx, about.service),
  ])
  const nameOf = await namesOf(
    tx,
    rows.map((row) => row.set_by),
  )
  const explained: ModeExplained | null =
    about.service === null && about.playbook === null
      ? null
      : explainMode({
          ...about,
          tenant: governance.mode,
          settings: rows,
          rules: configuration.policy.document.rules,
          unreviewed: breakGlassFactsOf(glasses, tx.now).unreviewed,
          observeOnly: app.observeOnly,
        })
  return {
    mode: app.observeOnly ? 'observe' : governance.mode,
    emergencyStop: governance.emergency_stop,
    settings: rows.map((row) => ({
      scope: row.scope,
      name: row.name,
      mode: row.mode,
      setBy: nameOf(row.set_by),
      setAt: row.set_at.toString(),
      inForce: isInForce(configuration, row),
    })),
    holds: explained === null ? null : { ...about, mode: explained.mode, why: [...explained.why] },
  }
}

const isInForce = (
  { serviceOf, playbooks }: Configuration,
  { scope, name }: Pick<ModeSettingView, 'scope' | 'name'>,
): boolean =>
  scope === 'service'
    ? serviceOf(name)?.name === name
    : playbooks.some(({ playbook }) => playbook.name === name)
