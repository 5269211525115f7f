import { readFileSync } from 'node:fs'

/** MiB of a process: its own pages, and its share of those it shares with others (the program itself). */
export const proportionalMib = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = /^Pss:\s+(\d+) kB/m.exec(text)?.[1]
  if (kib === undefined)
    throw new Error(`/proc/${pid}/smaps_rollup has no line Pss; expected one, as Linux writes it`)
  return Number(kib) / 1_024
}

export const residentMib = (pid: number): number =>
  Number(/^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1_024
