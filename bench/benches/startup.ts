import { join } from 'node:path'
import type { Bench, OpenBench } from '../bench.ts'
import { endChild } from '../world/child.ts'
import { createClosers, openingWith } from '../world/closers.ts'
import { startImportFloor } from '../world/import-floor.ts'
import { startPostgresAlone } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const alone = join(folder, 'alone')
    return {
      candidate: {
        name: 'suture',
        measure: async () => {
          const started = createClosers()
          const { readyMs } = await startSuture({ folder, database: null }, started)
          await started.closeAll()
          return readyMs
        },
      },
      baselines: [
        {
          name: 'floor',
          measure: async () => {
            const started = performance.now()
            const libraries = await startImportFloor()
            const importedMs = performance.now() - started
            await endChild(libraries)
            return importedMs + (await startPostgresAlone(alone))
          },
        },
      ],
      remarks: () => [],
      close: closers.closeAll,
    }
  })

export const startup: Bench = {
  name: 'startup',
  unit: 'ms',
  about: [
    'Warm (the database is there, files are in the page cache): from the start of `node src/begin.js`, which is `npm start`, all roles and the embedded PostgreSQL,',
    'to the first 200 of GET /health. The floor is a Node process that imports the same libraries alone, and then the start of that PostgreSQL',
    'alone to its first connection, one after the other. The ratio is time by time: lower is better.',
  ],
  bounds: { floor: { sense: 'at_most', required: 3, aim: 1.7 } },
  open,
}
