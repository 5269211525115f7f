import { changeMode } from '../../app/autonomy/change-mode.ts'
import { changeGovernance } from '../../app/change-governance.ts'
import { readModes } from '../../app/read/modes.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { GovernanceView } from '../schemas/identity.ts'
import { EmergencyStopInput, ModeInput, ModesQuery, ModesView } from '../schemas/modes.ts'

export const modeRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/modes',
    id: 'listModes',
    summary: 'Modes of services and playbooks; with `service` or `playbook` also what holds there, and why',
    tag: 'governance',
    scopes: ['read'],
    query: ModesQuery,
    answers: ModesView,
    handle: ({ caller, query }) => readModes(app, caller.tenantId, query),
  }),
  operation({
    method: 'patch',
    path: '/v1/modes',
    id: 'changeMode',
    summary: 'Sets the mode of one service or playbook, or with null takes away what is set',
    tag: 'governance',
    scopes: ['admin'],
    body: ModeInput,
    answers: ModesView,
    handle: ({ caller, body: { scope, name, mode } }) => changeMode(app, caller, { kind: scope, name }, mode),
  }),
  operation({
    method: 'post',
    path: '/v1/emergency-stop',
    id: 'emergencyStop',
    summary: 'Stops everything at once, for whoever responds; only an admin lifts it',
    tag: 'governance',
    scopes: ['respond'],
    body: EmergencyStopInput,
    answers: GovernanceView,
    handle: ({ caller, body: { on, reason } }) =>
      changeGovernance(app, caller, { emergencyStop: on, reason }),
  }),
]
