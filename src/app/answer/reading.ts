import type { Found } from '../../query/answer.ts'

/** What was read for a query. */
export interface Reading {
  readonly found: Found
  readonly records: readonly string[]
  readonly missing: string | null
}

/** A question that was understood and can't be answered from what is kept. */
export const unanswerable = (looked: string, remedy: string): Reading => ({
  found: { subject: 'nothing', looked, remedy },
  records: [],
  missing: null,
})

/** `since the deploy` of a service of which no deploy is on record. */
export const noChange = (when: { readonly kind: string; readonly service?: string }): Reading =>
  unanswerable(
    `No deploy or other change of ${when.service ?? 'it'} is on record, so there is nothing to count from.`,
    'Name a time instead, such as “since monday”.',
  )
