import { flushCompileCache } from 'node:module'
import { z } from 'zod'
import { readSettings } from '../../src/config.ts'
import { limitsOf } from '../../src/context.ts'
import { createLog } from '../../src/log.ts'
import { type ProcessRole, roles, startSuture } from '../../src/start/start.ts'

/**
 * A Suture with all roles, or those of CHAOS_ROLES, that does something to itself at named places between two commits:
 * the CRASH_NTH time that it comes by CRASH_AT it dies as by `kill -9`. Whoever started it with a channel may say so later
 * instead, for each of several runs another place, and have it killed there or the run held. It writes down every place it
 * comes by.
 */
const read = readSettings(process.env)
if (!read.ok) throw new Error(JSON.stringify(read.problems))

const Armed = z.object({
  /** The run whose place it is; null for whatever comes by. */
  of: z.string().nullable(),
  at: z.string(),
  nth: z.number().int().min(1),
  /** `kill`: the process dies there as by `kill -9`. `hold`: the run waits there, and the rest of the process goes on. */
  deed: z.enum(['kill', 'hold']),
})

/** What a message over the channel may ask for. */
const Order = z.discriminatedUnion('kind', [
  /** Instead of what was armed before. Of a run only places count that it comes by after this process has begun to claim it. */
  z.object({ kind: z.literal('arm'), armed: z.array(Armed) }),
  /** Forgets what is armed, and lets go of what is held. */
  z.object({ kind: z.literal('disarm') }),
  /** SIGSTOP to itself. Woken, the runs that were held go on before anything else does, timers included. */
  z.object({ kind: z.literal('stop') }),
  z.object({ kind: z.literal('budget'), ms: z.number().int().min(1_000) }),
])

interface Waiting extends z.infer<typeof Armed> {
  left: number
  begun: boolean
}
const waiting = ({ of, ...rest }: z.infer<typeof Armed>): Waiting => ({
  of,
  ...rest,
  left: rest.nth,
  begun: of === null,
})

const crashAt = process.env['CRASH_AT']
const crashNth = Number(process.env['CRASH_NTH'] ?? '1')
let armed: Waiting[] =
  crashAt === undefined ? [] : [waiting({ of: null, at: crashAt, nth: crashNth, deed: 'kill' })]
const held = new Set<() => void>()
const releaseAll = (): void => {
  for (const release of held) release()
  held.clear()
}

const limits = { ...limitsOf(read.settings) }
if (process.env['CHAOS_BUDGET_MS'] !== undefined) limits.runBudgetMs = Number(process.env['CHAOS_BUDGET_MS'])

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** What is armed at this place of one of these runs, and comes true this time. */
const hitBy = (name: string, about: readonly string[]): Waiting | null => {
  const theirs = armed.filter(({ of }) => of === null || about.includes(of))
  for (const each of theirs) each.begun ||= name.startsWith('committing:run_started')
  const [hit] = theirs.filter((each) => {
    if (!each.begun || each.at !== name) return false
    each.left -= 1
    return each.left === 0
  })
  if (hit !== undefined) armed = armed.filter((each) => each !== hit)
  return hit ?? null
}

const checkpoint = async (name: string, tell: () => readonly string[] = () => []): Promise<void> => {
  const about = [...new Set(tell())]
  say({ checkpoint: name, about })
  const hit = hitBy(name, about)
  if (hit === null) return
  if (hit.deed === 'kill') {
    process.kill(process.pid, 'SIGKILL')
    // A killed process runs a little further; nothing of it may become durable after this point.
    await new Promise(() => undefined)
    return
  }
  const released = new Promise<void>((resolve) => held.add(resolve))
  say({ holding: hit.of ?? '' })
  await released
}

process.on('message', (message) => {
  const order = Order.parse(message)
  switch (order.kind) {
    case 'arm':
      armed = order.armed.map(waiting)
      break
    case 'disarm':
      armed = []
      releaseAll()
      break
    case 'stop':
      say({ stopping: true })
      // Whoever woke it says nothing more: a run that came to its place only now would be held there for good.
      armed = []
      process.kill(process.pid, 'SIGSTOP')
      releaseAll()
      return
    case 'budget':
      limits.runBudgetMs = order.ms
      break
  }
  say({ obeyed: order.kind })
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
// Whoever is killed never writes what it has compiled, and the next one would compile all of it again.
flushCompileCache()
const stop = (): void => void running.stop().then(() => process.exit(0))
process.on('SIGTERM', stop)
if (process.send !== undefined) {
  // Whoever started it is gone: it leaves at once, and its watchdog with it.
  process.on('disconnect', () => process.exit(1))
}
