import { findButton, type Pressable } from '../click.ts'
import type { ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'
import { tenantOf } from './who.ts'

/** What no button carries is no token, and nothing that a database should be asked for. */
export const tokenOf = (given: string): string => (/^[\w-]{1,100}$/.test(given) ? given : '')

/** The button of a token, in the tenant whose workspace this is: it can be asked for before it is known who pressed. */
export const buttonOf = async (
  context: ChatContext,
  user: ChatUser,
  given: string,
): Promise<Pressable | null> => {
  const tenantId = tenantOf(context, user)
  const token = tokenOf(given)
  return tenantId === null || token === '' ? null : findButton(context.app, { tenantId }, token)
}
