import { readConfigurationFiles } from '../../adapters/files/configuration-files.ts'
import { type ConfigurationFiles, type ParsedFiles, parseFiles } from '../app/configuration/parse-files.ts'
import { calendarNames } from '../app/configuration/parse-policy.ts'
import { describeYamlProblem } from '../app/read-yaml.ts'
import { judgeCalendars, readCalendarTexts } from './calendars.ts'
import { reasonOf } from './reason-of.ts'

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
  readonly policy: string | undefined
}

export type ReadFiles = Seen &
  (
    | { readonly ok: true; readonly files: ParsedFiles }
    | { readonly ok: false; readonly problems: readonly string[] }
  )

interface Seen {
  readonly text: string
  /** Calendars that the policy of this text names: to find them it has to be parsed. */
  readonly named: { readonly policy: string; readonly calendars: readonly string[] }
}

/**
 * Reads and judges every file. `text` is equal exactly when what they say is: a calendar says something new every year.
 * `now`: the time of day is of no matter. `before`: given back when they say the same still, because judging a large catalogue
 * takes longer than reading it. Never throws: a missing file is a problem.
 */
export const readFiles = async (
  places: FilePlaces,
  runBudgetMs: number,
  now: Temporal.Instant,
  before?: ReadFiles,
): Promise<ReadFiles> => {
  const problems: string[] = []
  const attempt = async (
    setting: string,
    wanted: FilePlaces,
    remedy: string,
  ): Promise<ConfigurationFiles | null> => {
    try {
      return await readConfigurationFiles(wanted)
    } catch (error) {
      const path = wanted.catalogue ?? wanted.policy ?? wanted.playbooks ?? 'the built-in playbooks'
      problems.push(`${setting}: ${path} cannot be read: ${reasonOf(error)}. ${remedy}`)
      return null
    }
  }
  const none = { catalogue: null, playbooks: [], policy: null }
  const catalogue =
    places.catalogue === undefined
      ? none
      : await attempt(
          'SUTURE_CATALOGUE',
          { catalogue: places.catalogue, playbooks: undefined, policy: undefined },
          'Name a YAML file that Suture may read.',
        )
  const playbooks = await attempt(
    'SUTURE_PLAYBOOKS',
    { catalogue: undefined, playbooks: places.playbooks, policy: undefined },
    'Name a folder of YAML files that Suture may read.',
  )
  const policy =
    places.policy === undefined
      ? none
      : await attempt(
          'SUTURE_POLICY',
          { catalogue: undefined, playbooks: undefined, policy: places.policy },
          'Name a YAML file that Suture may read.',
        )
  const policyText = policy?.policy?.text ?? ''
  const named =
    before?.named.policy === policyText
      ? before.named
      : { policy: policyText, calendars: calendarNames(policyText) }
  const texts = await readCalendarTexts(places.policy ?? '', named.calendars)
  const { year } = now.toZonedDateTimeISO('UTC')
  const files = {
    catalogue: catalogue?.catalogue ?? null,
    playbooks: (playbooks ?? none).playbooks,
    policy: policy?.policy ?? null,
  }
  const text = JSON.stringify([files, texts, texts.length === 0 ? null : year, problems])
  if (before?.text === text) return before
  const parsed = parseFiles({ ...files, calendars: await judgeCalendars(texts, year) }, runBudgetMs)
  if (!parsed.ok) problems.push(...parsed.problems.map(describeYamlProblem))
  return parsed.ok && problems.length === 0
    ? { ok: true, text, named, files: parsed.value }
    : { ok: false, text, named, problems }
}

/** The same, where nothing may start with a file that does not fit. Throws ConfigurationProblems. */
export const readFilesOrRefuse = async (
  places: FilePlaces,
  runBudgetMs: number,
  now: Temporal.Instant,
): Promise<Extract<ReadFiles, { ok: true }>> => {
  const read = await readFiles(places, runBudgetMs, now)
  if (!read.ok) throw new ConfigurationProblems(read.problems)
  return read
}
