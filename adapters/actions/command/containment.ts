import { spawnSync } from 'node:child_process'

export type Containment = 'pid_namespace' | 'process_group'

/** How commands are started on this machine, and what that means for whoever tries to get away. */
export interface Confinement {
  readonly kind: Containment
  /** Goes before the command; empty where no namespace can be had. */
  readonly prefix: readonly string[]
  /** For health. */
  readonly sentence: string
}

const unshare = ['unshare', '--pid', '--fork', '--kill-child']
const asUser = ['--user', '--map-current-user']

/** The best first. Some containers forbid mounting a /proc for the namespace; it contains all the same. */
const candidates: readonly (readonly string[])[] = [
  [...unshare, '--mount-proc'],
  unshare,
  [...unshare, ...asUser, '--mount-proc'],
  [...unshare, ...asUser],
]

export const processGroup: Confinement = {
  kind: 'process_group',
  prefix: [],
  sentence:
    'Commands run in a process group: PID namespaces (unshare --pid) are not permitted here. A command that leaves the group ' +
    'by setsid is still found by its environment, but one that also clears its environment could outlive its timeout.',
}

/** Tries what works, by really starting a process (about 5 ms each). */
export function detectConfinement(path: string): Confinement {
  const prefix = candidates.find((candidate) => startsAsInit(candidate, path))
  if (prefix === undefined) return processGroup
  const noSudo = prefix.includes('--user')
    ? ' They run without a way to gain rights: sudo does not work in them.'
    : ''
  return {
    kind: 'pid_namespace',
    prefix: [...prefix, '--'],
    sentence: `Commands run in a PID namespace: whatever they start ends with them.${noSudo}`,
  }
}

function startsAsInit([command = '', ...args]: readonly string[], path: string): boolean {
  const tried = spawnSync(command, [...args, '--', '/bin/sh', '-c', 'echo $$'], {
    env: { PATH: path },
    encoding: 'utf8',
    timeout: 2_000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return tried.status === 0 && tried.stdout.trim() === '1'
}
