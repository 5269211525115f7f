import type { Impact, ParameterValue } from './action.ts'
import type { TriageCode } from './diagnosis.ts'
import type { Odds } from './odds.ts'
import type { Step } from './playbook.ts'

/** Playbook + bound parameters + targets + reason. Immutable: what is approved is exactly what runs. */
export interface Proposal {
  readonly playbook: string
  readonly playbookVersion: number
  readonly playbookTitle: string
  readonly service: string
  readonly diagnosisCode: TriageCode
  readonly likelihood: number
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** Sorted names of the targets it touches; each is locked while it runs. */
  readonly targets: readonly string[]
  /** Highest of the playbook's impact and its actions'. */
  readonly impact: Impact
  readonly reason: string
  readonly odds: Odds
  /** 0 to 1: how often such incidents recovered by themselves, with the count it rests on. */
  readonly selfRecovery: { readonly recovered: number; readonly of: number }
  readonly expectedMs: number
  /** Services that depend on the touched one; `null` when the catalogue doesn't know it. */
  readonly dependents: readonly string[] | null
  /** What will be done, in words, step by step, with parameters filled in (the dry run). */
  readonly plan: readonly PlannedStep[]
}

export interface PlannedStep {
  readonly id: Step['id']
  readonly title: string
  readonly action: string
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** How it is undone, in words; null when it can't be. */
  readonly undo: string | null
}

/**
 * A proposal as it is stored and approved: with how its targets do it. The catalogue may change between approval and run;
 * what was approved must not.
 */
export interface StoredProposal extends Proposal {
  /** Hex SHA-256 over the catalogue's definitions of the targets. */
  readonly targetsDigest: string
}
