import { checkInWords } from '../../src/domain/triage/checks.ts'
import type { Got } from './get.ts'
import type { Health, HealthCheck } from './health-json.ts'

/** One sentence about a probe, for a person. */
export function describeProbe(title: string, got: Got, timeoutMs: number, health: Health | null): string {
  switch (got.kind) {
    case 'aborted':
      return `${title} was not measured: the probe was stopped`
    case 'forbidden':
      return `${title} was not measured: its probe may not be asked, since ${got.problem}`
    case 'failed':
      return `${title} ${failed(got, timeoutMs)}`
    case 'answered': {
      const told = (health?.checks ?? []).filter(isTold).slice(0, 3).map(describeCheck)
      return [`${title} answers ${got.status} in ${got.latencyMs} ms${overall(health)}`, ...told].join('; ')
    }
  }
}

function failed({ failure, code }: Extract<Got, { kind: 'failed' }>, timeoutMs: number): string {
  switch (failure) {
    case 'timeout':
      return `did not answer within ${seconds(timeoutMs)}`
    case 'refused':
      return 'refused the connection'
    case 'reset':
      return 'broke the connection off'
    case 'dns':
      return "can't be reached: its host name is not known"
    case 'other':
      return `can't be reached: ${code}`
  }
}

const seconds = (ms: number): string => (ms >= 1_000 ? `${Math.round(ms / 100) / 10} s` : `${ms} ms`)

const overall = (health: Health | null): string =>
  health === null || health.status === 'pass' ? '' : ` and says ${health.status}`

const isTold = ({ status }: HealthCheck): boolean => status === 'warn' || status === 'fail'

function describeCheck({ name, value, unit, status }: HealthCheck): string {
  const words = checkInWords(name)
  if (typeof value === 'number' && isPercent(unit))
    return `${words.replace(/ utilization$/, '')} at ${Math.round(value)} %`
  return value === null
    ? `${words} ${status}`
    : `${words} ${[value, unit].filter((part) => part !== null).join(' ')}`
}

const isPercent = (unit: string | null): boolean => unit === '%' || unit?.toLowerCase() === 'percent'
