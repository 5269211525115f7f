import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import { chmod, mkdtemp, realpath } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { OWNER_FILE } from '../../adapters/postgres/location.ts'
import { runningServer } from '../../adapters/postgres/pid-file.ts'
import { stopServer } from '../../adapters/postgres/postmaster.ts'

/**
 * One temporary folder for everything that a run of the tests makes, so that what it leaves behind is known from what other
 * runs are doing at the same time. Open to everybody, as `/tmp` is: some servers run as another user.
 */
export const makeRunFolder = async (within = tmpdir()): Promise<string> => {
  const folder = await mkdtemp(join(await realpath(within), 'suture-run-'))
  await chmod(folder, 0o1777)
  return folder
}

const memory = '/dev/shm'
/** Much more than a run of the tests has at any time. */
const roomBytes = 4 * 2 ** 30

/**
 * Where the files of a run are quickest to make. Each new database is about a thousand of them, which takes a disk more than
 * half a second and memory some hundredths. `undefined` where there is no such folder, little room in it, no right to start
 * programs from it, or where somebody has named another place.
 */
export const folderInMemory = (): string | undefined => {
  if (process.env['TMPDIR'] !== undefined) return undefined
  try {
    accessSync(memory, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(memory)
    const mounted = readFileSync('/proc/mounts', 'utf8').match(/^\S+ \/dev\/shm tmpfs (\S+)/m)?.[1]
    const mayStart = mounted !== undefined && !mounted.split(',').includes('noexec')
    return mayStart && bavail * bsize >= roomBytes && freemem() >= roomBytes ? memory : undefined
  } catch {
    return undefined
  }
}

const processIds = (): number[] =>
  existsSync('/proc') ? readdirSync('/proc').map(Number).filter(Number.isInteger) : []

const attempt = (read: () => string): string => {
  try {
    return read()
  } catch {
    // Another user's, or it has ended meanwhile.
    return ''
  }
}

/** A server keeps its data below the run's folder, or where root keeps what is too closed for it, with a note whose it is. */
const belongsTo = (folder: string, data: string): boolean => {
  const owner = attempt(() => readFileSync(join(data, '../..', OWNER_FILE), 'utf8'))
  return data.startsWith(`${folder}/`) || owner.startsWith(`${folder}/`)
}

/** The data directories of all PostgreSQL servers that still work for the run of `folder`. */
export const serversOf = (folder: string): string[] => {
  const places = processIds().map((pid) => attempt(() => readlinkSync(`/proc/${pid}/cwd`)))
  return [...new Set(places)].filter(
    (data) => data !== '' && runningServer(data) !== undefined && belongsTo(folder, data),
  )
}

/** Ends `data`'s server and removes the folder of Suture that it lies in. */
const endServer = async (data: string): Promise<void> => {
  const running = runningServer(data)
  if (running) await stopServer(running.pid, data, () => undefined)
  rmSync(join(data, '../..'), { recursive: true, force: true })
}

/**
 * For a run that is over: ends whatever still works for it, first every process that has `folder` in its environment or its
 * arguments (a Suture would start its database again), and removes all that it made.
 */
export const clearUpAfter = async (folder: string): Promise<void> => {
  for (const pid of processIds().filter((each) => each !== process.pid)) {
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
    const isServer = command.includes('/bin/postgres\0')
    if (isServer || !`${command}${environment}`.includes(folder)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It was quicker.
    }
  }
  for (const data of serversOf(folder)) await endServer(data)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
