import { z } from '@hono/zod-openapi'
import { roles } from '../../domain/person.ts'
import { Instant, PersonRef } from './common.ts'

/** `code` is shown this once. */
export const LinkCodeView = z.object({ code: z.string(), expiresAt: Instant }).openapi('LinkCode')
export const RedeemInput = z
  .object({ code: z.string().trim().min(1).max(100) })
  .strict()
  .openapi('RedeemInput')
export const LinkedView = z
  .object({
    person: PersonRef,
    /** All of the person's accounts, as `slack T1:U1`. */
    accounts: z.array(z.string()),
  })
  .openapi('Linked')

const account = {
  chat: z.enum(['slack', 'discord']),
  /** `T1:U1`: workspace and user. */
  account: z.string().trim().min(1).max(100),
}
export const AccountView = z
  .object({
    ...account,
    linkedAt: Instant,
    /** What the groups of this account gave, */
    roles: z.array(z.enum(roles)),
    /** when they were last read. Null: never. */
    rolesSeenAt: Instant.nullable(),
    /** Until then they count unless read again. Null: never read, or an admin gave this person's roles. */
    rolesCountUntil: Instant.nullable(),
  })
  .openapi('Account')
export const AccountsView = z.object({ items: z.array(AccountView) }).openapi('Accounts')
export const UnlinkInput = z.object(account).strict().openapi('UnlinkInput')
