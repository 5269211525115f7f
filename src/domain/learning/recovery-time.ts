/**
 * Times to recover, kept as counts in buckets that grow by 5 %: a percentile read from them is within 2.5 % of the true one,
 * however many incidents there were. The mean rests on exact sums.
 */

const growth = 1.05
const leastMs = 1_000
/** 5 % steps up to 100 days; what takes longer counts as that. */
export const mostBucket = 328

export const bucketOf = (ms: number): number =>
  Math.min(mostBucket, Math.floor(Math.log(Math.max(ms, leastMs) / leastMs) / Math.log(growth)))

/** The middle of a bucket in milliseconds. */
export const bucketMs = (bucket: number): number => Math.round(leastMs * growth ** (bucket + 0.5))

export interface RecoverySum {
  /** What they are grouped by; empty where they are not. */
  readonly key: string
  readonly bucket: number
  readonly incidents: number
  /** Of them those that recovered without a run. */
  readonly alone: number
  readonly totalMs: number
}

export interface RecoveryFigures {
  readonly key: string
  readonly incidents: number
  readonly alone: number
  /** Exact; null without incidents. */
  readonly meanMs: number | null
  /** Within 2.5 %. */
  readonly medianMs: number | null
  readonly p90Ms: number | null
}

export const recoveryOf = (key: string, sums: readonly RecoverySum[]): RecoveryFigures => {
  const total = (of: 'incidents' | 'alone' | 'totalMs'): number => sums.reduce((so, each) => so + each[of], 0)
  const incidents = total('incidents')
  return {
    key,
    incidents,
    alone: total('alone'),
    meanMs: incidents === 0 ? null : Math.round(total('totalMs') / incidents),
    medianMs: percentile(sums, incidents, 0.5),
    p90Ms: percentile(sums, incidents, 0.9),
  }
}

export const recoveryByKey = (sums: readonly RecoverySum[]): RecoveryFigures[] =>
  [...Map.groupBy(sums, ({ key }) => key)].map(([key, mine]) => recoveryOf(key, mine))

/** The smallest bucket that at least this share of the incidents lies in or below. */
const percentile = (sums: readonly RecoverySum[], incidents: number, share: number): number | null => {
  let seen = 0
  for (const { bucket, incidents: here } of sums.toSorted((one, other) => one.bucket - other.bucket)) {
    seen += here
    if (seen >= share * incidents) return bucketMs(bucket)
  }
  return null
}
