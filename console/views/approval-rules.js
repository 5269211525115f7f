/** Who may vote, for showing only: the server decides. */

const mayVote = (roles, needed) => roles.includes('admin') || needed.some((role) => roles.includes(role))

const voted = (approval, { id }) => approval.votes.some((vote) => vote.person.id === id)

export const hasVoted = (approval, me) => voted(approval, me.person)

const asked = (approval, { id }) => approval.requester.id === id

/** Null where I vote as myself, or in nobody's stead. */
export const inSteadOf = (approval, me) =>
  mayVote(me.person.roles, approval.approverRoles)
    ? null
    : (me.standsInFor.find((each) => mayVote(each.roles, approval.approverRoles) && !voted(approval, each)) ??
      null)

export const waitsForMe = (approval, me) =>
  me?.signedIn === true &&
  approval.status === 'pending' &&
  ![me.person, ...me.standsInFor].some((each) => asked(approval, each)) &&
  (mayVote(me.person.roles, approval.approverRoles) || inSteadOf(approval, me) !== null) &&
  !hasVoted(approval, me)

/** Why it does not wait for me, and who can act; null when it does. */
export function whyNotMe(approval, me) {
  if (waitsForMe(approval, me)) return null
  const who = approval.approverRoles.join(' or ') || 'approver'
  if (asked(approval, me.person)) return `You asked for this, so another person with the role ${who} decides.`
  if (hasVoted(approval, me)) return 'You have voted. One person has one vote.'
  if (me.standsInFor.some((each) => asked(approval, each)))
    return `${approval.requester.name}, for whom you vote, asked for this: another person with the role ${who} decides.`
  return `This needs a person with the role ${who}.`
}
