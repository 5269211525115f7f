import type { Impact, ParameterValue } from './action.ts'
import type { TriageCode } from './diagnosis.ts'
import type { Odds } from './odds.ts'
import type { Gate, Step } from './playbook.ts'

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
  /** Whose values these are, where a person changed what was proposed first. */
  readonly edited?: {
    readonly by: { readonly id: string; readonly name: string }
    readonly changes: readonly EditedParameter[]
  }
}

/** In words. */
export interface EditedParameter {
  readonly name: string
  readonly title: string
  readonly from: string
  readonly to: string
}

export interface PlannedStep {
  readonly id: Step['id']
  /** People are asked again before it. Absent where they are not, so that plans without gates digest as ever. */
  readonly gate?: Gate
  readonly title: string
  readonly action: string
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** How it is undone, in words; null when it can't be. */
  readonly undo: string | null
  /** The calls it makes, one a target. Absent until its targets are resolved, and in proposals of an older version. */
  readonly calls?: readonly PlannedCall[]
}

/** One call as its target gets it: secrets as references, the key of the run left out. */
export interface PlannedCall {
  /** The target's name; null for what Suture does by itself, such as waiting. */
  readonly target: string | null
  readonly call: string
  /** The call that undoes it; null when there is none. */
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

/** Where what would be called differs from what was approved; null when nothing does. */
export const changedCall = (
  approved: readonly PlannedStep[],
  now: readonly PlannedStep[],
): { readonly step: PlannedStep; readonly target: string | null } | null => {
  for (const step of approved) {
    if (step.calls === undefined) continue
    const calls = now.find((each) => each.id === step.id)?.calls ?? []
    const other = step.calls.find((call, at) => !sameCall(call, calls[at]))
    if (other !== undefined) return { step, target: other.target }
    const added = calls[step.calls.length]
    if (added !== undefined) return { step, target: added.target }
  }
  return null
}

const sameCall = (one: PlannedCall, other: PlannedCall | undefined): boolean =>
  one.target === other?.target && one.call === other.call && one.undo === other.undo
