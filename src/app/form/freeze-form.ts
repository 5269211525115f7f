import type { FormAnswers } from '../../domain/form.ts'
import type { Caller } from '../../domain/person.ts'
import { localInWords } from '../../domain/policy/calendar-words.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { whenExamples } from '../../domain/when.ts'
import type { App, Configuration } from '../app.ts'
import { refuseFreezing } from '../freeze/may-freeze.ts'
import { longestFreezeDays, longestReason, setFreeze } from '../freeze/set-freeze.ts'
import type { ChatPrompt } from '../ports.ts'
import { namesField } from './names.ts'
import { refusedNow } from './refused-now.ts'
import type { FormSent } from './send-form.ts'

export const freezePrompt = ({ catalogue, playbooks }: Configuration): ChatPrompt => ({
  title: 'Freeze',
  label: 'Freeze',
  required: true,
  about: `Nothing begins on it until then, whoever has approved it; what runs already goes on. A time of day is by the clock of the service, else UTC. At most ${longestFreezeDays} days.`,
  fields: [
    namesField(
      {
        name: 'what',
        label: 'What',
        hint: 'A service, a playbook, an owner of the catalogue, or all.',
        value: 'all',
      },
      [
        { value: 'all', label: 'everything' },
        ...catalogue.services.map(({ name }) => ({ value: name, label: name })),
        ...playbooks.map(({ playbook: { name } }) => ({ value: name, label: `playbook ${name}` })),
        ...catalogue.services.map(({ owner }) => ({ value: owner, label: `services of ${owner}` })),
      ],
      200,
    ),
    {
      name: 'until',
      label: 'Until',
      hint: `Such as ${whenExamples}.`,
      value: '2h',
      kind: { is: 'text', maxLength: 60 },
    },
    {
      name: 'reason',
      label: 'Why',
      hint: 'Whoever is refused reads this.',
      value: '',
      kind: { is: 'text', maxLength: longestReason },
    },
  ],
})

export const sendFreeze = async (
  app: App,
  caller: Caller,
  { what = '', until = '', reason = '' }: FormAnswers,
  again: Temporal.Instant | null,
): Promise<FormSent | Rejection> => {
  if (what.trim() === '')
    return (await refusedNow(app, caller, 'freeze', (tx) => refuseFreezing(app, tx, caller))) ?? nothingNamed
  const set = await setFreeze(app, caller, { what, until, reason }, again)
  return isRejection(set)
    ? set
    : {
        title: `Frozen: ${set.what}`,
        message: `Nothing begins on it until ${localInWords(set.until, set.zone)}. What runs already goes on. To lift it: /heal unfreeze ${set.id}`,
      }
}

/** A field that was emptied must not mean everything, as it does in words. */
const nothingNamed = reject(
  'invalid',
  'Nothing is named that shall be frozen.',
  'Name a service, a playbook, an owner, or all.',
  { facts: { field: 'what' } },
)
