import type { Role } from '../../domain/person.ts'
import type { Mode } from '../../domain/policy/facts.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { governanceOf } from '../policy-facts.ts'

export interface GovernanceView {
  readonly mode: Mode
  readonly emergencyStop: boolean
  readonly approverRoles: Role[]
}

export const readGovernance = (app: App, tenantId: string): Promise<GovernanceView> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await governanceOf(tx)
    return { mode: row.mode, emergencyStop: row.emergency_stop, approverRoles: row.approver_roles }
  })
