import { setTimeout as sleep } from 'node:timers/promises'
import type { ActionExecutor, Clock, PerformContext, StepCallResult } from '../../../src/app/ports.ts'
import { spokenDuration, startDeadline } from '../deadline.ts'
import type { KubernetesApi } from './api.ts'
import { bindKubernetesCall, describeCall } from './bind-call.ts'
import { type Call, change } from './change.ts'
import { probeEffects } from './effects.ts'
import { NodeObject, WorkloadObject } from './objects.ts'
import { progressOf } from './rollout.ts'

export interface KubernetesExecutorOptions {
  readonly api: KubernetesApi
  readonly clock: Clock
  /** How often a rollout is looked at [1000]. */
  readonly pollMs?: number
}

/**
 * Performs a step by one conditional update of one object. The effect key is written with it, so a repeat is recognised and a
 * probe can tell. A rollout is then watched; one that isn't through when the time is up is left to the verification.
 */
export function createKubernetesExecutor(options: KubernetesExecutorOptions): ActionExecutor {
  const { api, clock } = options
  return {
    kind: 'kubernetes',
    perform: async (request, context) => {
      const bound = bindKubernetesCall(request)
      if (!bound.ok) return { status: 'failed', summary: `nothing was sent: ${bound.problem}` }
      const deadline = startDeadline(clock, request.timeoutMs, context.signal)
      const call: Call = { api, clock, bound: bound.value, request, context, deadline }
      try {
        const changed = await change(call)
        return 'status' in changed ? changed : await watch(call, changed.summary, options.pollMs ?? 1_000)
      } finally {
        deadline.stop()
      }
    },
    probe: async (request, signal) => {
      const bound = bindKubernetesCall(request)
      if (!bound.ok) return 'cannot_tell'
      const answer = await api.get(bound.value.context, bound.value.path, signal)
      if (answer.kind !== 'ok') return 'cannot_tell'
      const schema = bound.value.workload === null ? NodeObject : WorkloadObject
      const object = schema.safeParse(answer.body)
      return object.success
        ? probeEffects(object.data.metadata.annotations, request.effectKey, clock.now())
        : 'cannot_tell'
    },
    render: (request) => {
      const bound = bindKubernetesCall(request)
      return bound.ok ? describeCall(bound.value) : `cannot be called: ${bound.problem}`
    },
  }
}

/** The change is made. What is left is to see it through, as far as the step's time goes. */
async function watch(call: Call, summary: string, pollMs: number): Promise<StepCallResult> {
  const { bound, deadline, api, request } = call
  if (bound.workload === null) return { status: 'succeeded', summary }
  let words = ''
  while (deadline.interruption() === null) {
    const answer = await api.get(bound.context, bound.path, deadline.signal)
    const object = answer.kind === 'ok' ? WorkloadObject.safeParse(answer.body) : null
    if (object?.success) {
      const progress = progressOf(bound.workload.kind, object.data)
      if (progress.words !== words) note(call.context, `${bound.subject}: ${progress.words}`)
      words = progress.words
      if (progress.state === 'done') return { status: 'succeeded', summary: `${summary}; ${words}` }
      // The change stands all the same: as a failed step it would be the one that nobody undoes.
      if (progress.state === 'stuck') return { status: 'unknown', summary: `${summary}, but ${words}` }
    }
    // What can't be read now may be read later: the change itself is made.
    await sleep(pollMs, undefined, { signal: deadline.signal }).catch(() => undefined)
  }
  const why = deadline.interruption() ?? 'canceled'
  const how = why === 'timed_out' ? `not through within ${spokenDuration(request.timeoutMs)}` : 'canceled'
  const state = words === '' ? '' : ` (${words})`
  return { status: why, effect: 'maybe', summary: `${summary}; ${how}${state}` }
}

const note = (context: PerformContext, text: string) =>
  context.onOutput({ stream: 'note', text: `${text}\n` })
