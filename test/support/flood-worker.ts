import { createCommandExecutor } from '../../adapters/actions/command/executor.ts'
import { aCommandTarget } from './executor.ts'

/** A worker of its own, so that its memory can be told: performs one command and reports what it kept of the output. */
const argv = process.argv.slice(2)
const executor = createCommandExecutor({
  allowedCommands: [argv[0] ?? ''],
  clock: { monotonicMs: () => performance.now() },
  knownSecrets: async () => [{ name: 'flooded', value: 'canary-in-the-flood' }],
})
const before = process.resourceUsage().maxRSS
let text = ''
const result = await executor.perform(
  {
    effectKey: `flood-${process.pid}`,
    target: aCommandTarget(argv),
    action: 'act',
    parameters: {},
    timeoutMs: 600_000,
  },
  {
    signal: new AbortController().signal,
    mayAct: () => true,
    onOutput: ({ text: more }) => void (text += more),
    onProcess: async () => undefined,
  },
)
process.send?.({
  result,
  characters: text.length,
  secretSeen: text.includes('canary-in-the-flood'),
  masked: text.includes('[secret flooded]'),
  leftOut: Number(/(\d+) bytes of output left out here/.exec(text)?.[1] ?? 0),
  end: text.slice(-40),
  /** In MiB. */
  grewBy: (process.resourceUsage().maxRSS - before) / 1024,
})
