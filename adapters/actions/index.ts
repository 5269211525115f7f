import type { ActionExecutor } from '../../src/app/ports.ts'
import type { Containment } from './command/containment.ts'
import { type CommandExecutorOptions, createCommandExecutor } from './command/executor.ts'
import { createHttpExecutor, type HttpExecutorOptions } from './http/executor.ts'

export type ExecutorOptions = HttpExecutorOptions & CommandExecutorOptions

export interface Executors extends ReadonlyMap<ActionExecutor['kind'], ActionExecutor> {
  /** For health: how commands are held, and in a sentence what could escape. */
  readonly containment: () => { readonly kind: Containment; readonly sentence: string }
}

/** One executor for each kind of target. */
export function createExecutors(options: ExecutorOptions): Executors {
  const command = createCommandExecutor(options)
  const executors: readonly ActionExecutor[] = [createHttpExecutor(options), command]
  return Object.assign(new Map(executors.map((executor) => [executor.kind, executor])), {
    containment: () => ({ kind: command.containment(), sentence: command.containmentSentence() }),
  })
}
