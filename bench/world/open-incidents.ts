import pg from 'pg'
import { type CopiedTable, copyRows } from './copy-rows.ts'

/**
 * Puts `groups` open incidents into the database as rows, each a copy of one that Suture has made itself: with its alert,
 * its card, and nothing left to do. What brings them into being is not what a bench of the intake asks about, and Suture
 * would look into each of them first.
 */
export const openIncidents = async (ownerUrl: string, model: string, groups: number): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(
      `create temporary table wanted on commit drop as
        select 'inc-' || nextval('incident_number') as id, 'service-' || lpad(number::text, 5, '0') as service
        from generate_series(0, $1 - 1) as number`,
      [groups],
    )
    await copyRows(client, model, copies)
    await client.query('commit')
    // As after days of work: the planner knows the tables.
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const card = `replace(model.card_id, $1, wanted.id)`

const copies: readonly CopiedTable[] = [
  [
    'incident',
    {
      set: { id: 'wanted.id', group_key: `'service:' || wanted.service`, service: 'wanted.service' },
      which: 'model.id = $1',
    },
  ],
  [
    'alert',
    {
      set: {
        fingerprint: `encode(sha256(wanted.service::bytea), 'hex')`,
        service: 'wanted.service',
        incident_id: 'wanted.id',
      },
      which: 'model.incident_id = $1',
    },
  ],
  [
    'card',
    {
      set: { id: 'replace(model.id, $1, wanted.id)', incident_id: 'wanted.id' },
      which: 'model.incident_id = $1',
    },
  ],
  ['card_delivery', { set: { card_id: card, message_id: card }, which: `model.card_id like $1 || '/%'` }],
]
