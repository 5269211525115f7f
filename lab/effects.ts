/** At most one effect per idempotency key, whatever arrives at once and whatever was killed in between. */
import { join } from 'node:path'
import type { Operation, ServiceName } from './estate.ts'
import { type JournalLine, openJournal, readJournal } from './journal.ts'
import { nowText } from './managed-service.ts'
import type { Result } from './operations.ts'
import { Problem, type ProblemBody } from './problem.ts'

export type EffectRequest = {
  readonly key: string
  readonly service: ServiceName
  readonly operation: Operation
  readonly parameters: Result
}

export type Effect = {
  readonly key: string
  readonly service: ServiceName
  readonly operation: Operation
  /** How often it was carried out: 1, or the lab is broken. */
  readonly count: number
  readonly at: string
  readonly result: Result
}

export type Outcome = { readonly result: Result; readonly replayed: boolean }

type Entry = {
  readonly request: string
  readonly service: ServiceName
  readonly operation: Operation
  count: number
  at: string
  settled: Promise<Settled>
}
type Settled = { readonly phase: 'done' | 'failed'; readonly result: Result } | { readonly phase: 'unknown' }

export type Effects = ReturnType<typeof openEffects>

/** @throws Error when the journal can't be read. */
export function openEffects(dir: string, log: (message: string) => void) {
  const file = join(dir, 'effects.jsonl')
  const entries = new Map<string, Entry>()
  for (const line of readJournal(file)) remember(entries, line)
  const journal = openJournal(file)

  /** Checks, then writes the intent, acts, and writes what came of it. Only the check may refuse without a trace. */
  async function carryOut(request: EffectRequest, text: string, act: EffectAct): Promise<Settled> {
    act.check()
    const { key, service, operation } = request
    const line = { key, service, operation, request: text }
    journal.append({ ...line, phase: 'intent', at: nowText() })
    const settled = await act.perform().then(
      (result) => ({ phase: 'done' as const, result }),
      (error: unknown) => ({ phase: 'failed' as const, result: problemOf(error) }),
    )
    const entry = entries.get(key)
    if (entry && settled.phase === 'done') entry.count += 1
    try {
      journal.append({ ...line, ...settled, at: nowText() })
    } catch (error) {
      log(`effect ${key} took place but could not be written down: ${String(error)}`)
    }
    return settled
  }

  return {
    /** @throws Problem: the check's, the effect's own failure (again on each repeat), or about the key itself. */
    async once(request: EffectRequest, act: EffectAct): Promise<Outcome> {
      const text = JSON.stringify(request.parameters)
      const known = entries.get(request.key)
      if (known) return { result: await replay(request, text, known), replayed: true }
      const { promise, resolve, reject } = Promise.withResolvers<Settled>()
      const { service, operation } = request
      entries.set(request.key, {
        request: text,
        service,
        operation,
        count: 0,
        at: nowText(),
        settled: promise,
      })
      // Refused before any intent: the key stays unused, and those who wait on it hear the same refusal.
      promise.catch(() => entries.delete(request.key))
      act.inTurn(() => carryOut(request, text, act)).then(resolve, reject)
      return { result: unwrap(request.key, await promise), replayed: false }
    },

    /** The effect of this key; null when it did not happen. Waits while it is happening. @throws Problem 409 unknown */
    async find(key: string): Promise<Effect | null> {
      const entry = entries.get(key)
      const settled = await entry?.settled.catch(() => null)
      if (!entry || !settled || settled.phase === 'failed') return null
      return describe(key, entry, unwrap(key, settled))
    },

    /** Every effect that happened, oldest first. */
    async all(): Promise<Effect[]> {
      const found = [...entries].filter(([, entry]) => entry.count > 0)
      return Promise.all(
        found.map(async ([key, entry]) => describe(key, entry, unwrap(key, await entry.settled))),
      )
    },

    total: () => [...entries.values()].reduce((sum, entry) => sum + entry.count, 0),
    close: () => journal.close(),
  }
}

export type EffectAct = {
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** @throws Problem to refuse before anything is written. */
  readonly check: () => void
  readonly perform: () => Promise<Result>
}

function remember(entries: Map<string, Entry>, line: JournalLine): void {
  const { key, request, service, operation, at } = line
  const before = entries.get(key)
  const settled: Settled =
    line.phase === 'intent' ? { phase: 'unknown' } : { phase: line.phase, result: line.result ?? {} }
  const count = (before?.count ?? 0) + (line.phase === 'done' ? 1 : 0)
  entries.set(key, {
    request,
    service,
    operation,
    at: before?.at ?? at,
    count,
    settled: Promise.resolve(settled),
  })
}

async function replay(request: EffectRequest, text: string, known: Entry): Promise<Result> {
  if (known.request !== text || known.service !== request.service || known.operation !== request.operation) {
    throw new Problem(
      422,
      'idempotency-key-reused',
      'Idempotency-Key already used for something else',
      `key ${request.key} was used for ${known.operation} on ${known.service} with ${known.request}`,
      'Use a new key for a new request.',
      [{ field: 'Idempotency-Key', message: 'belongs to another request' }],
    )
  }
  return unwrap(request.key, await known.settled)
}

function unwrap(key: string, settled: Settled): Result {
  if (settled.phase === 'done') return settled.result
  if (settled.phase === 'failed') throw problemFrom(settled.result)
  throw new Problem(
    409,
    'outcome-unknown',
    'It is not known whether this took place',
    `key ${key} was begun by a lab that was killed before it could say what came of it`,
    'Look at GET /state and decide; to act again, use a new key.',
  )
}

const describe = (key: string, entry: Entry, result: Result): Effect => ({
  key,
  service: entry.service,
  operation: entry.operation,
  count: entry.count,
  at: entry.at,
  result,
})

const problemOf = (error: unknown): Result =>
  error instanceof Problem
    ? { ...error.body }
    : {
        type: 'urn:suture:lab:failed',
        title: 'The operation failed',
        status: 500,
        detail: error instanceof Error ? error.message : String(error),
        remedy: "Read the service's log beside the journal, then mend the service.",
      }

function problemFrom(result: Result): Problem {
  const body = result as unknown as ProblemBody
  const code = body.type.replace('urn:suture:lab:', '')
  return new Problem(body.status, code, body.title, body.detail, body.remedy, body.errors)
}
