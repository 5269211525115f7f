import { hash } from 'node:crypto'
import type { AlertSourceName } from '../../src/domain/alert.ts'
import { isPriorityGrade } from './severity.ts'

/**
 * Labels that change while the same thing is still wrong, and so are no part of what it is:
 * - `severity`: an alert that gets worse is the same alert, and its resolve may carry another grade than its fire.
 * - `alertstate`: Prometheus's own pending or firing.
 * - values and free text: rules template the measured value into them, so every evaluation differs.
 * - replica labels: two Prometheus servers watching one target in a pair report one problem.
 * A `priority` of P1 to P5 is a grade like `severity`; any other priority stays.
 */
const volatileLabels: ReadonlySet<string> = new Set([
  'severity',
  'alertstate',
  'value',
  'current_value',
  '__value__',
  '__values__',
  '__value_string__',
  'description',
  'summary',
  'message',
  'timestamp',
  'prometheus_replica',
  '__replica__',
])

/**
 * The labels that say which thing is wrong. A label without a value is no label, as in Prometheus's data model: a
 * sender that starts to write an empty one has not started a new alert.
 */
export const identityOf = (labels: Readonly<Record<string, string>>): Record<string, string> => {
  const identity: Record<string, string> = {}
  for (const name in labels) {
    const value = labels[name]
    if (value === undefined || value === '' || volatileLabels.has(name)) continue
    if (name === 'priority' && isPriorityGrade(value)) continue
    identity[name] = value
  }
  return identity
}

/**
 * Hex SHA-256 over the source and the identity, names in code unit order. The parts are joined by U+0000, which no
 * stored text holds, so that two different identities never give the same bytes.
 */
export const fingerprintOf = (
  source: AlertSourceName,
  identity: Readonly<Record<string, string>>,
): string => {
  let canonical: string = source
  for (const name of Object.keys(identity).sort()) canonical += `\0${name}\0${identity[name]}`
  return hash('sha256', canonical, 'hex')
}
