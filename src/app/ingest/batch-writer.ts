import type { App } from '../app.ts'
import { groupKeyOf } from './aggregate.ts'
import { IntakeFull } from './intake-full.ts'
import { RaceLost } from './race-lost.ts'
import { type IngestReceipt, type IngestRequest, writeAlerts } from './write-alerts.ts'

/**
 * Group commit: requests join one writer per process. While a batch is being written the next gathers, so a batch is as
 * large as the load makes it and nobody waits for a timer. A request is answered only after its commit.
 *
 * It writes in two lanes, so that this process reads requests while PostgreSQL writes. Requests about the same service
 * always take the same lane: in order, and without two batches that wait for one incident.
 */
export interface IngestWriter {
  /**
   * Resolves once the alerts are durable. Rejects with a fault of the database, or at once with IntakeFull when too many
   * wait already; the sender then tries again.
   */
  readonly ingest: (request: IngestRequest) => Promise<IngestReceipt>
  /** Resolves when everything that was accepted is durable. */
  readonly drain: () => Promise<void>
  /** Alerts waiting to be written, those kept aside included. */
  readonly waiting: () => number
}

interface Waiting {
  readonly request: IngestRequest
  readonly resolve: (receipt: IngestReceipt) => void
  readonly reject: (error: unknown) => void
}

/** Alerts in one transaction. Larger batches gain nothing: measured flat from 300 on. */
const maxBatch = 500
const maxAttempts = 20
/** A batch that has not begun waits so long at most while somebody waits for a click: a few clicks' time. */
const mostCourtesyMs = 100
/** Meanwhile batches are small, so that PostgreSQL has room for the click between them. */
const courteousBatch = 150
const laneCount = 2
/** A hundred full batches: many seconds of work, and still a bounded part of memory. */
const mostWaiting = 50_000

const weightOf = ({ alerts, keptAside }: IngestRequest): number => alerts.length + keptAside.length

export const createIngestWriter = (app: App): IngestWriter => {
  let waiting = 0
  const lanes = Array.from({ length: laneCount }, () =>
    createLane(app, (weight) => {
      waiting -= weight
    }),
  )
  return {
    ingest: (request) =>
      new Promise((resolve, reject) => {
        const weight = weightOf(request)
        if (waiting > 0 && waiting + weight > mostWaiting) return reject(new IntakeFull(waiting, mostWaiting))
        waiting += weight
        app.pressure?.rises(waiting)
        lanes[laneOf(request)]?.add({ request, resolve, reject })
      }),
    drain: async () => {
      await Promise.all(lanes.map((lane) => lane.drain()))
    },
    waiting: () => waiting,
  }
}

/** Requests about several services share the first lane: in two, they would race to open the same incidents. */
const laneOf = ({ alerts }: IngestRequest): number => {
  const [first, ...rest] = alerts
  if (first === undefined) return 0
  const key = groupKeyOf(first)
  if (rest.some((alert) => groupKeyOf(alert) !== key)) return 0
  let sum = 0
  for (const character of key) sum += character.charCodeAt(0)
  return sum % laneCount
}

interface Lane {
  readonly add: (waiting: Waiting) => void
  readonly drain: () => Promise<void>
}

/** One batch at a time. */
const createLane = (app: App, onTaken: (weight: number) => void): Lane => {
  let queue: Waiting[] = []
  let writing: Promise<void> | null = null

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      if (app.peopleFirst?.isAnybodyWaiting() === true) await app.peopleFirst.free(mostCourtesyMs)
      const batch = takeBatch()
      app.pressure?.rises(batch.reduce((sum, each) => sum + weightOf(each.request), 0))
      await writeOrBisect(app, batch)
      app.pressure?.falls()
    }
  }

  /** Whole requests of one tenant, in order of arrival, up to the cap (a larger single request goes alone). */
  const takeBatch = (): Waiting[] => {
    const most = app.peopleFirst?.isAnybodyWaiting() === true ? courteousBatch : maxBatch
    const tenantId = queue[0]?.request.tenantId
    const batch: Waiting[] = []
    const rest: Waiting[] = []
    let size = 0
    let full = false
    for (const each of queue) {
      const weight = weightOf(each.request)
      const isOurs = each.request.tenantId === tenantId
      full ||= isOurs && batch.length > 0 && size + weight > most
      if (isOurs && !full) {
        batch.push(each)
        size += weight
      } else rest.push(each)
    }
    queue = rest
    onTaken(size)
    return batch
  }

  const wake = (): void => {
    writing ??= run().finally(() => {
      writing = null
      if (queue.length > 0) wake()
    })
  }

  return {
    add: (each) => {
      queue.push(each)
      wake()
    },
    drain: async () => {
      while (writing !== null) await writing
    },
  }
}

/** One bad request must not fail the others of its batch: halves are tried until it stands alone. */
const writeOrBisect = async (app: App, batch: readonly Waiting[]): Promise<void> => {
  try {
    const receipts = await writeWithRetry(
      app,
      batch.map((each) => each.request),
    )
    batch.forEach((each, at) => {
      const receipt = receipts[at]
      if (receipt === undefined) each.reject(new Error(`batch lost the receipt of request ${at}`))
      else each.resolve(receipt)
    })
  } catch (error) {
    if (batch.length === 1 || isConnectionFault(error)) {
      for (const each of batch) each.reject(error)
      return
    }
    const middle = Math.ceil(batch.length / 2)
    await writeOrBisect(app, batch.slice(0, middle))
    await writeOrBisect(app, batch.slice(middle))
  }
}

const writeWithRetry = async (app: App, requests: readonly IngestRequest[]): Promise<IngestReceipt[]> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await writeAlerts(app, requests)
    } catch (error) {
      if (attempt >= maxAttempts || !(error instanceof RaceLost || isLostRace(error))) throw error
    }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''

/**
 * 40P01 deadlock_detected, 40001 serialization_failure, 55P03 lock_not_available, 23505 unique_violation (an incident was
 * opened while this batch re-opened the one before): another writer was first.
 */
const isLostRace = (error: unknown): boolean => ['40P01', '40001', '55P03', '23505'].includes(codeOf(error))

/**
 * Class 08 connection, 57 shutdown, 53 resources (disk full is 53100), 58 system, E... of a socket: no smaller batch will
 * do better. What the driver itself says of a connection has no code.
 */
const isConnectionFault = (error: unknown): boolean => {
  const code = codeOf(error)
  if (code !== '') return /^(08|57|53|58|E)/.test(code)
  return error instanceof Error && /connect|terminated|timeout/i.test(error.message)
}
