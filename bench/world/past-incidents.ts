import pg from 'pg'
import { type CopiedTable, copyRows } from './copy-rows.ts'

export interface Past {
  /** Healed and resolved: what is copied. */
  readonly model: string
  readonly incidents: number
  /** They lie so many days back at most, evenly. */
  readonly days: number
  readonly services: readonly string[]
  readonly playbooks: readonly string[]
}

/**
 * A past of many incidents, each a copy of one that Suture has healed itself: with its alert, evidence, proposals, run, request,
 * vote, steps, and those of its audit entries that an answer reads. Their bytes are the model's.
 */
export const writePast = async (
  client: pg.Client,
  { model, incidents, days, services, playbooks }: Past,
): Promise<void> => {
  await client.query(
    `create temporary table wanted as
      select n, 'inc-' || nextval('incident_number') as id, ($3::text[])[1 + n % cardinality($3::text[])] as service,
        ($4::text[])[1 + n % cardinality($4::text[])] as playbook, (n + 1) * $2::float8 / $1 * interval '-1 day' as ago
      from generate_series(0, $1::int - 1) n`,
    [incidents, days, services, playbooks],
  )
  await copyRows(client, model, copies)
  await client.query('drop table wanted')
}

const shifted = (...columns: readonly string[]): Record<string, string> =>
  Object.fromEntries(columns.map((column) => [column, `model.${column} + wanted.ago`]))

/** Of the model's ids, that of the copy: `run-7` becomes `run-7.41`. */
const copied = (column: string): string => `model.${column} || '.' || wanted.n`
const ofIncident = 'model.incident_id = $1'
const ofRun = 'model.run_id in (select id from run where incident_id = $1)'
const ofRequest = 'model.request_id in (select id from approval_request where incident_id = $1)'
const incident = { incident_id: 'wanted.id' }

/** What of an incident's history the answers of a chat look for. */
const events = `('diagnosis_made', 'approval_granted', 'run_started', 'run_finished', 'incident_resolved', 'refused')`

const copies: readonly CopiedTable[] = [
  [
    'incident',
    {
      set: {
        id: 'wanted.id',
        group_key: `'service:' || wanted.service`,
        service: 'wanted.service',
        ...shifted('opened_at', 'resolved_at'),
      },
      which: 'model.id = $1',
    },
  ],
  [
    'alert',
    {
      set: {
        ...incident,
        fingerprint: `encode(sha256(wanted.id::bytea), 'hex')`,
        service: 'wanted.service',
        ...shifted('starts_at', 'ends_at', 'first_received_at', 'last_received_at'),
      },
      which: ofIncident,
    },
  ],
  ['evidence', { set: { ...incident, id: 'uuidv7()', ...shifted('observed_at') }, which: ofIncident }],
  [
    'proposal',
    {
      set: {
        ...incident,
        id: copied('id'),
        playbook: 'wanted.playbook',
        body: `model.body || jsonb_build_object('service', wanted.service, 'playbook', wanted.playbook)`,
        ...shifted('created_at', 'withdrawn_at'),
      },
      which: ofIncident,
    },
  ],
  [
    'run',
    {
      set: {
        ...incident,
        id: copied('id'),
        proposal_id: copied('proposal_id'),
        ...shifted('created_at', 'queued_at', 'started_at', 'finished_at', 'deadline_at', 'work_until'),
      },
      which: ofIncident,
    },
  ],
  [
    'approval_request',
    {
      set: {
        ...incident,
        id: copied('id'),
        proposal_id: copied('proposal_id'),
        run_id: copied('run_id'),
        ...shifted('created_at', 'decided_at', 'expires_at'),
      },
      which: ofIncident,
    },
  ],
  [
    'approval_decision',
    { set: { request_id: copied('request_id'), ...shifted('decided_at') }, which: ofRequest },
  ],
  [
    'step_execution',
    { set: { run_id: copied('run_id'), ...shifted('started_at', 'finished_at') }, which: ofRun },
  ],
  [
    'audit_entry',
    {
      set: { ...incident, id: 'uuidv7()', ...shifted('at') },
      which: `${ofIncident} and model.event in ${events}`,
    },
  ],
]
