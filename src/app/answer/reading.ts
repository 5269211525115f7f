import type { Found } from '../../query/answer.ts'
import type { Proved } from '../audit/prove.ts'

/** What was read for a query. */
export interface Reading {
  readonly found: Found
  readonly records: readonly string[]
  readonly missing: string | null
  /** Goes along where the answer is shown in a chat that takes files. */
  readonly file?: AnswerFile
}

/** A file that an answer is about. */
export interface AnswerFile {
  readonly name: string
  readonly contentType: string
  readonly text: string
  readonly sentence: string
  readonly incidentId: string
}

export const fileOfProof = ({
  fileName: name,
  text,
  sentence,
  incidentId,
}: Pick<Proved, 'fileName' | 'text' | 'sentence' | 'incidentId'>): AnswerFile => ({
  name,
  contentType: 'application/json',
  text,
  sentence,
  incidentId,
})

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
