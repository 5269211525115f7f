import type { Change, SentChangeKind } from '../domain/change.ts'
import { cleanText } from '../domain/clean-text.ts'
import type { Caller } from '../domain/person.ts'
import { type Rejection, reject } from '../domain/rejection.ts'
import { insertChange } from '../storage/change.repository.ts'
import type { App } from './app.ts'
import { refused } from './audit-refusal.ts'
import { commit } from './commit.ts'

export interface ChangeInput {
  /** Name or alias in the catalogue. */
  readonly service: string
  readonly kind: SentChangeKind
  readonly title: string
  /** Now when absent. */
  readonly at?: Temporal.Instant | undefined
  readonly by?: string | undefined
  readonly version?: string | undefined
  readonly link?: string | undefined
}

/** The clocks of a pipeline and of the database need not agree to the second. */
const ahead = Temporal.Duration.from({ minutes: 5 })
/** What is older explains no incident of today. */
const behind = Temporal.Duration.from({ hours: 30 * 24 })

/** Somebody says that a service was changed: evidence for whoever looks into its next incident. */
export const recordChange = async (
  app: App,
  caller: Caller,
  input: ChangeInput,
): Promise<Change | Rejection> => {
  const service = (await app.configuration.of(caller.tenantId)).serviceOf(input.service)
  return commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: input.service, command: 'record_change' }
    const title = cleanText(input.title, 200)
    // As the database keeps it, so that the answer is what a list shows later.
    const at = (input.at ?? tx.now).round({ smallestUnit: 'millisecond' })
    if (service === undefined) return refused(out, about, notCatalogued(input.service))
    const refusal = title === '' ? nothingToRead : refuseTime(at, tx.now)
    if (refusal !== null) return refused(out, about, refusal)
    const change = {
      service: service.name,
      kind: input.kind,
      title,
      at,
      by: said(input.by),
      version: said(input.version),
      link: input.link ?? null,
    }
    const id = await insertChange(tx, { ...change, recordedBy: caller.person.id })
    out.audit({
      event: 'change_recorded',
      actor: caller.person.id,
      subject: id,
      details: { ...change, at: at.toString() },
    })
    return { id, ...change }
  })
}

const said = (text: string | undefined): string | null => cleanText(text ?? '', 100) || null

const invalid = (field: string, detail: string, remedy: string): Rejection =>
  reject('invalid', detail, remedy, { facts: { field } })

const notCatalogued = (service: string): Rejection =>
  invalid(
    'service',
    `There is no service ${service} in the catalogue.`,
    'Use a name or an alias of the catalogue, or add the service to it.',
  )

const nothingToRead = invalid('title', 'title holds nothing to read.', 'Say what was changed.')

const refuseTime = (at: Temporal.Instant, now: Temporal.Instant): Rejection | null => {
  if (Temporal.Instant.compare(at, now.add(ahead)) > 0)
    return invalid(
      'at',
      `at is ${at.toString()}, which lies more than 5 minutes ahead of ${now.toString()}.`,
      'Send a change when it happens, or leave `at` out.',
    )
  if (Temporal.Instant.compare(at, now.subtract(behind)) < 0)
    return invalid(
      'at',
      `at is ${at.toString()}, which lies more than 30 days back.`,
      'Send changes of the last 30 days: older ones explain no incident of today.',
    )
  return null
}
