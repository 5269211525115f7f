import { type Role, roles } from '../person.ts'
import type { DataRule } from './data-rule.ts'
import type { PolicyDocument } from './document.ts'

/** Who could approve a proposal by the policy file, whatever else its verdict asks for. */
export interface CouldApprove {
  /** Of the tenant's approver roles those that the rules leave. */
  readonly roles: readonly Role[]
  /** Ids of the people in groups that the rules ask for. */
  readonly people: readonly string[]
}

export const couldApprove = (
  rules: readonly Pick<DataRule, 'then'>[],
  groups: PolicyDocument['groups'],
): CouldApprove => ({
  roles: roles.filter((role) => rules.every(({ then }) => then.roles?.includes(role) ?? true)),
  people: [
    ...new Set(
      rules.flatMap(({ then }) =>
        (then.groups ?? []).flatMap((group) => (Object.hasOwn(groups, group) ? (groups[group] ?? []) : [])),
      ),
    ),
  ],
})
