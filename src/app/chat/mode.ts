import { bold, type Card, code } from '../../domain/card.ts'
import type { ModeWords } from '../../domain/mode-words.ts'
import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { text } from '../../message/words.ts'
import type { App } from '../app.ts'
import { changeMode } from '../autonomy/change-mode.ts'
import { findNamed } from '../autonomy/find-named.ts'
import { changeGovernance } from '../change-governance.ts'
import { readGovernance } from '../read/governance.ts'
import { type ModesView, readModes } from '../read/modes.ts'
import { modeCard, modeWords } from './status.ts'

/** `/heal mode …`: without a name it is about all services, without a mode it shows what holds and why. */
export const modeCommand = async (app: App, caller: Caller, { mode, about }: ModeWords): Promise<Card> => {
  if (about === null) {
    if (mode === null || mode === 'default') return showAll(app, caller)
    const changed = await changeGovernance(app, caller, { mode })
    return isRejection(changed) ? refusalCard(changed) : modeCard(changed)
  }
  if (mode !== null) {
    const changed = await changeMode(app, caller, about, mode === 'default' ? null : mode)
    return isRejection(changed) ? refusalCard(changed) : holdsCard(changed)
  }
  const named = findNamed(await app.configuration.of(caller.tenantId), about)
  if (isRejection(named)) return refusalCard(named)
  const modes = await readModes(app, caller.tenantId, { [named.scope]: named.name })
  return isRejection(modes) ? refusalCard(modes) : holdsCard(modes)
}

const showAll = async (app: App, caller: Caller): Promise<Card> => {
  const [governance, modes] = await Promise.all([
    readGovernance(app, caller.tenantId),
    readModes(app, caller.tenantId),
  ])
  return isRejection(modes) ? refusalCard(modes) : modeCard(governance, modes.settings)
}

const holdsCard = ({ holds, emergencyStop }: ModesView): Card => {
  const name = holds?.service ?? holds?.playbook ?? ''
  return chatCard({
    title: `How far Suture may go ${holds?.service === null ? 'with' : 'on'} ${name}`,
    status: emergencyStop ? 'Emergency stop' : (holds?.mode ?? ''),
    tone: emergencyStop ? 'bad' : 'info',
    lines: [
      ...(holds === null ? [] : [text(bold(`Mode ${holds.mode}`), `: ${modeWords[holds.mode]}.`)]),
      ...(holds?.why ?? []).map((why) => text(why)),
      ...(emergencyStop ? [text('The emergency stop is on: nothing runs until an admin lifts it.')] : []),
      text(
        'An admin changes it: ',
        code(`/heal mode propose for ${name}`),
        '; ',
        code(`/heal mode default for ${name}`),
        ' takes it away again.',
      ),
    ],
  })
}

/** Anybody who responds may stop; only an admin lets Suture go on. */
export const stopCommand = async (
  app: App,
  caller: Caller,
  emergencyStop: boolean,
  reason: string,
): Promise<Card> => {
  const before = await readGovernance(app, caller.tenantId)
  const changed = await changeGovernance(app, caller, { emergencyStop, reason })
  if (isRejection(changed)) return refusalCard(changed)
  const already = before.emergencyStop === emergencyStop
  return chatCard({
    title: emergencyStop ? 'Everything is stopped' : 'Suture may go on',
    status: already ? 'As it was' : 'Done',
    tone: emergencyStop ? 'bad' : 'good',
    lines: [
      text(
        emergencyStop
          ? 'New runs are refused. What was running is being stopped and undone.'
          : 'Runs may start again. What was cancelled stays cancelled; request it again.',
      ),
      emergencyStop
        ? text('An admin lifts it: ', code('/heal resume why'), '.')
        : text('Mode ', bold(changed.mode), '.'),
    ],
  })
}
