import { readConfigurationFiles } from '../../adapters/files/configuration-files.ts'
import { type ConfigurationFiles, type ParsedFiles, parseFiles } from '../app/configuration/parse-files.ts'
import { describeYamlProblem } from '../app/read-yaml.ts'

/** Files that do not fit, all problems at once; nothing has been started. */
export class ConfigurationProblems extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

export interface FilePlaces {
  readonly catalogue: string | undefined
  readonly playbooks: string | undefined
}

export type ReadFiles =
  | { readonly ok: true; readonly text: string; readonly files: ParsedFiles }
  | { readonly ok: false; readonly text: string; readonly problems: readonly string[] }

/** Reads and judges every file. `text` is equal exactly when the files are. Never throws: a missing file is a problem. */
export const readFiles = async (places: FilePlaces, runBudgetMs: number): Promise<ReadFiles> => {
  const problems: string[] = []
  const attempt = async (
    setting: string,
    wanted: FilePlaces,
    remedy: string,
  ): Promise<ConfigurationFiles | null> => {
    try {
      return await readConfigurationFiles(wanted)
    } catch (error) {
      const path = wanted.catalogue ?? wanted.playbooks ?? 'the built-in playbooks'
      problems.push(`${setting}: ${path} cannot be read: ${reasonOf(error)}. ${remedy}`)
      return null
    }
  }
  const none = { catalogue: null, playbooks: [] }
  const catalogue =
    places.catalogue === undefined
      ? none
      : await attempt(
          'SUTURE_CATALOGUE',
          { catalogue: places.catalogue, playbooks: undefined },
          'Name a YAML file that Suture may read.',
        )
  const playbooks = await attempt(
    'SUTURE_PLAYBOOKS',
    { catalogue: undefined, playbooks: places.playbooks },
    'Name a folder of YAML files that Suture may read.',
  )
  const files = { catalogue: catalogue?.catalogue ?? null, playbooks: (playbooks ?? none).playbooks }
  const parsed = parseFiles(files, runBudgetMs)
  if (!parsed.ok) problems.push(...parsed.problems.map(describeYamlProblem))
  const text = JSON.stringify([files, problems])
  return parsed.ok && problems.length === 0
    ? { ok: true, text, files: parsed.value }
    : { ok: false, text, problems }
}

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is nothing of that name'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'it is no folder'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not'
  return error instanceof Error ? error.message : String(error)
}

/** The same, where nothing may start with a file that does not fit. Throws ConfigurationProblems. */
export const readFilesOrRefuse = async (
  places: FilePlaces,
  runBudgetMs: number,
): Promise<Extract<ReadFiles, { ok: true }>> => {
  const read = await readFiles(places, runBudgetMs)
  if (!read.ok) throw new ConfigurationProblems(read.problems)
  return read
}
