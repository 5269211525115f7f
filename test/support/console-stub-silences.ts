import { at, people, ref } from './console-stub-data.ts'
import type { StubWorld } from './console-stub-world.ts'

/** Silences of the stub, in the shapes of `/v1`. */

export interface StubSilence {
  readonly id: string
  readonly kind: string
  readonly state: 'to_come' | 'in_force' | 'over'
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
  readonly from: string
  readonly until: string
  readonly reason: string
  readonly setBy: { readonly id: string; readonly name: string }
  readonly createdAt: string
  readonly endedAt: string | null
  readonly alerts: number
}

type Sent = Pick<StubSilence, 'kind' | 'matchers' | 'until' | 'reason'>

export const stubSilences = (
  world: StubWorld,
  method: string,
  id: string,
  body: unknown,
): readonly [status: number, body: unknown] => {
  if (method === 'GET') return [200, { items: world.silences, next: null }]
  if (method === 'DELETE') {
    world.silences = world.silences.map((each) =>
      each.id === id ? { ...each, state: 'over', endedAt: at(0) } : each,
    )
    return [200, { id, what: 'service=checkout' }]
  }
  const sent = body as Sent
  if (sent.until === 'soon')
    return [
      422,
      {
        type: 'about:blank',
        title: 'Not valid',
        status: 422,
        code: 'invalid',
        detail: '“soon” is no time that Suture understands.',
        remedy: 'Say a time: 18:00, 2h.',
        requestId: 'req',
      },
    ]
  const silence: StubSilence = {
    id: `sil-${world.silences.length + 1}`,
    kind: sent.kind,
    state: 'in_force',
    matchers: sent.matchers,
    from: at(0),
    until: at(-120),
    reason: sent.reason,
    setBy: ref(people.dan),
    createdAt: at(0),
    endedAt: null,
    alerts: 0,
  }
  world.silences = [silence, ...world.silences]
  return [201, silence]
}
