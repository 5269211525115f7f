import type { Confinement } from '../../adapters/actions/command/containment.ts'
import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { aToken, type ProcessTree, survivorsOf } from './process-trees.ts'

/** Command steps that have to be ended by force, and what was left of them. */

export interface HardTimeout {
  readonly tree: string
  /** From the deadline to the result, in ms; negative where it ended before. */
  readonly overshootMs: number
  readonly status: string
}

export interface Wave {
  readonly timeouts: readonly HardTimeout[]
  /** Processes that stand when the last result of the wave is there. */
  readonly survivors: readonly number[]
}

const monotonicMs = () => performance.now()

/** Performs all trees at the same time, each with `timeoutMs`. */
export const hardTimeouts = async (
  trees: readonly ProcessTree[],
  timeoutMs: number,
  confinement?: Confinement,
): Promise<Wave> => {
  const executor = createCommandExecutor({
    allowedCommands: ['/bin/sh'],
    clock: { monotonicMs },
    ...(confinement === undefined ? {} : { confinement }),
  })
  const tokens = trees.map(() => aToken())
  const timeouts = await Promise.all(
    trees.map(async (tree, at): Promise<HardTimeout> => {
      const token = tokens[at] ?? ''
      const began = monotonicMs()
      const result = await executor.perform(
        {
          effectKey: `timeout-${token}.step`,
          target: {
            name: 'tree',
            kind: 'command',
            actions: { act: { argv: ['/bin/sh', '-c', tree.script(token)] } },
          },
          action: 'act',
          parameters: {},
          timeoutMs,
        },
        {
          signal: new AbortController().signal,
          mayAct: () => true,
          onOutput: () => undefined,
          onProcess: async () => undefined,
        },
      )
      const overshootMs = monotonicMs() - began - timeoutMs
      return { tree: tree.name, overshootMs, status: result.status }
    }),
  )
  return { timeouts, survivors: survivorsOf(tokens) }
}
