import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { EFFECT_KEY_VARIABLE } from '../process/kill-tree.ts'
import type { BoundCommand } from './bind-command.ts'
import type { Confinement } from './containment.ts'

/** All a command gets of an environment. */
export const COMMAND_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export type Ending =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'not_started'; readonly problem: string }

export interface StartedCommand {
  readonly child: ChildProcess
  readonly stdout: Readable
  readonly stderr: Readable
  /** Lets the command begin. Until then nothing but a waiting shell stands, which ends by itself if this process dies. */
  readonly open: () => void
  /** Ends it without ever beginning. */
  readonly close: () => void
  readonly ended: Promise<Ending>
  /** Resolved when nobody holds the output any more. */
  readonly drained: Promise<void>
}

/**
 * A fixed script; the command is its argument vector and is never parsed. It waits for a line on descriptor 3. In a
 * namespace it stays as init, because a first process with no handler of its own can't be ended by SIGTERM.
 */
const waitThenRun = 'read -r go <&3 || exit 125; exec 3<&-; "$@"; exit $?'
const waitThenBecome = 'read -r go <&3 || exit 125; exec 3<&-; exec "$@"'

export function startCommand(
  { argv, cwd }: BoundCommand,
  { kind, prefix }: Confinement,
  about: { readonly effectKey: string; readonly timeoutMs: number },
): StartedCommand {
  const script = kind === 'pid_namespace' ? waitThenRun : waitThenBecome
  const [file = '', ...args] = [...prefix, '/bin/sh', '-c', script, 'suture', ...argv]
  const child = spawn(file, args, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      PATH: COMMAND_PATH,
      LANG: 'C.UTF-8',
      [EFFECT_KEY_VARIABLE]: about.effectKey,
      SUTURE_TIMEOUT_MS: String(Math.floor(about.timeoutMs)),
    },
  })
  const gate = child.stdio[3] as Writable
  // The shell may be gone already; its end is what counts.
  gate.on('error', () => undefined)
  return {
    child,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    open: () => gate.end('go\n'),
    close: () => gate.destroy(),
    ended: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ kind: 'exited', code, signal }))
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (child.pid === undefined) resolve({ kind: 'not_started', problem: error.code ?? error.message })
      })
    }),
    drained: new Promise((resolve) => child.once('close', () => resolve())),
  }
}
