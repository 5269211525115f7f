import type { FormName } from '../../domain/form.ts'
import type { Caller } from '../../domain/person.ts'
import { allows } from '../../domain/rights/allows.ts'
import { commandRights } from '../../domain/rights/commands.ts'
import type { App } from '../app.ts'
import type { ChatPrompt } from '../ports.ts'
import { freezePrompt } from './freeze-form.ts'
import { modePrompt } from './mode-form.ts'

/** What a form asks for. Null where sending it would be refused anyway, so that nobody fills it in in vain. */
export const formPromptOf = async (app: App, caller: Caller, name: FormName): Promise<ChatPrompt | null> => {
  if (!allows(commandRights[name], caller)) return null
  switch (name) {
    case 'freeze':
      return freezePrompt(await app.configuration.of(caller.tenantId))
    case 'mode':
      return modePrompt(app, caller.tenantId)
  }
}
