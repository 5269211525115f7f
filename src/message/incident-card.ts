import type { AlertLink } from '../domain/alert.ts'
import { type Block, type Card, code, type Tone, time } from '../domain/card.ts'
import type { Incident, IncidentStatus } from '../domain/incident.ts'
import { counted, durationInWords, text } from './words.ts'

/** The head of the thread: what is wrong, since when, and what happens now. */

export interface IncidentCardInput {
  readonly incident: Pick<
    Incident,
    'id' | 'service' | 'severity' | 'title' | 'summary' | 'status' | 'openedAt' | 'resolvedAt' | 'flaps'
  >
  readonly alerts: { readonly firing: number; readonly total: number }
  readonly links?: readonly AlertLink[]
  /** Services that depend on the affected one; null when unknown. */
  readonly dependents?: readonly string[] | null
}

const states = {
  open: { status: 'Looking into it', tone: 'bad', next: 'Suture is gathering evidence.' },
  proposed: { status: 'Waiting for people', tone: 'warning', next: 'A remedy is proposed below.' },
  healing: { status: 'Healing', tone: 'info', next: 'A run is on its way; its steps are below.' },
  escalated: {
    status: 'Needs a person',
    tone: 'bad',
    next: 'Suture can do no more here; the reason is below.',
  },
  resolved: { status: 'Resolved', tone: 'good', next: 'Nothing more to do.' },
} as const satisfies Record<IncidentStatus, { status: string; tone: Tone; next: string }>

/** More links than this are noise in a chat; the incident's page has them all. */
const mostLinks = 5

export const incidentCard = ({ incident, alerts, links = [], dependents }: IncidentCardInput): Card => {
  const state = states[incident.status]
  const blocks: Block[] = []
  if (incident.summary !== '') blocks.push({ kind: 'text', text: text(incident.summary) })
  blocks.push({
    kind: 'fields',
    fields: [
      {
        label: 'Service',
        value: incident.service === null ? text('not in the catalogue') : [code(incident.service)],
      },
      { label: 'Since', value: [time(incident.openedAt)] },
      { label: 'Alerts', value: text(alertsInWords(alerts)) },
      ...(dependents === undefined
        ? []
        : [{ label: 'Depend on it', value: text(dependentsInWords(dependents)) }]),
    ],
  })
  const shown = links.slice(0, mostLinks)
  if (shown.length > 0)
    blocks.push({
      kind: 'text',
      text: text(
        ...shown.flatMap((link, index) => [
          index === 0 ? '' : ' · ',
          { kind: 'link' as const, text: link.label, url: link.url },
        ]),
      ),
    })
  blocks.push({ kind: 'text', text: text(state.next), tone: state.tone })
  blocks.push({ kind: 'context', text: text(contextOf(incident)) })
  return {
    kind: 'incident',
    title: incident.title,
    status: state.status,
    tone: state.tone,
    severity: incident.severity,
    blocks,
  }
}

const alertsInWords = ({ firing, total }: IncidentCardInput['alerts']): string =>
  firing === 0
    ? `${total}, none firing any more`
    : firing === total
      ? `${total} firing`
      : `${firing} of ${total} firing`

const dependentsInWords = (dependents: readonly string[] | null): string => {
  if (dependents === null) return 'unknown'
  return dependents.length === 0 ? 'no service' : dependents.join(', ')
}

const contextOf = (incident: IncidentCardInput['incident']): string =>
  [
    incident.id,
    ...(incident.flaps > 0 ? [`opened again ${counted(incident.flaps, 'time')}`] : []),
    ...(incident.resolvedAt === null
      ? []
      : [`lasted ${durationInWords(incident.resolvedAt.since(incident.openedAt).total('milliseconds'))}`]),
  ].join(' · ')
