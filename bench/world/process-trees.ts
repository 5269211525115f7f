import { readdirSync, readFileSync } from 'node:fs'

/** Commands that do not want to end, one for each way to get away. `token` is among the arguments of every part that stays. */
export interface ProcessTree {
  readonly name: string
  /** For `/bin/sh -c`. Its first process ignores SIGTERM, so that only the hard end ends it. */
  readonly script: (token: string) => string
  /** Clears its environment or leaves no time to be looked at: only a PID namespace holds it for certain. */
  readonly needsNamespace?: true
}

const stubborn = "trap '' TERM HUP PIPE;"

export const processTrees: readonly ProcessTree[] = [
  { name: 'TERM ignored', script: (token) => `${stubborn} while :; do sleep ${token}; done` },
  {
    name: 'double fork',
    script: (token) =>
      `${stubborn} (sh -c '${stubborn} sleep ${token}; :' & sleep ${token} &) & sleep ${token}`,
  },
  {
    name: 'setsid',
    script: (token) =>
      `${stubborn} for n in 1 2 3; do (setsid nohup sh -c '${stubborn} sleep ${token}; :' >/dev/null 2>&1 &); done; sleep ${token}`,
  },
  {
    name: 'setsid with a cleared environment',
    needsNamespace: true,
    script: (token) =>
      `${stubborn} (setsid env -i /bin/sh -c '${stubborn} (/bin/sleep ${token} &); /bin/sleep ${token}; :' &); sleep ${token}`,
  },
  // Nobody reads: what writes is held by the pipe.
  { name: 'full pipe', script: (token) => `${stubborn} yes ${token} | sleep ${token}; sleep ${token}` },
  {
    name: '1 GB of output',
    script: (token) => `${stubborn} yes ${token} | head -c 1073741824; sleep ${token}`,
  },
  {
    name: 'stopped',
    script: (token) =>
      `${stubborn} sh -c 'kill -STOP $$; sleep ${token}' & setsid sh -c 'kill -STOP $$; sleep ${token}' & sleep ${token}`,
  },
  {
    name: 'forking continually',
    script: (token) => `${stubborn} while :; do sleep ${token} & sleep 0.002; done`,
  },
  {
    name: 'moving on by fork',
    needsNamespace: true,
    script: (token) => `${stubborn} hop() { sleep 0.003; hop & }; hop & sleep ${token}`,
  },
]

let last = 0
/** Seconds for `sleep` that nobody else sleeps. */
export const aToken = (): string => `300.${process.pid}${String((last += 1)).padStart(6, '0')}`

/** Living processes that carry one of these texts in their arguments or their environment. */
export const survivorsOf = (texts: readonly string[]): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      const said = `${read(pid, 'cmdline')}\0${read(pid, 'environ')}`
      return texts.some((text) => said.includes(text)) && !isDead(pid)
    })
    .map(Number)

const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** The state stands behind the last parenthesis (proc(5)). */
const isDead = (pid: string): boolean => {
  const stat = read(pid, 'stat')
  return stat === '' || /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
}
