import { z } from 'zod'
import { readSettings } from '../../src/config.ts'
import { limitsOf } from '../../src/context.ts'
import { createLog } from '../../src/log.ts'
import { type ProcessRole, roles, startSuture } from '../../src/start/start.ts'

/**
 * A Suture with all roles, or those of CHAOS_ROLES, that does something to itself at one named place between two commits:
 * the CRASH_NTH time that it comes by CRASH_AT it dies as by `kill -9`. Whoever started it with a channel may say so later
 * instead, and have it stopped or held there. It writes down every place it comes by.
 */
const read = readSettings(process.env)
if (!read.ok) throw new Error(JSON.stringify(read.problems))

/** What a message over the channel may ask for. */
const Order = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('arm'),
    at: z.string(),
    nth: z.number().int().min(1),
    /** `stop`: SIGSTOP to itself, until somebody sends SIGCONT. `hold`: waits there for `release`. */
    deed: z.enum(['kill', 'stop', 'hold']),
    /** Only places that it comes by after it has begun to claim a run count. */
    inRun: z.boolean(),
  }),
  z.object({ kind: z.literal('disarm') }),
  z.object({ kind: z.literal('release') }),
  z.object({ kind: z.literal('budget'), ms: z.number().int().min(1_000) }),
])
type Armed = Extract<z.infer<typeof Order>, { kind: 'arm' }>

const crashAt = process.env['CRASH_AT']
let armed: Armed | null =
  crashAt === undefined
    ? null
    : {
        kind: 'arm',
        at: crashAt,
        nth: Number(process.env['CRASH_NTH'] ?? '1'),
        deed: 'kill',
        inRun: false,
      }
let left = armed?.nth ?? 0
let inRun = false
let release: () => void = () => undefined

const limits = { ...limitsOf(read.settings) }
if (process.env['CHAOS_BUDGET_MS'] !== undefined) limits.runBudgetMs = Number(process.env['CHAOS_BUDGET_MS'])

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const checkpoint = async (name: string): Promise<void> => {
  say({ checkpoint: name })
  inRun ||= name.startsWith('committing:run_started')
  const order = armed
  if (order === null || name !== order.at || (order.inRun && !inRun)) return
  left -= 1
  if (left !== 0) return
  armed = null
  switch (order.deed) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      // A killed process runs a little further; nothing of it may become durable after this point.
      await new Promise(() => undefined)
      return
    case 'stop':
      say({ stopping: name })
      process.kill(process.pid, 'SIGSTOP')
      say({ woken: name })
      return
    case 'hold': {
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      say({ holding: name })
      await released
      return
    }
  }
}

process.on('message', (message) => {
  const order = Order.parse(message)
  switch (order.kind) {
    case 'arm':
      armed = order
      left = order.nth
      inRun = false
      say({ obeyed: order.kind })
      return
    case 'disarm':
      armed = null
      say({ obeyed: order.kind })
      return
    case 'release':
      release()
      return
    case 'budget':
      limits.runBudgetMs = order.ms
      say({ obeyed: order.kind })
      return
  }
})

const wanted = process.env['CHAOS_ROLES']?.split(',') ?? roles
const isRole = (name: string): name is ProcessRole => (roles as readonly string[]).includes(name)

const running = await startSuture({
  settings: read.settings,
  env: process.env,
  roles: new Set(wanted.filter(isRole)),
  lab: false,
  log: createLog('warn'),
  version: 'chaos',
  portIsFixed: true,
  overrides: { checkpoint, limits },
})
say({ ready: true, url: running.url, adminKey: running.adminKey })
const stop = (): void => void running.stop().then(() => process.exit(0))
process.on('SIGTERM', stop)
if (process.send !== undefined) {
  // Whoever started it is gone: it leaves at once, and its watchdog with it.
  process.on('disconnect', () => process.exit(1))
}
