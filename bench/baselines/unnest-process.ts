import pg from 'pg'
import { answerParent } from '../world/child.ts'

/**
 * The most that this PostgreSQL takes from Node: rows like those of `alert`, inserted by multi-row `unnest` statements,
 * nothing looked up, nothing audited. Same columns, key and indexes as the real table, in a schema of its own.
 */
export type Question =
  | { readonly kind: 'open'; readonly url: string }
  | {
      readonly kind: 'insert'
      readonly rows: number
      readonly perStatement: number
      readonly connections: number
    }

const table = 'bench_baseline.unnest_alert'

let pool: pg.Pool | null = null

const open = async (url: string): Promise<number> => {
  pool = new pg.Pool({ connectionString: url, max: 4 })
  await pool.query('create schema if not exists bench_baseline')
  await pool.query(`drop table if exists ${table}`)
  await pool.query(`create table ${table} (like alert including all)`)
  return 1
}

const columns = [
  ['fingerprint', 'text'],
  ['source', 'text'],
  ['status', 'text'],
  ['severity', 'text'],
  ['service', 'text'],
  ['title', 'text'],
  ['summary', 'text'],
  ['labels', 'jsonb'],
  ['links', 'jsonb'],
  ['starts_at', 'timestamptz'],
  ['received', 'integer'],
  ['incident_id', 'text'],
] as const

const statement = `insert into ${table} (tenant_id, first_received_at, last_received_at, ${columns.map(([name]) => name).join(', ')})
  select 'main', now(), now(), given.* from unnest(${columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ')}) as given`

const valuesOf = (from: number, count: number): unknown[][] => {
  const numbers = Array.from({ length: count }, (_, at) => from + at)
  const startsAt = new Date().toISOString()
  const service = (number: number): string => `service-${String(number % 5_000).padStart(5, '0')}`
  return [
    numbers.map(
      (number) => Math.imul(number, 0x9e3779b1).toString(16).padStart(12, '0').repeat(5) + String(number),
    ),
    numbers.map(() => 'alertmanager'),
    numbers.map(() => 'firing'),
    numbers.map(() => 'medium'),
    numbers.map(service),
    numbers.map(() => 'HighErrorRate'),
    numbers.map(
      (number) =>
        `HighErrorRate on ${service(number)}. pod-${number} of ${service(number)} has been over its threshold.`,
    ),
    numbers.map((number) =>
      JSON.stringify({
        alertname: 'HighErrorRate',
        service: service(number),
        instance: `pod-${number}`,
        namespace: 'shop',
        cluster: 'eu-1',
        job: 'kubernetes-pods',
        severity: 'warning',
      }),
    ),
    numbers.map(() =>
      JSON.stringify([
        { label: 'Source', url: 'http://prometheus.example.com/graph?g0.expr=up%3D%3D0&g0.tab=1' },
      ]),
    ),
    numbers.map(() => startsAt),
    numbers.map(() => 1),
    numbers.map((number) => `inc-${number % 5_000}`),
  ]
}

/** Rows a second. Values are made before the clock starts; statements go out on `connections` at a time. */
const insert = async (rows: number, perStatement: number, connections: number): Promise<number> => {
  if (pool === null) throw new Error('expected the table to be opened before rows are inserted')
  const from = pool
  await from.query(`truncate ${table}`)
  const batches: unknown[][][] = []
  for (let at = 0; at < rows; at += perStatement)
    batches.push(valuesOf(at, Math.min(perStatement, rows - at)))
  let next = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (;;) {
        const batch = batches[next]
        next += 1
        if (batch === undefined) return
        await from.query({ name: 'unnest', text: statement, values: batch })
      }
    }),
  )
  return rows / ((performance.now() - started) / 1_000)
}

answerParent<Question, number>((question) =>
  question.kind === 'open'
    ? open(question.url)
    : insert(question.rows, question.perStatement, question.connections),
)
