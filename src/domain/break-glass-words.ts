import { parseDuration } from './duration.ts'

/** What is typed after `/heal break-glass`. */
export type BreakGlassWords =
  | { readonly what: 'list' }
  | { readonly what: 'end'; readonly id: string }
  /** `service` null is all services. */
  | {
      readonly what: 'open'
      readonly service: string | null
      readonly forMs: number
      readonly reason: string
    }

const usage = 'It is typed break-glass checkout for 30m because why, or break-glass all for 1h because why.'

/** Nothing lists them; `end bg-7` ends one; else `SERVICE|all for DURATION because WHY`, or what is missing. */
export const breakGlassWordsOf = (
  words: readonly string[],
): BreakGlassWords | { readonly problem: string } => {
  const [first = '', second = ''] = words
  if (first === '') return { what: 'list' }
  if (first.toLowerCase() === 'end') {
    const id = glassId(second)
    return id === null ? { problem: 'Say which, such as break-glass end bg-7.' } : { what: 'end', id }
  }
  const lower = words.map((word) => word.toLowerCase())
  const why = lower.indexOf('because')
  const duration = lower.indexOf('for')
  if (why < 0 || words.length === why + 1) return { problem: `Say why after because. ${usage}` }
  const forMs = duration === 1 ? parseDuration(lower.slice(2, why).join('')) : null
  if (forMs === null) return { problem: `Say for how long, such as for 30m. ${usage}` }
  const service = first.replaceAll(/[`'"<>,]/g, '')
  return {
    what: 'open',
    service: service.toLowerCase() === 'all' ? null : service,
    forMs,
    reason: words.slice(why + 1).join(' '),
  }
}

/** `bg-7`, also `BG-7` and `7`. */
export const glassId = (typed: string): string | null => {
  const [, number] = /^(?:bg-?)?(\d{1,15})$/.exec(typed.toLowerCase().replaceAll(/[`'"<>#.,()]/g, '')) ?? []
  return number === undefined ? null : `bg-${number}`
}
