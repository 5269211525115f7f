import { makeLinkCode } from '../../app/identity/link-code.ts'
import { redeemAsCaller } from '../../app/identity/redeem-code.ts'
import { unlinkAccountOf } from '../../app/identity/unlink-account-of.ts'
import { type AccountRecord, listAccounts } from '../../app/read/accounts.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { AccountsView, LinkCodeView, LinkedView, RedeemInput, UnlinkInput } from '../schemas/links.ts'

/** Either end of linking a chat account: make a code here and type it there, or the other way round. And its end. */
export const linkRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'post',
    path: '/v1/links',
    id: 'makeLinkCode',
    summary: 'Makes a code that links a chat account to you: type /heal link CODE there within ten minutes',
    tag: 'identity',
    scopes: ['read'],
    status: 201,
    answers: LinkCodeView,
    showsSecret: true,
    handle: async ({ caller }) => {
      const made = await makeLinkCode(app, caller, null)
      return isRejection(made) ? made : { code: made.code, expiresAt: made.expiresAt.toString() }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/links/redeem',
    id: 'redeemLinkCode',
    summary: 'Links the chat account that made this code, by /heal link, to you',
    tag: 'identity',
    scopes: ['read'],
    body: RedeemInput,
    answers: LinkedView,
    handle: async ({ caller, body }) => {
      const linked = await redeemAsCaller(app, caller, body.code)
      return isRejection(linked)
        ? linked
        : {
            person: { id: linked.person.id, name: linked.person.name },
            accounts: [...linked.accounts],
          }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/people/{id}/accounts',
    id: 'listAccounts',
    summary: 'Accounts of chats that are linked to somebody: your own, or for an admin anybody’s',
    tag: 'identity',
    scopes: ['read'],
    answers: AccountsView,
    handle: async ({ caller, id }) => asItems(await listAccounts(app, caller, id)),
  }),
  operation({
    method: 'post',
    path: '/v1/people/{id}/unlink',
    id: 'unlinkAccount',
    summary: 'Takes an account of a chat off somebody; it opens nothing until it is linked again',
    tag: 'identity',
    scopes: ['admin'],
    body: UnlinkInput,
    answers: AccountsView,
    handle: async ({ caller, id, body }) =>
      asItems(await unlinkAccountOf(app, caller, id, { provider: body.chat, externalId: body.account })),
  }),
]

const asItems = (accounts: AccountRecord[] | Rejection) =>
  isRejection(accounts) ? accounts : { items: accounts }
