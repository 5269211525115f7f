import { type Card, code } from '../../domain/card.ts'
import { type ChatCommand, type CommandName, commandHelp } from '../../domain/chat-command.ts'
import { isRejection } from '../../domain/rejection.ts'
import { freezeLiftedCard, freezeSetCard, windowsCard } from '../../message/calendar-cards.ts'
import { chatCard, didYouMean, helpCard, outcomeCard } from '../../message/chat-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { text } from '../../message/words.ts'
import { answerQuestion } from '../answer-question.ts'
import { carryOut } from '../click.ts'
import { liftFreeze } from '../freeze/lift-freeze.ts'
import { setFreeze } from '../freeze/set-freeze.ts'
import { readWindows } from '../read/calendar.ts'
import { governanceButtonsFor } from '../show/governance-buttons.ts'
import { awayCommand, backCommand } from './away.ts'
import { breakGlassCommand, reviewCommand } from './break-glass.ts'
import { offerForm } from './form.ts'
import { modeCommand, stopCommand } from './mode.ts'
import type { ChatContext } from './options.ts'
import { pendingRequestOf } from './pending-request.ts'
import { runsCard } from './runs.ts'
import { showIncident } from './show-incident.ts'
import { silenceCommand, silencesCommand, unsilenceCommand } from './silence.ts'
import { statusCard } from './status.ts'
import { unlinkAccount } from './unlink.ts'
import { approvalsCard } from './waiting.ts'
import type { Who } from './who.ts'
import { whoamiCard } from './whoami.ts'
import { whyCommand } from './why.ts'

type Known = Extract<Who, { kind: 'known' }>

/** One command of somebody who is known here. */
export const performCommand = async (
  context: ChatContext,
  who: Known,
  command: Exclude<ChatCommand, { name: 'link' | 'form' | 'audit' | 'postmortem' | 'test' | 'ask' }>,
): Promise<Card> => {
  const { app } = context
  const { caller } = who
  switch (command.name) {
    case 'help':
      return helpCard()
    case 'unknown':
      return helpCard(didYouMean(command.words.slice(0, 60), command.nearest))
    case 'incomplete':
      return usageCard(command.of, command.problem)
    case 'status':
      return statusCard(context, caller)
    case 'incidents':
      return read(context, who, 'which incidents are open?')
    case 'runs':
      return runsCard(context, caller)
    case 'show':
      return showIncident(context, caller, command.id)
    case 'approvals':
      return approvalsCard(context, caller)
    case 'request':
      return outcomeCard(await carryOut(app, caller, 'request', command.id, command.reason))
    case 'override':
      return outcomeCard(await carryOut(app, caller, 'request_override', command.id, command.reason))
    case 'revoke':
      return outcomeCard(await carryOut(app, caller, 'revoke', command.id, command.reason))
    case 'approve':
    case 'reject': {
      const requestId = command.id.startsWith('prop-')
        ? await pendingRequestOf(app, caller, command.id)
        : command.id
      if (isRejection(requestId)) return refusalCard(requestId)
      return outcomeCard(await carryOut(app, caller, command.name, requestId, command.reason))
    }
    case 'edit':
      return outcomeCard(await carryOut(app, caller, 'edit', command.id, '', null, command.answers))
    case 'cancel':
      return outcomeCard(await carryOut(app, caller, 'cancel', command.id, ''))
    case 'take':
      return outcomeCard(await carryOut(app, caller, 'escalate', command.id, ''))
    case 'away':
      return awayCommand(app, caller, command.set)
    case 'back':
      return backCommand(app, caller)
    case 'mode':
      return modeCommand(app, caller, command)
    case 'break-glass':
      return breakGlassCommand(app, caller, command.glass)
    case 'review':
      return reviewCommand(app, caller, command.id, command.note)
    case 'stop':
    case 'resume':
      return stopCommand(app, caller, command.name === 'stop', command.reason)
    case 'why':
      return whyCommand(app, caller, command.id)
    case 'windows': {
      const asked = { service: command.service ?? undefined, limit: mostServices }
      const windows = await readWindows(app, caller.tenantId, asked)
      return isRejection(windows) ? refusalCard(windows) : windowsCard(windows.items)
    }
    case 'freezes':
      return offerForm(app, caller, 'freeze')
    case 'freeze': {
      const set = await setFreeze(app, caller, command)
      if (isRejection(set)) return refusalCard(set)
      return freezeSetCard(set, await governanceButtonsFor(app, caller, 'unfreeze', [set.id]))
    }
    case 'unfreeze': {
      const lifted = await liftFreeze(app, caller, command.id)
      return isRejection(lifted) ? refusalCard(lifted) : freezeLiftedCard(lifted)
    }
    case 'silence':
    case 'maintenance':
      return silenceCommand(app, caller, command.name, command)
    case 'silences':
      return silencesCommand(app, caller)
    case 'unsilence':
      return unsilenceCommand(app, caller, command.id)
    case 'unlink':
      return unlinkAccount(context, who)
    case 'whoami':
      return whoamiCard(context, who)
  }
}

/** A card shows the first of them and how many more there are; beyond that nobody counts. */
const mostServices = 200

/** The same answer as to a question, but nobody asked anything worth keeping. */
const read = async ({ app }: ChatContext, { caller }: Known, question: string): Promise<Card> =>
  (await answerQuestion(app, caller.tenantId, {
    text: question,
    incidentId: null,
    askedBy: caller.person,
  })) ?? helpCard()

const usageCard = (name: CommandName, problem: string): Card => {
  const help = commandHelp.find((each) => each.name === name)
  return chatCard({
    title: 'Almost',
    lines: [
      text(problem),
      text('It is typed ', code(`/heal ${help?.usage ?? name}`), `: ${help?.about ?? ''}.`),
    ],
  })
}
