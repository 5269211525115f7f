import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { aCommandTarget } from './executor.ts'

/** A worker to be killed: performs one command, tells its parent the identity, and holds the gate if asked to. */
const [effectKey = '', hold = '', ...argv] = process.argv.slice(2)
const executor = createCommandExecutor({
  allowedCommands: [argv[0] ?? ''],
  clock: { monotonicMs: () => performance.now() },
})
await executor.perform(
  { effectKey, target: aCommandTarget(argv), action: 'act', parameters: {}, timeoutMs: 60_000 },
  {
    signal: new AbortController().signal,
    mayAct: () => true,
    onOutput: () => undefined,
    onProcess: (identity) => {
      process.send?.(identity)
      return hold === 'hold' ? new Promise<void>(() => undefined) : Promise.resolve()
    },
  },
)
