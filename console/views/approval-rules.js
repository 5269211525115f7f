/** Who may vote, for showing only: the server decides. */

const mayVote = (me, roles) =>
  me.person.roles.includes('admin') || roles.some((role) => me.person.roles.includes(role))

export const hasVoted = (approval, me) => approval.votes.some((vote) => vote.person.id === me.person.id)

export const waitsForMe = (approval, me) =>
  me?.signedIn === true &&
  approval.status === 'pending' &&
  approval.requester.id !== me.person.id &&
  mayVote(me, approval.approverRoles) &&
  !hasVoted(approval, me)

/** Why it does not wait for me, and who can act; null when it does. */
export function whyNotMe(approval, me) {
  if (waitsForMe(approval, me)) return null
  const who = approval.approverRoles.join(' or ') || 'approver'
  if (approval.requester.id === me.person.id)
    return `You asked for this, so another person with the role ${who} decides.`
  if (hasVoted(approval, me)) return 'You have voted. One person has one vote.'
  return `This needs a person with the role ${who}.`
}
