import { startLoop } from '../../jobs/sweeper.ts'
import type { App } from '../app/app.ts'
import { importFiles } from '../app/configuration/import-files.ts'
import { type FilePlaces, type ReadFiles, readFiles } from './files.ts'
import type { Check } from './health.ts'

export interface ConfigurationWatch {
  /** What is in force, and what is wrong with a file that changed since. */
  readonly check: () => Check
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
  await importFiles(app, tenantId, first.files)
  let seen: ReadFiles = first
  let inForce = first.files
  let since = app.clock.now()
  const loop = startLoop(lookEveryMs, app.log, 'configuration', async () => {
    const read = await readFiles(places, app.limits.runBudgetMs)
    if (read.text === seen.text) return
    if (read.ok) {
      // Seen only once it is in force: while the database is away, every turn tries again.
      await importFiles(app, tenantId, read.files)
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
  return {
    check: () => {
      const { services, playbooks } = sizeOf(inForce)
      if (seen.ok)
        return { status: 'pass', detail: `${services} services and ${playbooks} playbooks are in force` }
      const more = seen.problems.length - problemsTold
      return {
        status: 'warn',
        detail: `a changed file is not valid; the version of ${since.round('second').toString()} stays in force. ${seen.problems.slice(0, problemsTold).join(' ')}${more > 0 ? ` And ${more} more; the log has them all.` : ''}`,
      }
    },
    stop: () => loop.stop(),
  }
}

const sizeOf = ({ catalogue, playbooks }: Extract<ReadFiles, { ok: true }>['files']) => ({
  services: catalogue.value.services.length,
  playbooks: playbooks.length,
})
