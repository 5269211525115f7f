import { type Caller, hasRole } from '../person.ts'
import type { Right } from './right.ts'

/** By the roles and scopes somebody came with: for what is offered to them. What they then do is decided anew. */
export const allows = ({ who, scope }: Right, { person, scopes }: Caller): boolean =>
  (typeof who === 'string' || who.some((role) => hasRole(person, role))) &&
  (scope === null || scopes.includes(scope))
