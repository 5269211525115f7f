import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Binaries, binariesFor } from './binaries.ts'
import { createCluster } from './create-cluster.ts'
import { APP, type Credentials, DATABASE, OWNER, readCredentials, urlFor } from './credentials.ts'
import { AlreadyRunningError, type InstanceLock, takeInstanceLock } from './instance-lock.ts'
import { type Location, locateCluster } from './location.ts'
import { isServerOf, runningServer } from './pid-file.ts'
import { becomesReady, launch, stopServer } from './postmaster.ts'
import { boundLog, logFile } from './server-log.ts'

export { AlreadyRunningError }

export type EmbeddedOptions = {
  /** Suture's own folder (`.suture`); made when absent. */
  dataDir: string
  /** The port to try first; without it the one used last. The next free one is taken when it is occupied. */
  port?: number
  log: (line: string) => void
  /**
   * The server or the lock's connection is gone though nobody stopped it. Another Suture may take over from here on;
   * calling startEmbeddedPostgres again adopts or restarts the server, on the same port unless that was taken.
   */
  onLost?: (reason: Error) => void
  /** Server settings over Suture's own, by their PostgreSQL names. */
  settings?: Readonly<Record<string, string>>
}

export type EmbeddedPostgres = {
  /** Connects to the database `suture` as its owner, who is no superuser: for migrations. */
  ownerUrl: string
  /** The password of the role `suture_app`, which everything else connects as. */
  appPassword: string
  port: number
  /** Where the cluster, its credentials and its log are kept. */
  directory: string
  /** Whether the server had survived an earlier Suture, and was taken over. */
  adopted: boolean
  /** Ends the server and waits until it is gone; calling it again is harmless. */
  stop(): Promise<void>
}

type Held = { pid: number; port: number; adopted: boolean; lock: InstanceLock }

/** Beyond this no new attempt is made; a server that is recovering is never cut short. */
const ATTEMPTS_MS = 60_000
const SLOW_MS = 10_000
const LOG_CHECK_MS = 60_000
const PORTS_TRIED = 50

/**
 * Starts PostgreSQL on `dataDir`, making the cluster at the first start, or adopts the server an earlier Suture left.
 * Throws AlreadyRunningError, and leaves the server alone, when a live Suture has it.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log } = options
  const location = await locateCluster(dataDir, log)
  const binaries = await binariesFor(location.user, log)
  if (!existsSync(location.directory)) await createCluster(location, binaries)
  const credentials = await readCredentials(location.directory)
  await boundLog(location.directory)

  let stopping: Promise<void> | undefined
  let lost = false
  const lockOn = (port: number) =>
    takeInstanceLock({
      dataDir,
      data: location.data,
      port,
      credentials,
      onLost: (reason) => {
        lost = true
        if (!stopping) options.onLost?.(reason)
      },
    })
  const slow = setInterval(
    () => log(`PostgreSQL is still starting; ${logFile(location.directory)} says more`),
    SLOW_MS,
  )
  const held = await hold(options, location, binaries, lockOn).finally(() => clearInterval(slow))
  const logCheck = setInterval(() => void boundLog(location.directory).catch(() => undefined), LOG_CHECK_MS)
  logCheck.unref()

  const stop = async () => {
    clearInterval(logCheck)
    if (lost && isServerOf(held.pid, location.data) && (await belongsToAnother(held.port, lockOn))) return
    // The lock is kept until the server is gone, so that nobody adopts it in its last moments.
    await stopServer(held.pid, location.data, log)
    await held.lock.release()
  }
  return {
    ...describe(location, held, credentials),
    stop: () => (stopping ??= stop()),
  }
}

const describe = ({ directory }: Location, { port, adopted }: Held, credentials: Credentials) => ({
  ownerUrl: urlFor(OWNER, credentials[OWNER], port, DATABASE),
  appPassword: credentials[APP],
  port,
  directory,
  adopted,
})

/** Adopts the running server or launches one, until the lock on it is ours or somebody else's. */
async function hold(
  { port: wanted, log, settings = {} }: EmbeddedOptions,
  location: Location,
  binaries: Binaries,
  lockOn: (port: number) => Promise<InstanceLock | undefined>,
): Promise<Held> {
  const deadline = performance.now() + ATTEMPTS_MS
  const firstPort = wanted ?? rememberedPort(location)
  let port = firstPort
  while (performance.now() < deadline) {
    const running = runningServer(location.data)
    let pid = running?.pid
    if (running) {
      if (!(await becomesReady(running.pid, location.data))) continue
      port = runningServer(location.data)?.port ?? running.port
    } else {
      const launching = launch({ location, postgres: binaries.postgres, port, settings })
      // The lock's driver is loaded while the server starts in its own process: 15 ms less on a warm start.
      void import('pg')
      const launched = await launching
      if (launched.kind === 'failed') throw new Error(launched.reason)
      if (launched.kind === 'data_in_use') await sleep(20)
      if (launched.kind === 'port_taken') port = nextPort(port, firstPort)
      if (launched.kind !== 'ready') continue
      pid = launched.pid
    }
    const lock = await lockOn(port)
    if (!lock || pid === undefined) continue
    if (running) log(`took over the PostgreSQL an earlier Suture left running (pid ${pid}, port ${port})`)
    else if (port !== firstPort) log(`port ${firstPort} is occupied; PostgreSQL listens on ${port}`)
    await rememberPort(location, port)
    return { pid, port, adopted: running !== undefined, lock }
  }
  throw new Error(
    `PostgreSQL in ${location.data} could not be started or adopted within ${ATTEMPTS_MS / 1000} s; ${logFile(location.directory)} says more.`,
  )
}

function nextPort(port: number, first: number): number {
  if (port - first < PORTS_TRIED && port < 65_535) return port + 1
  throw new Error(`The ports ${first} to ${port} are all occupied; choose another one to begin with.`)
}

const portFile = ({ directory }: Location) => join(directory, 'port')

/** The port used last; at first one that differs from folder to folder, below those the system hands out. */
function rememberedPort(location: Location): number {
  const file = portFile(location)
  const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (Number.isInteger(remembered) && remembered > 0 && remembered < 65_536) return remembered
  return 20_000 + (createHash('sha256').update(location.directory).digest().readUInt32BE() % 10_000)
}

async function rememberPort(location: Location, port: number): Promise<void> {
  const file = portFile(location)
  if (existsSync(file) && Number(readFileSync(file, 'utf8')) === port) return
  await writeFile(file, `${port}\n`)
  const { uid, gid } = statSync(location.directory)
  await chown(file, uid, gid)
}

/** After a lost lock: whether another Suture has adopted the server meanwhile. */
async function belongsToAnother(
  port: number,
  lockOn: (port: number) => Promise<InstanceLock | undefined>,
): Promise<boolean> {
  try {
    await lockOn(port)
    return false
  } catch (error) {
    return error instanceof AlreadyRunningError
  }
}
