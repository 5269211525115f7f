import { cleanText } from '../../domain/clean-text.ts'
import type { FormAnswers } from '../../domain/form.ts'
import { type ModeAbout, modeWordsOf } from '../../domain/mode-words.ts'
import type { Caller } from '../../domain/person.ts'
import { type Mode, modes } from '../../domain/policy/modes.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { listInWords } from '../../message/words.ts'
import { changedAfter } from '../../storage/autonomy.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refuseUnlessAdmin } from '../autonomy/admin-only.ts'
import { changeMode } from '../autonomy/change-mode.ts'
import { findNamed } from '../autonomy/find-named.ts'
import { changeGovernance } from '../change-governance.ts'
import { modeWords } from '../chat/status.ts'
import type { ChatPrompt } from '../ports.ts'
import { readModes } from '../read/modes.ts'
import { storedWithinMs } from '../stored-within.ts'
import { namesField } from './names.ts'
import { refusedNow } from './refused-now.ts'
import type { FormSent } from './send-form.ts'

const everywhere = 'all services'

/** More than these are for a screen. */
const mostSettings = 8

export const modePrompt = async (app: App, tenantId: string): Promise<ChatPrompt | null> => {
  const [{ catalogue, playbooks }, now] = await Promise.all([
    app.configuration.of(tenantId),
    readModes(app, tenantId),
  ])
  if (isRejection(now)) return null
  const set = now.settings
    .slice(0, mostSettings)
    .map(({ scope, name, mode }) => `${mode} for ${scope === 'playbook' ? 'the playbook ' : ''}${name}`)
  const more = now.settings.length - set.length
  return {
    title: 'How far may it go?',
    label: 'Mode',
    required: true,
    about: `Now: ${listInWords([`${now.mode} for ${everywhere}`, ...set, ...(more > 0 ? [`${more} more`] : [])])}. Where a service and a playbook are both set, the stricter holds. The change is kept in the history.`,
    fields: [
      namesField(
        {
          name: 'for',
          label: 'For',
          hint: `Such as checkout, playbook restart, or ${everywhere}.`,
          value: everywhere,
        },
        [
          { value: everywhere, label: everywhere },
          ...catalogue.services.map(({ name }) => ({ value: `service ${name}`, label: name })),
          ...playbooks.map(({ playbook: { name } }) => ({
            value: `playbook ${name}`,
            label: `playbook ${name}`,
          })),
        ],
        200,
      ),
      {
        name: 'mode',
        label: 'Mode',
        hint: '',
        value: now.mode,
        kind: {
          is: 'choice',
          options: [
            ...modes.map((mode) => ({ value: mode, label: `${mode}: ${modeWords[mode]}` })),
            { value: 'default', label: 'default: takes away what is set for one of them' },
          ],
        },
      },
    ],
  }
}

export const sendMode = async (
  app: App,
  caller: Caller,
  answers: FormAnswers,
  again: Temporal.Instant | null,
): Promise<FormSent | Rejection> => {
  const said = readAnswers(answers)
  if (isRejection(said))
    return (
      (await refusedNow(app, caller, 'change_mode', (tx) =>
        refuseUnlessAdmin(app, tx, caller, 'change how far Suture may go'),
      )) ?? said
    )
  if (again !== null && (await changedSince(app, caller, said.about, again))) return overtaken
  if (said.about === null) {
    const changed = await changeGovernance(app, caller, { mode: said.mode })
    return isRejection(changed)
      ? changed
      : { title: `Mode ${said.mode}`, message: `For ${everywhere}: ${modeWords[said.mode]}.` }
  }
  const { mode, about } = said
  const changed = await changeMode(app, caller, about, mode === 'default' ? null : mode)
  if (isRejection(changed))
    return changed.code === 'forbidden' ? changed : { ...changed, facts: { ...changed.facts, field: 'for' } }
  const holds = changed.holds?.mode ?? changed.mode
  return {
    title:
      mode === 'default' ? `Nothing is set for ${about.name} now` : `Mode ${mode} is set for ${about.name}`,
    message: `Mode ${holds} holds there: ${modeWords[holds]}. ${(changed.holds?.why ?? []).join(' ')}`.trim(),
  }
}

/**
 * Of a press that may have been carried out already: whoever has changed this mode since, even by that very press, knows
 * better than to have it changed back.
 */
const changedSince = async (
  app: App,
  { tenantId }: Caller,
  about: ModeAbout | null,
  again: Temporal.Instant,
): Promise<boolean> => {
  const named = about === null ? null : findNamed(await app.configuration.of(tenantId), about)
  if (isRejection(named)) return false
  return inTenant(
    app.store,
    tenantId,
    (tx) => changedAfter(tx, named?.name ?? tenantId, again.subtract({ milliseconds: storedWithinMs })),
    { readOnly: true },
  )
}

const overtaken = reject(
  'stale',
  'This mode was changed after the form was sent.',
  'Look at what holds now, and change it again if it should.',
)

type Said =
  | { readonly mode: Mode; readonly about: null }
  | { readonly mode: Mode | 'default'; readonly about: ModeAbout }

const readAnswers = (answers: FormAnswers): Said | Rejection => {
  const typed = cleanText(answers['mode'] ?? '', 60).toLowerCase()
  const mode = [...modes, 'default' as const].find((each) => each === typed)
  if (mode === undefined)
    return reject(
      'invalid',
      typed === '' ? 'No mode is chosen.' : `There is no mode “${typed}”.`,
      `The modes are ${modes.join(', ')}; default takes away what is set.`,
      { facts: { field: 'mode' } },
    )
  const name = cleanText(answers['for'] ?? '', 200)
  if (name === '')
    return reject('invalid', 'Nothing is named.', `Name a service, a playbook, or ${everywhere}.`, {
      facts: { field: 'for' },
    })
  if (name.toLowerCase() === everywhere) return mode === 'default' ? noDefault : { mode, about: null }
  const said = modeWordsOf([mode, 'for', ...name.split(' ')])
  return 'problem' in said || said.about === null
    ? reject(
        'invalid',
        `“${name}” names no service or playbook.`,
        `Such as checkout, playbook restart, or ${everywhere}.`,
        {
          facts: { field: 'for' },
        },
      )
    : { mode, about: said.about }
}

const noDefault = reject(
  'invalid',
  `For ${everywhere} there is always a mode: default takes away what is set for one service or playbook.`,
  'Choose one of these, or another mode.',
  { facts: { field: 'mode' } },
)
