import type { Card } from '../../domain/card.ts'
import { type FormName, tokenOfForm } from '../../domain/form.ts'
import type { Caller } from '../../domain/person.ts'
import { freezesCard } from '../../message/calendar-cards.ts'
import { outcomeCard } from '../../message/chat-cards.ts'
import type { App } from '../app.ts'
import { pressed } from '../click.ts'
import { formPromptOf } from '../form/form-prompt.ts'
import type { ChatPrompt, ChatReply } from '../ports.ts'
import { listFreezes } from '../read/calendar.ts'
import { governanceButtonsFor } from '../show/governance-buttons.ts'
import { modeCommand } from './mode.ts'

/** A form for whoever may send it, and a card that shows how things are and has its button; who may not sees the card, or why. */
export const formReply = async (
  app: App,
  caller: Caller,
  name: FormName,
): Promise<Omit<ChatReply, 'ephemeral'>> => {
  const prompt = await formPromptOf(app, caller, name)
  // What holds is everybody's to see.
  if (prompt === null && name === 'freeze')
    return { card: outcomeCard(await pressed(app, caller, { form: name }, '')) }
  const card = await shown[name](app, caller)
  return prompt === null
    ? { card }
    : { card: withButton(card, name, prompt), form: { token: tokenOfForm(name), prompt } }
}

/** A card with the button of a form, for whoever may send it. */
export const offerForm = async (app: App, caller: Caller, name: FormName): Promise<Card> => {
  const [card, prompt] = await Promise.all([shown[name](app, caller), formPromptOf(app, caller, name)])
  return prompt === null ? card : withButton(card, name, prompt)
}

const shown = {
  freeze: async (app, caller) => {
    const freezes = await listFreezes(app, caller.tenantId)
    const ofPeople = freezes.filter(({ setBy }) => setBy !== null).map(({ id }) => id)
    return freezesCard(freezes, await governanceButtonsFor(app, caller, 'unfreeze', ofPeople))
  },
  mode: (app, caller) => modeCommand(app, caller, { mode: null, about: null }),
} as const satisfies Record<FormName, (app: App, caller: Caller) => Promise<Card>>

const labels = { freeze: 'Freeze', mode: 'Change the mode' } as const satisfies Record<FormName, string>

const withButton = (card: Card, name: FormName, prompt: ChatPrompt): Card => ({
  ...card,
  blocks: [
    ...card.blocks,
    {
      kind: 'actions',
      actions: [{ token: tokenOfForm(name), label: labels[name], style: 'plain', prompt }],
    },
  ],
})
