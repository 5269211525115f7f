import type { AuditEntry, AuditValue } from '../audit.ts'
import {
  damaged,
  type EventShape,
  ocsfClasses,
  ocsfVersion,
  severities,
  shapeOf,
  withheld,
} from './classes.ts'
import { redactDetails } from './redact.ts'

/** An entry of the sealed history as an event of OCSF. Pure: the same entry always makes the same event. */

/** Where an entry stands in the log; `leafHash` in base64, as an export writes it. */
export interface LogPlace {
  readonly tenantId: string
  readonly origin: string
  readonly index: number
  readonly leafHash: string
}

/** An entry as it was sealed. */
export interface SealedRecord extends AuditEntry {
  readonly id: string
  readonly at: string
}

export interface OcsfOptions {
  readonly version: string
  /** Takes secret values out of texts. */
  readonly clean: (text: string) => string
}

export type OcsfEvent = { readonly [key: string]: AuditValue }

export const ocsfOf = (record: SealedRecord, place: LogPlace, { version, clean }: OcsfOptions): OcsfEvent => {
  const { id, at, event, actor } = record
  const shape = shapeOf(event)
  const subject = clean(record.subject)
  const details = redactDetails(record.details, clean)
  return {
    ...headOf(shape, place, { id, at, event, version }),
    message: `${event} ${subject} by ${actor}`,
    ...statusOf(shape, details),
    actor: actorOf(actor),
    ...ownOf(shape, { event, actor, subject, at, details }),
    unmapped: { subject, leaf_hash: place.leafHash, details },
  }
}

/** What is told in the place of an entry that is gone, or does not make the hash that was sealed. `at` is when it was sealed. */
export const damagedOf = (place: LogPlace, at: string, version: string): OcsfEvent =>
  aboutEntry(damaged, place, {
    event: 'audit_entry_damaged',
    at,
    version,
    words: 'is gone, or is not what was sealed',
  })

/** What is told in the place of an entry that is as it was sealed, and yet none that Suture writes: somebody wrote it past Suture. */
export const unreadableOf = (place: LogPlace, at: string, version: string): OcsfEvent =>
  aboutEntry(damaged, place, {
    event: 'audit_entry_unreadable',
    at,
    version,
    words: 'is none that Suture writes, although it was sealed',
  })

/** What is told in the place of an entry that the receiver refuses for good: nothing of what the entry says. */
export const withheldOf = (place: LogPlace, at: string, version: string): OcsfEvent =>
  aboutEntry(withheld, place, {
    event: 'audit_entry_withheld',
    at,
    version,
    words: 'was refused by this receiver, and is to be read in the log itself',
  })

const aboutEntry = (
  shape: EventShape,
  place: LogPlace,
  { event, at, version, words }: { event: string; at: string; version: string; words: string },
): OcsfEvent => {
  const subject = `${place.origin}#${place.index}`
  return {
    ...headOf(shape, place, { id: subject, at, event, version }),
    message: `audit entry ${place.index} of ${place.origin} ${words}`,
    actor: actorOf(suture),
    ...ownOf(shape, { event, actor: suture, subject, at, details: {} }),
    unmapped: { subject, leaf_hash: place.leafHash, details: {} },
  }
}

const suture = 'person_suture'

const headOf = (
  shape: EventShape,
  { tenantId, origin, index }: LogPlace,
  { id, at, event, version }: { id: string; at: string; event: string; version: string },
): OcsfEvent => {
  const { uid, activities } = ocsfClasses[shape.class]
  const activity = Object.entries(activities).find(([name]) => name === shape.activity)?.[1] ?? 99
  return {
    class_uid: uid,
    class_name: shape.class,
    category_uid: Math.floor(uid / 1000),
    activity_id: activity,
    activity_name: shape.activity,
    type_uid: uid * 100 + activity,
    severity_id: severities[shape.severity],
    severity: shape.severity,
    time: Temporal.Instant.from(at).epochMilliseconds,
    metadata: {
      version: ocsfVersion,
      uid: id,
      event_code: event,
      log_name: origin,
      sequence: index,
      original_time: at,
      tenant_uid: tenantId,
      product: { name: 'Suture', vendor_name: 'Suture', version },
    },
  }
}

/** Runs and steps tell by their status how they went; a run that has not ended yet tells nothing. */
const statusOf = ({ class: name, succeeded }: EventShape, details: AuditEntry['details']): OcsfEvent => {
  // OCSF's findings have statuses of another kind.
  if (name === 'Incident Finding' || name === 'Detection Finding') return {}
  const word = details['status']
  const went =
    succeeded ?? (word === 'succeeded' ? true : word === 'failed' || word === 'timed_out' ? false : null)
  const said = typeof word === 'string' ? { status_detail: word } : {}
  return went === null
    ? { status_id: 0, status: 'Unknown', ...said }
    : { status_id: went ? 1 : 2, status: went ? 'Success' : 'Failure', ...said }
}

const actorOf = (actor: string): OcsfEvent =>
  actor.startsWith('source:') ? { app_name: actor.slice('source:'.length) } : { user: userOf(actor) }

const userOf = (id: string): OcsfEvent =>
  id === suture ? { uid: id, name: 'Suture', type_id: 3 } : { uid: id, type_id: 0 }

interface About {
  readonly event: string
  readonly actor: string
  readonly subject: string
  readonly at: string
  readonly details: AuditEntry['details']
}

/** What each class demands besides. */
const ownOf = (shape: EventShape, { event, actor, subject, at, details }: About): OcsfEvent => {
  switch (shape.class) {
    case 'Detection Finding':
      return {
        status_id: 1,
        status: 'New',
        finding_info: { uid: subject, title: event, created_time: millisecondsOf(at) },
      }
    case 'Incident Finding':
      return {
        ...(shape.activity === 'Close'
          ? { status_id: 4, status: 'Resolved' }
          : shape.activity === 'Create'
            ? { status_id: 1, status: 'New' }
            : { status_id: 2, status: 'In Progress' }),
        // Demanded by OCSF. Suture works on it; who of the people does is told by their own events.
        assignee: userOf(suture),
        finding_info_list: [{ uid: subject, title: event, created_time: millisecondsOf(at) }],
      }
    case 'Authentication':
      return { user: userOf(subject), service: { name: 'Suture' } }
    case 'Entity Management':
      return { entity: { uid: subject, type: kindOf(event) } }
    case 'API Activity':
      return {
        api: { operation: event },
        // Suture keeps no addresses of people in its history: the endpoint is what it was told through.
        src_endpoint: { name: actor.startsWith('source:') ? actor.slice('source:'.length) : 'suture' },
        resources: [{ uid: subject }],
      }
    case 'Remediation Activity': {
      const step = details['step']
      return { command_uid: typeof step === 'string' ? `${subject}.${step}` : subject }
    }
  }
}

const millisecondsOf = (at: string): number => Temporal.Instant.from(at).epochMilliseconds

/** `break_glass_opened` is about a break glass. */
const kindOf = (event: string): string => event.slice(0, event.lastIndexOf('_'))
