import { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import type { Caller } from '../domain/person.ts'

/** What is known of one request while it is answered. */
export interface Exchange {
  readonly requestId: string
  /** The other end of the connection; null where there is none, as in tests. */
  readonly remote: string | null
  /** The declared path, such as `/v1/runs/{id}`; null while no route has been found. */
  route: string | null
  caller: Caller | null
  /** Why it was refused, as a reason code. */
  refusal: string | null
}

/** What `@hono/node-server` passes along; empty in tests that call the app directly. */
export interface NodeBindings {
  readonly incoming?: IncomingMessage
}

export interface HttpEnv {
  Bindings: NodeBindings
  Variables: { exchange: Exchange }
}
export type HttpContext = Context<HttpEnv>

export const nodeBindings = (env: unknown): NodeBindings =>
  typeof env === 'object' && env !== null && 'incoming' in env && env.incoming instanceof IncomingMessage
    ? { incoming: env.incoming }
    : {}

/** Hono leaves the bindings undefined when the app is called without any. */
export const nodeOf = (c: HttpContext): NodeBindings => (c.env as NodeBindings | undefined) ?? {}
