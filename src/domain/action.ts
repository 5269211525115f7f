/** A catalogued operation with parameter bounds. A playbook may only narrow what an action allows. */

export const impacts = ['low', 'medium', 'high', 'critical'] as const
export type Impact = (typeof impacts)[number]

export const impactRank = (impact: Impact): number => impacts.indexOf(impact)
export const worstImpact = (one: Impact, other: Impact): Impact =>
  impactRank(one) >= impactRank(other) ? one : other

export type ParameterValue = string | number | boolean

export type ParameterSpec =
  | {
      readonly type: 'integer'
      readonly title: string
      readonly min: number
      readonly max: number
      /** Values inside the bounds that are refused all the same, such as 0 for a change of size. */
      readonly except?: readonly number[]
      readonly default?: number
    }
  | {
      readonly type: 'string'
      readonly title: string
      /** In UTF-16 code units. */
      readonly maxLength: number
      /** A regular expression that must match the whole value. */
      readonly pattern?: string
      readonly default?: string
    }
  | {
      readonly type: 'choice'
      readonly title: string
      readonly values: readonly string[]
      readonly default?: string
    }
  | { readonly type: 'boolean'; readonly title: string; readonly default?: boolean }

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>

/** One call in a person's words, with every value that an executor gets: people approve what they read here. */
export interface Saying {
  /** Stands alone: `Remove 1 instance`. */
  readonly whole: string
  /** Stands behind a playbook's own title, which could say anything: `1 more`. */
  readonly values: string
}

export interface Action {
  readonly name: string
  readonly title: string
  readonly impact: Impact
  /** `inverse`: another call undoes it; `none`: it cannot be undone, and approval shows that. */
  readonly reversibility: 'inverse' | 'none' | 'not_needed'
  /** The action whose call undoes an `inverse` one: itself with other values, or another. Null otherwise. */
  readonly undoneBy: string | null
  /**
   * `target`: after a crash the target is asked whether the effect of the key happened, and what it can't tell ends `unknown`.
   * `none`: nothing is changed, so nothing is asked.
   */
  readonly probe: 'target' | 'none'
  readonly parameters: ParameterSpecs
  /** How a call with these parameters reads; without it they are listed by their titles. */
  readonly say?: (parameters: Readonly<Record<string, ParameterValue>>) => Saying
  /** Whether it changes a target. `wait` and `check` do not: they need no target and no lock. */
  readonly effect: 'changes_target' | 'reads_only'
}

/** By name. Lookups go through `actionNamed`, so that `constructor` is no action. */
export type ActionCatalogue = Readonly<Record<string, Action>>

export const actionNamed = (catalogue: ActionCatalogue, name: string): Action | null =>
  Object.hasOwn(catalogue, name) ? (catalogue[name] ?? null) : null
