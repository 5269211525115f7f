import { startLoop } from '../../jobs/sweeper.ts'
import type { App } from '../app/app.ts'
import { importFiles } from '../app/configuration/import-files.ts'
import type { ParsedFiles } from '../app/configuration/parse-files.ts'
import { warningsOf } from '../app/configuration/warnings-of.ts'
import { describeYamlProblem } from '../app/read-yaml.ts'
import type { FilesState } from '../http/deps.ts'
import { type FilePlaces, type ReadFiles, readFiles } from './files.ts'
import type { Check } from './health.ts'

export interface ConfigurationWatch {
  /** What is in force, and what is wrong with a file that changed since. */
  readonly check: () => Check
  /** The same for whoever wants all of it. */
  readonly state: () => FilesState
  readonly stop: () => Promise<void>
}

const lookEveryMs = 2_000
const problemsTold = 3

/**
 * Imports the files, and again whenever they change. A file that does not fit leaves the last good version in force: the
 * log and health say so until it fits again. `first`: what was read of `places` before anything was started.
 */
export const watchConfiguration = async (
  app: App,
  tenantId: string,
  places: FilePlaces,
  first: Extract<ReadFiles, { ok: true }>,
): Promise<ConfigurationWatch> => {
  let seen: ReadFiles = first
  let inForce = first.files
  let since = app.clock.now()
  /** What only the tenant's people tell of a policy: asked again every turn, because people come too. */
  let withPeople: readonly string[] = []
  const bringIn = async (files: ParsedFiles): Promise<void> => {
    const problems = (await importFiles(app, tenantId, files)).map(describeYamlProblem)
    if (problems.length > 0 && problems.join('\n') !== withPeople.join('\n'))
      app.log.error(
        { problems },
        'the policy file names people who cannot approve; the policy in force stays',
      )
    withPeople = problems
  }
  await bringIn(first.files)
  const loop = startLoop(lookEveryMs, app.log, 'configuration', async () => {
    const read = await readFiles(places, app.limits.runBudgetMs, app.clock.now(), seen)
    if (read === seen) {
      if (seen.ok && withPeople.length > 0) await bringIn(seen.files)
      return
    }
    if (read.ok) {
      // Seen only once it is in force: while the database is away, every turn tries again.
      await bringIn(read.files)
      inForce = read.files
      since = app.clock.now()
      app.log.info(sizeOf(read.files), 'the changed configuration is in force')
    } else
      app.log.error(
        { problems: read.problems },
        'a changed file is not valid; the last good version stays in force',
      )
    seen = read
  })
  const state = (): FilesState => ({
    problems: seen.ok ? withPeople : seen.problems,
    warnings: warningsOf(inForce, app.clock.now()),
  })
  return {
    state,
    check: () => {
      const { problems, warnings } = state()
      if (!seen.ok)
        return {
          status: 'warn',
          detail: `a changed file is not valid; the version of ${since.round('second').toString()} stays in force. ${told(problems)}`,
        }
      if (problems.length > 0)
        return {
          status: 'warn',
          detail: `the policy file is not in force, the one before it is. ${told(problems)}`,
        }
      const { services, playbooks } = sizeOf(inForce)
      const sizes = `${services} services and ${playbooks} playbooks are in force`
      return warnings.length === 0
        ? { status: 'pass', detail: sizes }
        : { status: 'warn', detail: `${sizes}, but mind the policy. ${told(warnings)}` }
    },
    stop: () => loop.stop(),
  }
}

const told = (problems: readonly string[]): string => {
  const more = problems.length - problemsTold
  return `${problems.slice(0, problemsTold).join(' ')}${more > 0 ? ` And ${more} more; the log has them all.` : ''}`
}

const sizeOf = ({ catalogue, playbooks }: ParsedFiles) => ({
  services: catalogue.value.services.length,
  playbooks: playbooks.length,
})
