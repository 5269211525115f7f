import { actionCatalogue } from '../../domain/actions/index.ts'
import type { Playbook } from '../../domain/playbook.ts'
import type { PolicyDocument } from '../../domain/policy/document.ts'
import { readCatalogue } from '../../domain/read-catalogue.ts'
import { playbookReader } from '../../domain/read-playbook.ts'
import type { Catalogue } from '../../domain/service.ts'
import { readYamlDocuments, readYamlFile, type YamlProblem } from '../read-yaml.ts'
import { type Calendars, noCalendars, parsePolicy } from './parse-policy.ts'

export interface TextFile {
  readonly name: string
  readonly text: string
}

export interface ConfigurationFiles {
  /** Null where none is configured: then every service is unknown, and Suture only watches. */
  readonly catalogue: TextFile | null
  readonly playbooks: readonly TextFile[]
  /** Null where none is named: then the default policy is in force. */
  readonly policy: TextFile | null
  /** Of the policy; absent where it names none. */
  readonly calendars?: Calendars
}

export interface ParsedFiles {
  readonly catalogue: { readonly value: Catalogue; readonly source: string }
  readonly playbooks: readonly { readonly value: Playbook; readonly source: string }[]
  /** With its text, so that what is found out later can be told with its line. */
  readonly policy: {
    readonly value: PolicyDocument
    readonly source: string
    readonly text: string
  } | null
}

/** Everything is read before anything is judged: all problems of all files at once, with file and line. */
export const parseFiles = (
  files: ConfigurationFiles,
  runBudgetMs: number,
): { ok: true; value: ParsedFiles } | { ok: false; problems: readonly YamlProblem[] } => {
  const problems: YamlProblem[] = []
  const read = playbookReader(actionCatalogue, runBudgetMs)
  const playbooks = files.playbooks.flatMap(({ name, text }) => {
    const reading = readYamlFile(text, name, read, { plain: true })
    if (reading.ok) return [{ value: reading.value, source: name }]
    problems.push(...reading.problems)
    return []
  })
  const catalogue =
    files.catalogue === null
      ? { ok: true as const, value: { services: [] } }
      : readYamlDocuments(files.catalogue.text, files.catalogue.name, (documents) =>
          readCatalogue(documents, actionCatalogue),
        )
  if (!catalogue.ok) problems.push(...catalogue.problems)
  problems.push(...twiceNamed(playbooks))
  const policy = files.policy === null ? null : parsePolicy(files.policy, files.calendars ?? noCalendars)
  if (policy !== null && !policy.ok) problems.push(...policy.problems)
  if (problems.length > 0 || !catalogue.ok) return { ok: false, problems }
  return {
    ok: true,
    value: {
      catalogue: { value: catalogue.value, source: files.catalogue?.name ?? 'none' },
      playbooks,
      policy:
        policy?.ok === true && files.policy !== null
          ? { value: policy.value, source: files.policy.name, text: files.policy.text }
          : null,
    },
  }
}

const twiceNamed = (playbooks: readonly { value: Playbook; source: string }[]): YamlProblem[] =>
  playbooks.flatMap(({ value, source }, at) => {
    const first = playbooks.findIndex((other) => other.value.name === value.name)
    if (first === at) return []
    return [
      {
        file: source,
        line: 1,
        column: 1,
        path: ['name'],
        problem: `the playbook ${value.name} is already declared in ${playbooks[first]?.source ?? 'another file'}`,
        remedy: 'Give it another name, or remove one of the two.',
      },
    ]
  })
