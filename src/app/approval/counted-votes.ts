import type { CountedVote } from '../../domain/approval.ts'
import { groupsOf } from '../../domain/quorum.ts'
import type { Standing } from '../../domain/standing.ts'
import type { VoteRow } from '../../storage/run.repository.ts'
import type { Configuration } from '../app.ts'

/**
 * Votes with what each stands for now: whoever is disabled, or not there any more, brings no role and no group.
 * So does whoever voted for somebody of whom that is true.
 */
export const countedVotes = (
  votes: readonly VoteRow[],
  voters: ReadonlyMap<string, Standing>,
  { policy }: Configuration,
): CountedVote[] =>
  votes.map(({ person_id: personId, decision, for_person_id: forPersonId }) => {
    const voter = voters.get(personId)
    const stead = forPersonId === null ? voter : voters.get(forPersonId)
    const stands = voter !== undefined && !voter.disabled && stead !== undefined && !stead.disabled
    return {
      personId,
      decision,
      forPersonId,
      roles: stands ? stead.person.roles : [],
      groups: stands ? groupsOf(policy.document.groups, stead.person.id) : [],
    }
  })
