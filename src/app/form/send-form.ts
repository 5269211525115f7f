import type { FormAnswers, FormName } from '../../domain/form.ts'
import type { Caller } from '../../domain/person.ts'
import type { Rejection } from '../../domain/rejection.ts'
import type { App } from '../app.ts'
import { sendFreeze } from './freeze-form.ts'
import { sendMode } from './mode-form.ts'

/** What came of it, in words for whoever sent it. */
export interface FormSent {
  readonly title: string
  readonly message: string
}

/**
 * Does what a form says, by the use case that the words and the API ask as well: what somebody may do is decided here, not
 * when it was opened. A refusal names the field it is about in its fact `field`. Sent twice, it changes once.
 */
export const sendForm = (
  app: App,
  caller: Caller,
  name: FormName,
  answers: FormAnswers,
  again: Temporal.Instant | null,
): Promise<FormSent | Rejection> => {
  switch (name) {
    case 'freeze':
      return sendFreeze(app, caller, answers, again)
    case 'mode':
      return sendMode(app, caller, answers, again)
  }
}
