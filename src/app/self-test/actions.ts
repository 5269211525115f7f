import { fails, notHere, passes } from '../../domain/self-test.ts'
import type { Service, Target } from '../../domain/service.ts'
import type { ActionExecutor } from '../ports.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

/**
 * One for each kind of target. Nothing acts: the executor says what it would call, and the target is asked about an effect that
 * nobody ever asked for.
 */
export const actionChecks = (scope: SelfTestScope): SelfCheck[] =>
  [...scope.app.executors.values()].map((executor) => actionCheck(scope, executor))

const actionCheck = ({ app, tenantId }: SelfTestScope, executor: ActionExecutor): SelfCheck => ({
  name: `actions on ${executor.kind}`,
  shows: 'a call can be made of the catalogue, and a target that can be asked answers; nothing is done',
  look: async (signal) => {
    const { catalogue } = await app.configuration.of(tenantId)
    const asked = firstAction(catalogue.services, executor.kind)
    if (asked === null)
      return notHere(`no service of the catalogue has a target of the kind ${executor.kind}`)
    const request = {
      effectKey: `self-test-${app.ids.uuid()}`,
      target: asked.target,
      action: asked.action,
      parameters: {},
      timeoutMs: 1_000,
    }
    if (executor.render(request) === '')
      return fails(`no call can be made for ${asked.target.name}`, 'Look at its entry in the catalogue.')
    const answer = await executor.probe(request, signal)
    switch (answer) {
      case 'happened':
        return fails(
          `${asked.target.name} says that something happened which nobody asked for`,
          'Its address for effects has to answer 404 to a key that it does not know (docs/targets.md).',
        )
      case 'not_happened':
        return passes(`${asked.target.name} was asked, and answers`)
      case 'cannot_tell':
        return asked.canAnswer
          ? fails(
              `${asked.target.name} was asked about an effect and cannot tell`,
              'See that it is up, and that its address and secret in the catalogue are right (docs/targets.md).',
            )
          : passes(`the call of ${asked.target.name} is ready; this kind cannot be asked without acting`)
    }
  },
})

interface Asked {
  readonly target: Target
  readonly action: string
  /** Whether it says by itself how it can be asked about an effect. */
  readonly canAnswer: boolean
}

/** The first that can be asked, else the first there is. */
const firstAction = (services: readonly Service[], kind: Target['kind']): Asked | null => {
  const found = services
    .flatMap(({ targets }) => targets)
    .filter((target) => target.kind === kind)
    .flatMap(actionsOf)
  return found.find(({ canAnswer }) => canAnswer) ?? found[0] ?? null
}

const actionsOf = (target: Target): Asked[] => {
  switch (target.kind) {
    case 'http':
      return Object.entries(target.actions).map(([action, { effect }]) => ({
        target,
        action,
        canAnswer: effect !== undefined,
      }))
    case 'command':
      return Object.keys(target.actions).map((action) => ({ target, action, canAnswer: false }))
    case 'kubernetes':
    case 'systemd':
    case 'docker':
      return [{ target, action: 'restart_service', canAnswer: target.kind === 'kubernetes' }]
  }
}
