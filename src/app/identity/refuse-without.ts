import { hasRole, type Person, type Role } from '../../domain/person.ts'
import type { Rejection } from '../../domain/rejection.ts'
import { refuseOutdated, type Standing } from '../../domain/standing.ts'
import type { App } from '../app.ts'
import { disabledRefusal } from './still-enabled.ts'

/**
 * Null for whoever has one of the `needed` roles now. Whoever has it only by groups that were read too long ago is told so;
 * `otherwise` is for whoever never had it. `standing` is undefined for somebody who is not there any more.
 */
export const refuseWithout = (
  { limits }: Pick<App, 'limits'>,
  asking: Person,
  standing: Standing | undefined,
  needed: readonly Role[],
  otherwise: Rejection,
): Rejection | null => {
  if (standing === undefined || standing.disabled) return disabledRefusal(asking)
  if (needed.some((role) => hasRole(standing.person, role))) return null
  return refuseOutdated(standing, needed, limits.groupRolesMaxAgeMs) ?? otherwise
}
