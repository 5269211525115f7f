import { describe, expect, test } from 'vitest'
import { createSystemdExecutor, systemctlCall } from '../../adapters/actions/systemd/executor.ts'
import { Target } from '../../src/domain/service.ts'
import { aCommandTarget, aRequest, monotonic } from '../support/executor.ts'

const unit = (name: string) =>
  Target.parse({ name: 'host/checkout', kind: 'systemd', unit: name, actions: { restart_service: {} } })
const request = (over: object = {}) =>
  aRequest({ target: unit('checkout.service'), action: 'restart_service', ...over })

describe('a systemd unit', () => {
  test.each(['checkout.service', 'checkout@1.service', 'dev-disk\\x2dby.service'])(
    'R1 %s stands behind --, as one argument',
    (name) => {
      expect(systemctlCall(request({ target: unit(name) }), '/usr/bin/systemctl')).toEqual({
        ok: true,
        value: ['/usr/bin/systemctl', '--no-ask-password', '--no-pager', 'restart', '--', name],
      })
    },
  )

  test('R1 no parameter reaches the command', () => {
    const call = systemctlCall(request({ parameters: { unit: '--force', x: '; reboot' } }), 's')
    expect(JSON.stringify(call)).not.toMatch(/force|reboot/)
  })

  test.each([
    [{ action: 'scale_instances' }, 'has no action scale_instances'],
    [{ action: 'toString' }, 'has no action toString'],
    [{ target: aCommandTarget(['/bin/true']) }, 'is of kind command, expected systemd'],
  ])('R1 %j is refused', (over, problem) => {
    const call = systemctlCall(request(over), 's')
    expect(call.ok ? '' : call.problem).toContain(problem)
  })

  test('R8 a dry run shows the call, and what happened cannot be told afterwards', async () => {
    const executor = createSystemdExecutor({ clock: monotonic })
    expect(executor.render(request())).toMatch(
      /^\/(usr\/)?bin\/systemctl --no-ask-password --no-pager restart -- checkout\.service$/,
    )
    expect(await executor.probe(request(), AbortSignal.timeout(1_000))).toBe('cannot_tell')
  })
})
