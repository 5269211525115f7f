import type { Log } from '../app/app.ts'
import type { Caller } from '../domain/person.ts'

/** The channel `gateway.audit`: one line for every request that was let in or turned away, without anything secret. */
export interface GatewayDecision {
  readonly requestId: string
  readonly method: string
  /** The declared path: what stands in its place could be a secret that somebody pasted into the wrong field. */
  readonly route: string
  readonly status: number
  readonly remote: string | null
  readonly caller: Caller | null
  /** `source:<name>` for alerts. */
  readonly sender?: string
  readonly refusal: string | null
}

const turnedAway = new Set([401, 403, 421])

export const isDenied = (status: number): boolean => turnedAway.has(status)

export const auditGateway = (log: Log, decision: GatewayDecision): void => {
  const denied = isDenied(decision.status)
  const line = {
    channel: 'gateway.audit',
    decision: denied ? 'deny' : 'allow',
    requestId: decision.requestId,
    method: decision.method,
    route: decision.route,
    status: decision.status,
    remote: decision.remote,
    tenant: decision.caller?.tenantId ?? null,
    person: decision.caller?.person.id ?? decision.sender ?? null,
    via: decision.caller?.via ?? null,
    reason: decision.refusal,
  }
  if (denied) log.warn(line, 'denied')
  else log.info(line, 'allowed')
}
