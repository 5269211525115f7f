import type { ActionExecutor, Clock } from '../../src/app/ports.ts'
import type { Containment } from './command/containment.ts'
import { type CommandExecutorOptions, createCommandExecutor } from './command/executor.ts'
import { createDockerExecutor } from './docker/executor.ts'
import { createHttpExecutor, type HttpExecutorOptions } from './http/executor.ts'
import { createKubernetesApi, readerOf } from './kubernetes/api.ts'
import { createFindCluster } from './kubernetes/credentials.ts'
import { createKubernetesExecutor } from './kubernetes/executor.ts'
import { createSystemdExecutor } from './systemd/executor.ts'

/** Where Docker's own packages put it. */
const DOCKER_SOCKET = '/var/run/docker.sock'

export type ExecutorOptions = HttpExecutorOptions &
  CommandExecutorOptions & {
    readonly clock: Clock
    /** Path of a kubeconfig; without it the cluster counts that this process runs in. */
    readonly kubeconfig?: string | undefined
    readonly dockerSocket?: string
  }

export interface Executors extends ReadonlyMap<ActionExecutor['kind'], ActionExecutor> {
  /** For health: how commands are held, and in a sentence what could escape. */
  readonly containment: () => { readonly kind: Containment; readonly sentence: string }
  /** For evidence: reads of a cluster with the same credentials. */
  readonly readCluster: ReturnType<typeof readerOf>
}

/** One executor for each kind of target. Client libraries are loaded by the first step that needs them. */
export function createExecutors(options: ExecutorOptions): Executors {
  const command = createCommandExecutor(options)
  const api = createKubernetesApi(createFindCluster(options.kubeconfig))
  const executors: readonly ActionExecutor[] = [
    createHttpExecutor(options),
    command,
    createKubernetesExecutor({ api, clock: options.clock }),
    createSystemdExecutor(options),
    createDockerExecutor({ dockerSocket: DOCKER_SOCKET, ...options }),
  ]
  return Object.assign(new Map(executors.map((executor) => [executor.kind, executor])), {
    containment: () => ({ kind: command.containment(), sentence: command.containmentSentence() }),
    readCluster: readerOf(api),
  })
}
