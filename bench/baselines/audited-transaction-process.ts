import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import { openingStream } from '../load/alert-stream.ts'
import { answerParent } from '../world/child.ts'

/**
 * What one would write first: for each alert a transaction that looks it up and locks it, writes it, and writes its audit
 * entry. Real tables' columns, keys and indexes, in a schema of their own; 16 connections.
 */
export type Question =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'insert'; readonly alerts: number; readonly round: number }

const connections = 16
let pool: pg.Pool | null = null

const open = async (url: string): Promise<number> => {
  pool = new pg.Pool({ connectionString: url, max: connections })
  await pool.query('create schema if not exists bench_baseline')
  for (const table of ['alert', 'audit_entry']) {
    await pool.query(`drop table if exists bench_baseline.naive_${table}`)
    await pool.query(`create table bench_baseline.naive_${table} (like ${table} including all)`)
  }
  return 1
}

const writeOne = async (client: pg.PoolClient, service: string, instance: string): Promise<void> => {
  const labels = JSON.stringify({
    alertname: 'ServiceDown',
    service,
    instance,
    namespace: 'shop',
    cluster: 'eu-1',
  })
  const fingerprint = createHash('sha256').update(labels).digest('hex')
  await client.query('begin')
  const { rows } = await client.query(
    'select received from bench_baseline.naive_alert where tenant_id = $1 and fingerprint = $2 for update',
    ['main', fingerprint],
  )
  if (rows.length === 0)
    await client.query(
      `insert into bench_baseline.naive_alert (tenant_id, fingerprint, source, status, severity, service, title, summary, labels,
        links, starts_at, first_received_at, last_received_at, received)
        values ('main', $1, 'alertmanager', 'firing', 'critical', $2, 'ServiceDown', $3, $4, '[]', now(), now(), now(), 1)`,
      [fingerprint, service, `${instance} of ${service} does not answer`, labels],
    )
  else
    await client.query(
      'update bench_baseline.naive_alert set received = received + 1, last_received_at = now() where tenant_id = $1 and fingerprint = $2',
      ['main', fingerprint],
    )
  const bytes = Buffer.from(JSON.stringify({ event: 'alerts_received', fingerprint, labels }))
  await client.query(
    `insert into bench_baseline.naive_audit_entry (tenant_id, id, at, event, actor, subject, bytes, leaf_hash)
      values ('main', $1, now(), 'alerts_received', 'source:alertmanager', $2, $3, $4)`,
    [randomUUID(), fingerprint, bytes, createHash('sha256').update(bytes).digest()],
  )
  await client.query('commit')
}

/** Alerts a second. */
const insert = async (alerts: number, round: number): Promise<number> => {
  if (pool === null) throw new Error('expected the tables to be opened before alerts are written')
  const from = pool
  const stream = openingStream(alerts, '')
  let next = 0
  const clients = await Promise.all(Array.from({ length: connections }, () => from.connect()))
  const started = performance.now()
  await Promise.all(
    clients.map(async (client) => {
      for (;;) {
        const alert = stream[next]
        next += 1
        if (alert === undefined) return
        await writeOne(client, alert.service, `r${round}`)
      }
    }),
  )
  const elapsedMs = performance.now() - started
  for (const client of clients) client.release()
  return alerts / (elapsedMs / 1_000)
}

answerParent<Question, number>((question) =>
  question.kind === 'open' ? open(question.url) : insert(question.alerts, question.round),
)
