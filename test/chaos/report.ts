import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { kinds } from './plan.ts'
import type { Result } from './round.ts'

/** Results on file, one JSON object a line, so that a round that is broken off goes on where it was. */

export const appendResult = (path: string, result: Result): void => {
  mkdirSync(dirname(path), { recursive: true })
  appendFileSync(path, `${JSON.stringify(result)}\n`)
}

/** The last result of each case. A line that was cut off by a kill is passed over. */
export const readResults = (path: string): Result[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const last = new Map<string, Result>()
  for (const line of text.split('\n')) {
    if (!line.endsWith('}')) continue
    const result = JSON.parse(line) as Result
    last.set(result.id, result)
  }
  return [...last.values()]
}

/** One line for each kind and backend, and one for all. */
export const table = (results: readonly Result[]): string[] => {
  const rows = kinds.flatMap((kind) =>
    (['postgres', 'redis'] as const).map((backend) => ({
      name: `${kind} on ${backend}`,
      of: results.filter((each) => each.kind === kind && each.backend === backend),
    })),
  )
  const line = (name: string, of: readonly Result[]): string => {
    const count = (verdict: Result['verdict']) =>
      String(of.filter((each) => each.verdict === verdict).length).padStart(9)
    const unknown = String(of.filter(({ status }) => status === 'unknown').length).padStart(9)
    const latest = Math.max(...of.map(({ lateMs }) => lateMs ?? Number.NEGATIVE_INFINITY))
    const late = latest > 0 ? `${Math.round(latest)} ms` : '-'
    return `${name.padEnd(30)}${String(of.length).padStart(7)}${count('held')}${count('missed')}${count('violated')}${count('fault')}${unknown}${late.padStart(12)}`
  }
  return [
    `${''.padEnd(30)}  cases     held   missed violated    fault  unknown  latest end`,
    ...rows.filter(({ of }) => of.length > 0).map(({ name, of }) => line(name, of)),
    line('all', results),
  ]
}

/** A case that failed, told so that it can be tried again. */
export const told = ({ id, verdict, violations }: Result): string =>
  `${verdict.toUpperCase()} ${id}\n${violations.map((violation) => `    ${violation}`).join('\n')}\n    again: npm run chaos -- --case '${id}'`

export const isBad = ({ verdict }: Result): boolean => verdict === 'violated' || verdict === 'fault'
