import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { createDockerExecutor } from '../../adapters/actions/docker/executor.ts'
import { createSystemdExecutor } from '../../adapters/actions/systemd/executor.ts'
import { Target } from '../../src/domain/service.ts'
import { aContext, aRequest, monotonic } from '../support/executor.ts'

/** Against the systemd and the Docker of this machine, where it has them. */

const run = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 }).stdout?.trim() ?? ''

const systemd =
  ['running', 'degraded'].includes(run('systemctl', 'is-system-running')) && process.getuid?.() === 0

test.skipIf(!systemd)('R1 a unit of the systemd of this machine is restarted', async () => {
  const unit = `suture-test-${process.pid}.service`
  run('systemd-run', `--unit=${unit}`, '--property=Restart=no', '/bin/sleep', '600')
  onTestFinished(() => void run('systemctl', 'stop', unit))
  const invocation = () => run('systemctl', 'show', '--property=InvocationID', '--value', unit)
  const before = invocation()
  const target = Target.parse({ name: 'host', kind: 'systemd', unit, actions: { restart_service: {} } })
  const result = await createSystemdExecutor({ clock: monotonic }).perform(
    aRequest({ target, action: 'restart_service', timeoutMs: 30_000 }),
    aContext(),
  )
  expect(result.status).toBe('succeeded')
  expect(invocation()).not.toBe(before)
})

const dockerSocket = '/var/run/docker.sock'
const image = hasSocket() ? run('docker', 'images', '--quiet', 'busybox').split('\n')[0] : ''

test.skipIf(image === '')('R1 a container of the Docker of this machine is restarted', async () => {
  const container = `suture-test-${process.pid}`
  run('docker', 'run', '--detach', '--stop-timeout=1', '--name', container, image ?? '', 'sleep', '600')
  onTestFinished(() => void run('docker', 'rm', '--force', container))
  const startedAt = () => run('docker', 'inspect', '--format={{.State.StartedAt}}', container)
  const before = startedAt()
  const target = Target.parse({ name: 'host', kind: 'docker', container, actions: { restart_service: {} } })
  const result = await createDockerExecutor({ dockerSocket, clock: monotonic }).perform(
    aRequest({ target, action: 'restart_service', timeoutMs: 30_000 }),
    aContext(),
  )
  expect(result.status).toBe('succeeded')
  expect(startedAt()).not.toBe(before)
})

function hasSocket(): boolean {
  try {
    accessSync(dockerSocket, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
