import type { Settings } from '../config.ts'
import type { Role } from '../domain/person.ts'

const votes: readonly Role[] = ['approver', 'override', 'admin']

/** What fits and is still unwise. */
export const chatWarnings = ({ SUTURE_SLACK_ROLES, SUTURE_DISCORD_ROLES }: Settings): string[] => {
  const givesVotes = [SUTURE_SLACK_ROLES, SUTURE_DISCORD_ROLES].every((groups) =>
    groups.some(({ role }) => votes.includes(role)),
  )
  return givesVotes
    ? [
        'SUTURE_SLACK_ROLES and SUTURE_DISCORD_ROLES both give the right to approve: somebody who is in both groups and has not linked the accounts counts as two people. Give it by one chat alone, and let people link the other with /heal link.',
      ]
    : []
}
