import { readSettings } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { roles, startSuture } from '../../src/start/start.ts'

/**
 * A whole Suture that kills itself, as `kill -9` would, at one named place between two commits: the CRASH_NTH time that
 * it comes by CRASH_AT. Without CRASH_AT it only writes down every place it comes by.
 */
const read = readSettings(process.env)
if (!read.ok) throw new Error(JSON.stringify(read.problems))

const crashAt = process.env['CRASH_AT']
let left = Number(process.env['CRASH_NTH'] ?? '1')

const running = await startSuture({
  settings: read.settings,
  env: process.env,
  roles: new Set(roles),
  lab: false,
  log: createLog('warn'),
  version: 'chaos',
  portIsFixed: true,
  overrides: {
    checkpoint: async (name) => {
      process.stdout.write(`${JSON.stringify({ checkpoint: name })}\n`)
      if (name !== crashAt) return
      left -= 1
      if (left === 0) process.kill(process.pid, 'SIGKILL')
      // A killed process runs a little further; nothing of it may become durable after this point.
      if (left === 0) await new Promise(() => undefined)
    },
  },
})
process.stdout.write(`${JSON.stringify({ ready: true, url: running.url, adminKey: running.adminKey })}\n`)
process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)))
