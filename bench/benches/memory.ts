import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, OpenBench } from '../bench.ts'
import { proportionalMib, residentMib } from '../measure/process-memory.ts'
import { endChild } from '../world/child.ts'
import { createClosers, openingWith } from '../world/closers.ts'
import { startImportFloor } from '../world/import-floor.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

/** As a process looks some time after its start, when nobody asks anything of it. */
const settleMs = 4_000

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    let resident = 0
    return {
      candidate: {
        name: 'suture',
        measure: async () => {
          const started = createClosers()
          try {
            const { pid } = await startSuture({ folder, database: null }, started)
            await sleep(settleMs)
            resident = residentMib(pid)
            return proportionalMib(pid)
          } finally {
            await started.closeAll()
          }
        },
      },
      baselines: [
        {
          name: 'floor',
          measure: async () => {
            const libraries = await startImportFloor()
            // The watchdog runs the same program beside Suture, and halves what of it each is charged for; so does this.
            const beside = await startImportFloor()
            try {
              await sleep(settleMs)
              return proportionalMib(libraries.pid ?? 0)
            } finally {
              await Promise.all([endChild(libraries), endChild(beside)])
            }
          },
        },
      ],
      remarks: () => [`Resident size of Suture in the last round: ${resident.toFixed(0)} MiB.`],
      close: closers.closeAll,
    }
  })

export const memory: Bench = {
  name: 'memory',
  unit: 'MiB',
  about: [
    `Idle: proportional set size (PSS) of the main process, all roles, ${settleMs / 1000} s after it was ready; without PostgreSQL and the watchdog, which are`,
    'processes of their own. The floor is a Node process that has imported the same libraries and nothing else.',
    'The ratio is size by size: lower is better.',
  ],
  bounds: { floor: { sense: 'at_most', required: 2, aim: 1.5 } },
  open,
}
