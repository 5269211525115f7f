import type { ChatReply } from '../../src/app/ports.ts'
import type { Deps } from './deps.ts'
import { reasonOf } from './failure.ts'
import { renderPrompt } from './modal.ts'
import type { ModalPlace } from './payloads.ts'
import type { Place } from './respond.ts'

/** False when Slack did not take it: the trigger lives three seconds. */
export const openForm = async (
  deps: Deps,
  triggerId: string,
  { channel, thread }: Place,
  { token, prompt }: NonNullable<ChatReply['form']>,
): Promise<boolean> => {
  const kept = JSON.stringify({ channel, thread, required: prompt.required } satisfies ModalPlace)
  try {
    await deps.client.openView(triggerId, renderPrompt(prompt, token, kept))
    return true
  } catch (error) {
    deps.log.warn({ error: reasonOf(error) }, 'Slack: a form did not open')
    return false
  }
}
