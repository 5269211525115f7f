import { type Mode, strictestMode } from './modes.ts'

/** What a mode may be set for, besides the tenant as a whole. */
export const modeScopes = ['service', 'playbook'] as const
export type ModeScope = (typeof modeScopes)[number]

export interface ModeSetting {
  readonly scope: ModeScope
  readonly name: string
  readonly mode: Mode
}

/** The mode that holds, and the settings that make it so; none where it is the tenant's. */
export interface EffectiveMode {
  readonly mode: Mode
  readonly by: readonly ModeSetting[]
}

/** What is set for the service or the playbook stands in place of the tenant's; where both are set, the stricter. */
export const effectiveMode = (
  tenant: Mode,
  settings: readonly ModeSetting[],
  about: { readonly service: string; readonly playbook: string | null },
): EffectiveMode => {
  const set = settings.filter(({ scope, name }) => name === about[scope])
  if (set.length === 0) return { mode: tenant, by: [] }
  const mode = set.map((each) => each.mode).reduce(strictestMode)
  return { mode, by: set.filter((each) => each.mode === mode) }
}

/** ` (set for checkout and for the playbook restart)`; empty where it is the tenant's. */
export const setForInWords = (by: readonly ModeSetting[]): string =>
  by.length === 0
    ? ''
    : ` (set for ${by.map(({ scope, name }) => (scope === 'service' ? name : `the playbook ${name}`)).join(' and for ')})`
