import { readdirSync, readFileSync } from 'node:fs'

/** Living processes with this text among their arguments. */
export function processesNaming(token: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0]
        return state !== 'Z' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(token)
      } catch {
        return false
      }
    })
    .map(Number)
}

let last = 0
/** Seconds for `sleep` that no other process sleeps: how a test finds what it started. */
export const aNamedSleep = (): string => `300.${process.pid}${String((last += 1)).padStart(4, '0')}`
