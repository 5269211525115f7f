import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { warningsOf } from '../src/app/configuration/warnings-of.ts'
import { describeYamlProblem, readYamlFile } from '../src/app/read-yaml.ts'
import type { PolicyDocument } from '../src/domain/policy/document.ts'
import { type PolicyCase, PolicyCases } from '../src/domain/policy/policy-case.ts'
import { readWith } from '../src/domain/reading.ts'
import { readFiles } from '../src/start/files.ts'

/** Policy files judged without a server, by what the server judges them with. */

export interface PolicyPlaces {
  readonly policy: string
  readonly catalogue?: string | undefined
  readonly playbooks?: string | undefined
}

export type PolicyJudged =
  | { readonly ok: true; readonly document: PolicyDocument; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Without catalogue or playbooks nothing is said of their names. Never throws. */
export const judgePolicy = async (
  { policy, catalogue, playbooks }: PolicyPlaces,
  now: Temporal.Instant,
): Promise<PolicyJudged> => {
  const read = await readFiles({ policy, catalogue, playbooks }, runBudgetMs, now)
  if (!read.ok) return { ok: false, problems: read.problems }
  if (read.files.policy === null) return { ok: false, problems: [`${policy} holds no policy.`] }
  const unknown = { services: catalogue === undefined, playbooks: playbooks === undefined }
  return {
    ok: true,
    document: read.files.policy.value,
    warnings: warningsOf(read.files, now, unknown),
  }
}

/** Playbooks are not what is judged here; the server holds them to its own. */
const runBudgetMs = 7_200_000

export type CasesRead =
  | { readonly ok: true; readonly cases: z.output<typeof PolicyCases> }
  | { readonly ok: false; readonly problems: readonly string[] }

export const readCases = async (path: string): Promise<CasesRead> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      ok: false,
      problems: [
        `${path} cannot be read: ${reason}. Write cases beside the policy (docs/policy.md), or name them by --cases.`,
      ],
    }
  }
  const reading = readYamlFile<PolicyCase[]>(text, path, readWith(PolicyCases), { plain: true })
  return reading.ok
    ? { ok: true, cases: reading.value }
    : { ok: false, problems: reading.problems.map(describeYamlProblem) }
}
