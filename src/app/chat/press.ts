import type { Card } from '../../domain/card.ts'
import { cleanLines, cleanText } from '../../domain/clean-text.ts'
import type { FormAnswers } from '../../domain/form.ts'
import type { Caller } from '../../domain/person.ts'
import { faultCard, outcomeCard, tooSlowCard, triedAgainCard, workingCard } from '../../message/chat-cards.ts'
import { type ClickOutcome, pressed } from '../click.ts'
import { whileWaiting } from '../people-first.ts'
import type { ChatReply, ChatUser, Press, PressReply } from '../ports.ts'
import { buttonOf, tokenOf } from './button-of.ts'
import { turnAway } from './not-known.ts'
import { type ChatContext, startTimer } from './options.ts'
import { faultOutcome, storeClick, writeOutcome } from './stored-click.ts'
import { identify } from './who.ts'

/** A platform waits 3 s for an answer; what is left is for the way there and back. */
const patienceMs = 2_000

/** Reasons are read by people, and a platform's modal takes no more. */
const mostOfNote = 3_000

/**
 * Does what the button means. What takes longer than a platform waits is stored first and then said to be under way; its
 * outcome comes later, and is carried out by another process should this one die.
 */
export const pressButton = async (
  context: ChatContext,
  user: ChatUser,
  given: Press,
): Promise<PressReply> => {
  const press: Press = {
    token: tokenOf(given.token),
    note: cleanLines(given.note, mostOfNote),
    ...(given.answers === undefined ? {} : { answers: cleanAnswers(given.answers) }),
  }
  const timer = (context.startTimer ?? startTimer)(context.patienceMs ?? patienceMs)
  const late = timer.over.then(() => null)
  // Looked up beside who it is: what either says is decided on when both are there.
  const button = buttonOf(context, user, press.token)
  // It may fail while nobody looks at it.
  button.catch(() => undefined)
  try {
    const who = await Promise.race([identify(context, user), late])
    // Nothing was begun, so nothing is kept: who it is could not even be looked up.
    if (who === null) return done(tooSlowCard)
    if (who.kind !== 'known') return done(await turnAway(context, who, 'press'))
    const outcome = whileWaiting(context.app, async () =>
      pressed(context.app, who.caller, await button, press.note, null, press.answers),
    )
    outcome.catch(() => undefined)
    const soon = await Promise.race([outcome, late])
    return soon === null ? await keep(context, who.caller, press, outcome) : told(soon)
  } finally {
    timer.cancel()
  }
}

const mostAnswers = 100

const cleanAnswers = (answers: FormAnswers): FormAnswers =>
  Object.fromEntries(
    Object.entries(answers)
      .slice(0, mostAnswers)
      .map(([name, answer]) => [cleanText(name, 100), cleanLines(answer, mostOfNote)]),
  )

const told = (outcome: ClickOutcome): PressReply => ({
  kind: 'done',
  reply: ephemeral(outcomeCard(outcome)),
  ...(outcome.problems === undefined ? {} : { problems: outcome.problems }),
})
const done = (card: Card): PressReply => ({ kind: 'done', reply: ephemeral(card) })
const ephemeral = (card: Card): ChatReply => ({ card, ephemeral: true })

const keep = async (
  context: ChatContext,
  caller: Caller,
  press: Press,
  outcome: Promise<ClickOutcome>,
): Promise<PressReply> => {
  const id = await storeClick(context.app, caller, press).catch((error: unknown) => {
    // It goes on all the same, and whoever pressed is told; only the death of this process would lose it.
    context.app.log.error({ error }, 'a click that is under way could not be stored')
    return null
  })
  return {
    kind: 'working',
    reply: ephemeral(workingCard),
    later: finish(context, caller.tenantId, id, outcome).then(ephemeral),
  }
}

/** Never rejects. What failed is written down as failed, so that nobody does later what was said not to have happened. */
const finish = async (
  { app }: ChatContext,
  tenantId: string,
  id: string | null,
  outcome: Promise<ClickOutcome>,
): Promise<Card> => {
  let result: ClickOutcome | null = null
  try {
    result = await outcome
  } catch (error) {
    app.log.error({ click: id, error }, 'a click failed')
  }
  try {
    if (id !== null) await writeOutcome(app, tenantId, id, result ?? faultOutcome)
  } catch (error) {
    app.log.error({ click: id, error }, 'what came of a click could not be written; a sweeper takes it up')
    return result === null ? triedAgainCard : outcomeCard(result)
  }
  return result === null ? faultCard : outcomeCard(result)
}
