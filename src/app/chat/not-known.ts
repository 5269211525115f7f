import { hash } from 'node:crypto'
import type { Card } from '../../domain/card.ts'
import { reject } from '../../domain/rejection.ts'
import { disabledCard, strangerCard, unknownWorkspaceCard } from '../../message/who-card.ts'
import { noteSeen } from '../../storage/chat.repository.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import type { ChatContext } from './options.ts'
import type { Who } from './who.ts'

export type NotKnown = Exclude<Who, { kind: 'known' }>

/** One sentence for whoever may not do anything, and what to do about it. */
export const notKnownCard = (who: NotKnown): Card => {
  switch (who.kind) {
    case 'stranger':
      return strangerCard(who.why)
    case 'disabled':
      return disabledCard
    case 'unknown_workspace':
      return unknownWorkspaceCard
  }
}

const hourMs = 3_600_000

/** The same, for somebody who tried to do something: one entry an hour and account, so that nobody can fill the history. */
export const turnAway = async (context: ChatContext, who: NotKnown, command: string): Promise<Card> => {
  // Unknown workspaces have an entry of their own.
  if (who.kind !== 'unknown_workspace') {
    const { tenantId, provider, externalId } = who.account
    const actor = `${provider}:${externalId}`
    await commit(context.app, tenantId, async (tx, out) => {
      if (
        !(await noteSeen(
          tx,
          hash('sha256', `turned away ${actor}`, 'buffer'),
          hourMs,
          context.app.store.shiftMs(),
        ))
      )
        return
      const why = who.kind === 'disabled' ? 'disabled' : who.why
      refused(
        out,
        { actor, subject: actor, command },
        reject('forbidden', `${actor} may do nothing here: ${why}.`, '', { facts: { why } }),
      )
    })
  }
  return notKnownCard(who)
}
