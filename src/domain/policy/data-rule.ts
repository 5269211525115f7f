import { z } from 'zod'
import { Role } from '../person.ts'
import { reject } from '../rejection.ts'
import { Match } from './match.ts'
import { modes, strictestMode } from './modes.ts'
import type { Ruling } from './verdict.ts'

/** A rule of the policy file: data, no expressions. It can only make a verdict stricter. */
export const DataRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, beginning with a letter'),
  match: Match.default({}),
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the file; nobody awaits a rule
  then: z.strictObject({
    /** At most this mode, whatever is set for tenant, service and playbook. */
    mode: z.enum(modes).optional(),
    outcome: z.enum(['require_approval', 'deny']).optional(),
    /** At least so many different people. */
    quorum: z.number().int().min(1).max(10).optional(),
    /** Only people with one of these roles. */
    roles: z.array(Role).min(1).optional(),
    /** At least one of the approvers is in each of these groups of the policy. */
    groups: z.array(z.string().max(63)).min(1).optional(),
  }),
  /** Shown to whoever is refused or asked. */
  reason: z.string().min(1).max(300),
})
export type DataRule = z.infer<typeof DataRule>

/** What one data rule that matches has to say. A mode is said by the rule `mode`, which is told the strictest. */
export const rulingOf = ({ id, then, reason }: DataRule): Ruling => ({
  outcome: then.outcome ?? (asksForPeople(then) ? 'require_approval' : 'allow'),
  ...(then.quorum === undefined ? {} : { quorum: then.quorum }),
  ...(then.roles === undefined ? {} : { approverRoles: then.roles }),
  ...(then.groups === undefined ? {} : { requiredGroups: then.groups }),
  ...(then.outcome === undefined && !asksForPeople(then)
    ? {}
    : {
        reason: reject(
          then.outcome === 'deny' ? 'mode' : 'quorum',
          `Rule ${id} of the policy: ${reason}`,
          then.outcome === 'deny'
            ? 'An admin changes the policy, or it is done by hand.'
            : 'Those whom the rule names press Approve.',
          { facts: { rule: id } },
        ),
      }),
})

const asksForPeople = ({ quorum, roles, groups }: DataRule['then']): boolean =>
  quorum !== undefined || roles !== undefined || groups !== undefined

/** The mode that the rules let pass at most; null when none says anything. */
export const modeOfRules = (rules: readonly DataRule[]) =>
  rules.reduce<DataRule['then']['mode'] | null>(
    (strictest, { then }) =>
      then.mode === undefined
        ? strictest
        : strictest == null
          ? then.mode
          : strictestMode(strictest, then.mode),
    null,
  ) ?? null
