import type { Client } from 'pg'

export interface HistorySize {
  readonly tenantId: string
  readonly outcomes: number
  /** Over so many days up to `until`. */
  readonly days: number
  readonly until: string
  /** The same seed gives the same history. */
  readonly seed: number
}

const kind = `service, coalesce(playbook, ''), coalesce(diagnosis_code, ''), status, recovery`
const columns = 'service, playbook, diagnosis_code, status, recovery'

/**
 * A history made in the database: 20 services, 6 playbooks, 4 diagnoses, each playbook with its own rate. Every grain is summed
 * up from the single outcomes by the statements here, which are not the product's.
 */
export const writeHistory = async (
  owner: Client,
  { tenantId, outcomes, days, until, seed }: HistorySize,
): Promise<void> => {
  await owner.query(
    `insert into learning_outcome (tenant_id, id, incident_id, run_id, service, playbook, diagnosis_code, status, recovery, duration_ms, at, stated)
     select $1, uuidv7(), 'inc-' || n, case when alone then null else 'old-run-' || n end, 'service-' || (h1 % 20),
       case when alone then null else 'playbook-' || (h2 % 6) end, 'diagnosis_' || (h3 % 4),
       case when alone then 'self_recovered' when luck < 55 + 5 * (h2 % 6) then 'succeeded'
         else (array['failed', 'timed_out', 'rolled_back', 'blocked', 'canceled', 'unknown'])[1 + h4 % 6] end,
       case when alone then 'recovered' when luck < 50 + 5 * (h2 % 6) then 'recovered'
         else (array['not_recovered', 'not_measured'])[1 + h4 % 2] end,
       1000 + h4 % 600000, $4::timestamptz - (h5 % ($3::bigint * 86400000)) * interval '1 millisecond' - interval '1 millisecond',
       case when alone then null else (h4 % 101) / 100.0 end
     from (select n, hash(n, 1) as h1, hash(n, 2) as h2, hash(n, 3) as h3, hash(n, 4) as h4, hash(n, 5) as h5,
         hash(n, 6) % 100 as luck, hash(n, 7) % 10 = 0 as alone
       from generate_series(1, $2::int) n
     ) as drawn`.replaceAll(
      /hash\(n, (\d)\)/g,
      (_, salt: string) => `(hashint8extended(n, ${seed * 10 + Number(salt)}) & 9007199254740991)`,
    ),
    [tenantId, outcomes, days, until],
  )
  const sums = (into: string, extra: string, by: string): string =>
    `insert into ${into} (tenant_id, ${columns}${extra}, outcomes, total_ms)
     select tenant_id, ${kind}${by}, count(*), sum(duration_ms) from learning_outcome where tenant_id = $1
     group by tenant_id, ${kind}${by}`
  for (const statement of [
    sums('learning_total', '', ''),
    sums('learning_rollup', ', day', `, (at at time zone 'UTC')::date`),
    sums('learning_hour', ', hour', `, date_trunc('hour', at, 'UTC')`),
    `insert into calibration (tenant_id, playbook, tenth, outcomes, worked, stated_sum)
     select tenant_id, playbook, least(9, floor(stated * 10)), count(*),
       count(*) filter (where status = 'succeeded' and recovery = 'recovered'), sum(stated)
     from learning_outcome where tenant_id = $1 and stated is not null and status not in ('blocked', 'canceled')
     group by 1, 2, 3`,
  ])
    await owner.query(statement, [tenantId])
  await owner.query('analyze learning_outcome, learning_total, learning_rollup, learning_hour, calibration')
}
