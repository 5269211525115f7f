import { auditEvents } from '../src/domain/audit.ts'
import { ocsfClasses, severities, shapes } from '../src/domain/siem/classes.ts'
import { siemFields } from './siem-fields.ts'

/** The field map and the table of events of docs/siem.md. */
export const renderSiemFields = (): string =>
  ['| OCSF | Suture |', '|---|---|', ...siemFields.map(([field, from]) => `| \`${field}\` | ${from} |`)].join(
    '\n',
  )

export const renderSiemEvents = (): string =>
  [
    '| Event | Class | Activity | Severity | Status |',
    '|---|---|---|---|---|',
    ...auditEvents.map((event) => {
      const { class: name, activity, severity, succeeded } = shapes[event]
      const status = succeeded === null ? '' : succeeded ? 'Success' : 'Failure'
      return `| \`${event}\` | ${name} (${ocsfClasses[name].uid}) | ${activity} | ${severities[severity]} ${severity} | ${status} |`
    }),
  ].join('\n')
