import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, OpenBench } from '../bench.ts'
import { proportionalMib, residentMib } from '../measure/process-memory.ts'
import { median } from '../measure/statistics.ts'
import { endChild, startChild } from '../world/child.ts'
import { createClosers, openingWith } from '../world/closers.ts'
import { startImportFloor } from '../world/import-floor.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const settleMs = 4_000
const requiredByLibrary = 1.5
const slackLibraries = '@slack/bolt,@slack/socket-mode,@slack/web-api'

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const slack = startChild<'port', number>(new URL('../world/fake-slack.ts', import.meta.url))
    closers.add(() => slack.stop())
    const apiUrl = `http://127.0.0.1:${await slack.ask('port')}/api/`
    const resident = { suture: [] as number[], library: [] as number[] }
    const residentFields = () => {
      // The first is of the round that warms up.
      const [suture, library] = [median(resident.suture.slice(1)), median(resident.library.slice(1))]
      return {
        residentMib: Math.round(suture),
        libraryResidentMib: Math.round(library),
        residentByLibrary: Number((suture / library).toFixed(2)),
      }
    }
    const floor =
      (note: (pid: number) => void, ...args: string[]) =>
      async (): Promise<number> => {
        const libraries = await startImportFloor({}, args)
        // The watchdog runs the same program beside Suture, and halves what of it each is charged for; so does this.
        const beside = await startImportFloor({}, args)
        try {
          await sleep(settleMs)
          note(libraries.pid ?? 0)
          return proportionalMib(libraries.pid ?? 0)
        } finally {
          await Promise.all([endChild(libraries), endChild(beside)])
        }
      }
    return {
      candidate: {
        name: 'suture',
        measure: async () => {
          const started = createClosers()
          try {
            const env = {
              SUTURE_SLACK_BOT_TOKEN: 'xoxb-of-the-bench',
              SUTURE_SLACK_SIGNING_SECRET: 'the-signing-secret',
              SUTURE_SLACK_API_URL: apiUrl,
            }
            const { pid } = await startSuture({ folder, database: null, env }, started)
            await sleep(settleMs)
            resident.suture.push(residentMib(pid))
            return proportionalMib(pid)
          } finally {
            await started.closeAll()
          }
        },
      },
      baselines: [
        { name: 'floor', measure: floor(() => undefined, '--with', slackLibraries) },
        {
          name: 'library',
          measure: floor((pid) => resident.library.push(residentMib(pid)), '--only', slackLibraries),
        },
      ],
      overall: () => ({ value: null, fields: residentFields() }),
      remarks: () => {
        const { residentMib: own, libraryResidentMib, residentByLibrary } = residentFields()
        const judged = residentByLibrary <= requiredByLibrary ? 'within the bound' : 'MISSED'
        return [
          `Resident size (RSS), which counts shared pages in full on either side: Suture ${own} MiB, Slack’s libraries alone ${libraryResidentMib} MiB, ${residentByLibrary} x; at most ${requiredByLibrary}: ${judged}.`,
        ]
      },
      close: closers.closeAll,
    }
  })

export const memoryChat: Bench = {
  name: 'memory-chat',
  unit: 'MiB',
  about: [
    'As memory, with Slack configured (signed HTTP; its API is a fake). floor: a Node process that has imported what Suture and Slack’s adapter',
    'import, and nothing else. library: one that has imported Slack’s libraries alone. The ratio is size by size: lower is better.',
  ],
  bounds: { floor: { sense: 'at_most', required: 1.5, aim: 1.5 } },
  open,
}
