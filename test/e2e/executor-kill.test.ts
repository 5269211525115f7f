import { describe, expect, test } from 'vitest'
import { detectConfinement, processGroup } from '../../adapters/actions/command/containment.ts'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { COMMAND_PATH } from '../../adapters/actions/command/start.ts'
import { hardTimeouts } from '../../bench/world/hard-timeouts.ts'
import { processTrees, survivorsOf } from '../../bench/world/process-trees.ts'
import { aCommandTarget, aContext, aRequest, monotonic } from '../support/executor.ts'

/** A sample of what `npm run bench -- timeout` does a thousand times. How long it takes is measured there. */

const detected = detectConfinement(COMMAND_PATH)

describe.each([
  ['in a PID namespace', detected, detected.kind === 'pid_namespace', 3],
  ['in a process group', processGroup, true, 2],
] as const)('a hard timeout %s', (_, confinement, available, times) => {
  const trees = processTrees.filter(
    (tree) => confinement.kind === 'pid_namespace' || tree.needsNamespace !== true,
  )
  test.skipIf(!available).each(trees)('G3 leaves nobody of a tree that is: $name', async (tree) => {
    const { timeouts, survivors } = await hardTimeouts(Array(times).fill(tree), 300, confinement)
    expect(timeouts.map(({ status }) => status)).toEqual(Array(times).fill('timed_out'))
    expect(survivors).toEqual([])
  })
})

describe('the time of a command', () => {
  test('G3 includes its grace: it is told, and asked to end, before its hard end', async () => {
    const executor = createCommandExecutor({ allowedCommands: ['/usr/bin/env'], clock: monotonic })
    const context = aContext()
    await executor.perform(aRequest({ target: aCommandTarget(['/usr/bin/env']), timeoutMs: 20_000 }), context)
    const told = Number(/^SUTURE_TIMEOUT_MS=(\d+)$/m.exec(context.text('stdout'))?.[1])
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThanOrEqual(18_000)
  })

  test('G3 survivors are found by whoever looks: a process that carries the text', () => {
    expect(survivorsOf([process.env['PATH'] ?? '/'])).not.toHaveLength(0)
  })
})
