import type { Clock, PerformContext, StepCallRequest, StepCallResult } from '../../../src/app/ports.ts'
import { type Bound, bound, refused } from '../binding.ts'
import { type Deadline, spokenDuration } from '../deadline.ts'
import { inWords, type KubernetesApi, type NotOk } from './api.ts'
import type { BoundKubernetesCall } from './bind-call.ts'
import { hasEffect } from './effects.ts'
import { NodeObject, ReplicaSetList, selectorText, WorkloadObject } from './objects.ts'
import { planChange } from './plan-change.ts'
import { previousRevision } from './previous-revision.ts'

export interface Call {
  readonly api: KubernetesApi
  readonly clock: Clock
  readonly bound: BoundKubernetesCall
  readonly request: StepCallRequest
  readonly context: PerformContext
  readonly deadline: Deadline
}

/** Somebody who changes the object that often is at war with another, and more attempts would only join in. */
const ATTEMPTS = 10

/** Reads and updates until the update meets the object as it was read; each time the key decides first. */
export async function change(call: Call): Promise<StepCallResult | { readonly summary: string }> {
  const { api, bound: what, request, context, deadline } = call
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const read = await api.get(what.context, what.path, deadline.signal)
    if (read.kind !== 'ok') return unread(call, read)
    if (isDone(what, read.body, request.effectKey))
      return { summary: `${what.subject} was changed already under this key` }
    const previous = await findPrevious(call, read.body)
    if (!previous.ok) return failed(previous.problem)
    const planned = planChange(what, read.body, {
      effectKey: request.effectKey,
      now: call.clock.now(),
      previous: previous.value,
    })
    if (!planned.ok) return failed(planned.problem)
    const { patch, summary } = planned.value
    const answer = await api.patch(what.context, what.path, patch, {
      signal: deadline.signal,
      maySend: context.mayAct,
    })
    if (answer.kind === 'ok') {
      context.onOutput({ stream: 'note', text: `${summary}\n` })
      return { summary }
    }
    if (answer.kind !== 'refused' || answer.status !== 409) return unchanged(call, answer)
    context.onOutput({ stream: 'note', text: `${what.subject} was changed by somebody else; read anew\n` })
  }
  return failed(
    `${what.subject} was changed by somebody else between each of ${ATTEMPTS} readings and updates`,
  )
}

function isDone({ workload }: BoundKubernetesCall, object: unknown, effectKey: string): boolean {
  const read = (workload === null ? NodeObject : WorkloadObject).safeParse(object)
  return read.success && hasEffect(read.data.metadata.annotations, effectKey)
}

async function findPrevious(
  { api, bound: what, deadline }: Call,
  object: unknown,
): Promise<Bound<ReturnType<typeof previousRevision>>> {
  if (what.change.kind !== 'roll_back' || what.workload === null) return bound(null)
  const deployment = WorkloadObject.safeParse(object)
  if (!deployment.success) return bound(null)
  const folder = encodeURIComponent(what.workload.namespace)
  const selector = encodeURIComponent(selectorText(deployment.data.spec.selector))
  const answer = await api.get(
    what.context,
    `/apis/apps/v1/namespaces/${folder}/replicasets?limit=500&labelSelector=${selector}`,
    deadline.signal,
  )
  if (answer.kind !== 'ok') return refused(`its earlier revisions can't be read: ${inWords(answer)}`)
  const list = ReplicaSetList.safeParse(answer.body)
  return list.success
    ? bound(previousRevision(deployment.data, list.data.items))
    : refused('its earlier revisions have an unknown shape')
}

const failed = (problem: string): StepCallResult => ({
  status: 'failed',
  summary: `nothing was changed: ${problem}`,
})

/** A reading that failed has changed nothing, whatever it was. */
function unread({ bound: what, deadline, request }: Call, answer: NotOk): StepCallResult {
  const why = deadline.interruption()
  if (why !== null)
    return { status: why, effect: 'none', summary: interrupted(why, request, 'nothing was changed') }
  return failed(
    answer.kind === 'refused' && answer.status === 404
      ? `there is no ${what.subject}: ${answer.message}`
      : inWords(answer),
  )
}

/** After the update was tried: only a clear refusal says that nothing happened. */
function unchanged({ deadline, request }: Call, answer: NotOk): StepCallResult {
  const why = deadline.interruption()
  switch (answer.kind) {
    case 'not_held':
      return {
        status: 'canceled',
        effect: 'none',
        summary: 'nothing was changed: this worker no longer holds the run',
      }
    case 'not_sent':
      return why === null
        ? failed(answer.problem)
        : { status: why, effect: 'none', summary: interrupted(why, request, 'nothing was changed') }
    case 'unheard':
      return why === null
        ? { status: 'unknown', summary: `sent, but no answer (${answer.code}); the object can be asked` }
        : {
            status: why,
            effect: 'maybe',
            summary: interrupted(why, request, 'the update may have been made'),
          }
    case 'refused':
      // A store that answered too late, or a balancer in front of it, doesn't say whether the update was written.
      return answer.status >= 500
        ? { status: 'unknown', summary: `${inWords(answer)}; the object can be asked` }
        : failed(inWords(answer))
  }
}

const interrupted = (why: 'timed_out' | 'canceled', { timeoutMs }: StepCallRequest, end: string): string =>
  `${why === 'timed_out' ? `no answer within ${spokenDuration(timeoutMs)}` : 'canceled'}; ${end}`
