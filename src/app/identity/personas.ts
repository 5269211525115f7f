import type { Person } from '../../domain/person.ts'

/** Who a newcomer may be in the lab: a requester can't approve, so it takes two people to try everything. */
export const labPersonas: readonly Person[] = [
  { id: 'person_ada', name: 'Ada (responder)', kind: 'human', roles: ['responder'] },
  { id: 'person_ben', name: 'Ben (responder)', kind: 'human', roles: ['responder'] },
  { id: 'person_chloe', name: 'Chloe (approver)', kind: 'human', roles: ['approver'] },
  { id: 'person_dan', name: 'Dan (admin)', kind: 'human', roles: ['admin'] },
]
