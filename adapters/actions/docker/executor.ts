import type {
  ActionExecutor,
  Clock,
  PerformContext,
  StepCallRequest,
  StepCallResult,
} from '../../../src/app/ports.ts'
import { possibleOn } from '../../../src/domain/named-target.ts'
import { type Bound, bound, missingAction, refused } from '../binding.ts'
import { type Deadline, spokenDuration, startDeadline } from '../deadline.ts'
import { judgeFailure, problemInWords } from './judge.ts'

export interface DockerExecutorOptions {
  /** Path of the daemon's socket. */
  readonly dockerSocket: string
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/**
 * Performs a step by one call of the Docker daemon. It keeps no trace of who asked for a restart, and restart policies restart as
 * well: whether one was ours can't be told afterwards. The client library is loaded by the first call.
 */
export function createDockerExecutor({ dockerSocket, clock }: DockerExecutorOptions): ActionExecutor {
  return {
    kind: 'docker',
    perform: async (request, context) => {
      const container = bindContainer(request)
      if (!container.ok) return { status: 'failed', summary: `nothing was sent: ${container.problem}` }
      const deadline = startDeadline(clock, request.timeoutMs, context.signal)
      try {
        return await restart(dockerSocket, container.value, request, context, deadline)
      } finally {
        deadline.stop()
      }
    },
    probe: async () => 'cannot_tell',
    render: (request) => {
      const container = bindContainer(request)
      return container.ok ? `docker restart ${container.value}` : `cannot be called: ${container.problem}`
    },
  }
}

export function bindContainer(request: StepCallRequest): Bound<string> {
  const { target, action } = request
  if (target.kind !== 'docker')
    return refused(`target ${target.name} is of kind ${target.kind}, expected docker`)
  return Object.hasOwn(target.actions, action) && possibleOn(target).includes(action)
    ? bound(target.container)
    : refused(missingAction(request))
}

async function restart(
  socketPath: string,
  name: string,
  { timeoutMs }: StepCallRequest,
  context: PerformContext,
  deadline: Deadline,
): Promise<StepCallResult> {
  const { default: Docker } = await import('dockerode')
  // A host in the environment would win over the socket that was set.
  const container = new Docker({ socketPath, host: '', protocol: 'http' }).getContainer(name)
  try {
    const { State } = await container.inspect({ abortSignal: deadline.signal })
    context.onOutput({ stream: 'note', text: `container ${name} is ${State.Status}\n` })
  } catch (error) {
    return interrupted(deadline, timeoutMs, 'none') ?? notFound(name, error)
  }
  if (deadline.interruption() === null && !context.mayAct())
    return {
      status: 'canceled',
      effect: 'none',
      summary: 'nothing was sent: this worker no longer holds the run',
    }
  const before = interrupted(deadline, timeoutMs, 'none')
  if (before !== null) return before
  try {
    await container.restart({ abortSignal: deadline.signal })
    return { status: 'succeeded', summary: `container ${name} was restarted` }
  } catch (error) {
    return interrupted(deadline, timeoutMs, 'maybe') ?? judgeFailure(error)
  }
}

const notFound = (name: string, error: unknown): StepCallResult => ({
  status: 'failed',
  summary: `nothing was changed: container ${name} can't be looked at: ${problemInWords(error)}`,
})

function interrupted(deadline: Deadline, timeoutMs: number, effect: 'none' | 'maybe'): StepCallResult | null {
  const status = deadline.interruption()
  if (status === null) return null
  const how = status === 'timed_out' ? `no end within ${spokenDuration(timeoutMs)}` : 'canceled'
  const end = effect === 'none' ? 'nothing was changed' : 'the daemon may restart it all the same'
  return { status, effect, summary: `${how}; ${end}` }
}
