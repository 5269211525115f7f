import { policyWarnings } from '../../domain/policy/policy-warnings.ts'
import { describeYamlProblem, placeProblems } from '../read-yaml.ts'
import type { ParsedFiles } from './parse-files.ts'

/** What in a valid policy holds for nothing, each in a sentence with its line. `unknown`: what is no use to compare with. */
export const warningsOf = (
  { policy, catalogue, playbooks }: ParsedFiles,
  now: Temporal.Instant,
  unknown: { readonly services?: boolean; readonly playbooks?: boolean } = {},
): readonly string[] => {
  if (policy === null) return []
  const known = {
    services: unknown.services === true ? null : catalogue.value.services,
    playbooks: unknown.playbooks === true ? null : playbooks.map(({ value }) => value),
  }
  return placeProblems(policy.text, policy.source, policyWarnings(policy.value, known, now)).map(
    describeYamlProblem,
  )
}
