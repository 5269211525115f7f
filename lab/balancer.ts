/** Sends a request to one instance after the other, as a load balancer does: it knows ports, not health. */
import { UPSTREAM_TIMEOUT_MS } from './estate.ts'
import { httpGet } from './http-get.ts'
import type { ManagedService } from './managed-service.ts'

export type Forwarded = {
  readonly status: number
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
}

const PROBLEM = 'application/problem+json'

const refusal = (service: ManagedService, status: 502 | 504, detail: string): Forwarded => {
  const title = status === 504 ? 'Gateway timeout' : 'Bad gateway'
  const body = {
    type: 'about:blank',
    title,
    status,
    detail: `${service.name}: ${detail}`,
    service: service.name,
  }
  return { status, type: PROBLEM, body: new Uint8Array(Buffer.from(JSON.stringify(body))) }
}

/** GET `path` of the service. 504 when the instance stays silent for 2 s, 502 when there is none or it hangs up. */
export async function forward(service: ManagedService, path: string): Promise<Forwarded> {
  const instance = service.instances[service.turn++ % service.instances.length]
  if (!instance) return refusal(service, 502, 'no instance is running')
  instance.inFlight += 1
  const answer = await httpGet(
    `http://127.0.0.1:${instance.port}${path}`,
    UPSTREAM_TIMEOUT_MS,
    instance.agent,
  )
  instance.inFlight -= 1
  if (answer.kind === 'answer') return { ...answer, body: new Uint8Array(answer.body) }
  return refusal(service, answer.kind === 'timeout' ? 504 : 502, answer.detail)
}
