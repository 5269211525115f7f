import type { Got } from './get.ts'
import type { Health, HealthCheck } from './health-json.ts'

/** One sentence about a probe, for a person. */
export function describeProbe(title: string, got: Got, timeoutMs: number, health: Health | null): string {
  switch (got.kind) {
    case 'aborted':
      return `${title} was not measured: the probe was stopped`
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
  const [component = name, measurement = ''] = name.split(':')
  if (typeof value === 'number' && isPercent(unit)) {
    const what =
      measurement === 'utilization' || measurement === '' ? component : `${component} ${measurement}`
    return `${what} at ${Math.round(value)} %`
  }
  const what = [component, measurement].filter((part) => part !== '').join(' ')
  return value === null
    ? `${what} ${status}`
    : `${what} ${[value, unit].filter((part) => part !== null).join(' ')}`
}

const isPercent = (unit: string | null): boolean => unit === '%' || unit?.toLowerCase() === 'percent'
