import { z } from 'zod'

/** Durations as people write them in files: `500ms`, `30s`, `5m`, `2h`, `90d`. */
const pattern = /^(\d{1,6})(ms|s|m|h|d)$/
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds, or null when the text is not a duration. */
export const parseDuration = (text: string): number | null => {
  const match = pattern.exec(text)
  if (match === null) return null
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}

/** A zod type that reads `30s` and yields milliseconds, held to bounds given in milliseconds. */
export const durationBetween = (minMs: number, maxMs: number) =>
  // `meta` only carries the notation into the published schema; the check below gives the one clear message.
  z
    .string()
    .meta({ pattern: pattern.source })
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms === null || ms < minMs || ms > maxMs) {
        context.addIssue({
          code: 'custom',
          message: `expected a duration such as 30s between ${formatDuration(minMs)} and ${formatDuration(maxMs)}, found ${JSON.stringify(text)}`,
        })
        return z.NEVER
      }
      return ms
    })

/** The shortest of the same notation: 90000 is `90s`, 60000 is `1m`. A single day is `24h`. */
export const formatDuration = (ms: number): string => {
  if (ms > unitMs.d && ms % unitMs.d === 0) return `${ms / unitMs.d}d`
  if (ms >= unitMs.h && ms % unitMs.h === 0) return `${ms / unitMs.h}h`
  if (ms >= unitMs.m && ms % unitMs.m === 0) return `${ms / unitMs.m}m`
  if (ms >= unitMs.s && ms % unitMs.s === 0) return `${ms / unitMs.s}s`
  return `${ms}ms`
}
