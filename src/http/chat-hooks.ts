import type { HookRequest, HookResponse } from '../app/ports.ts'
import { readBody } from './body.ts'
import { defaultHttpLimits, type HttpDeps } from './deps.ts'
import type { NodeBindings } from './exchange.ts'
import { problemOfFault } from './faults.ts'
import { auditGateway } from './gateway-audit.ts'
import { dress } from './headers.ts'
import { foreignHost, type HostCheck } from './host-check.ts'
import { notFound, problemResponse } from './problem.ts'

/** Where a chat platform posts what people press and write, when it is not listened to by a socket. */
export type Hook = (request: HookRequest) => Promise<HookResponse>

export const hookPrefix = '/chat/'

export type ChatHooks = (request: Request, chat: string, node: NodeBindings) => Promise<Response>

/** The platform proves who it is by its signature over the raw body, which the chat's adapter checks before it reads it. */
export const createChatHooks = (deps: HttpDeps, hosts: HostCheck): ChatHooks => {
  const { app } = deps
  const { hookBytes } = deps.limits ?? defaultHttpLimits

  const answer = async (request: Request, chat: string, node: NodeBindings): Promise<HookResponse> => {
    const host = node.incoming?.headers.host ?? request.headers.get('host') ?? new URL(request.url).host
    if (!hosts.isOurHost(host)) throw foreignHost(host)
    const hook = deps.chatHooks?.get(chat)
    if (hook === undefined)
      throw notFound(
        'No chat posts here.',
        'Set SUTURE_SLACK_SIGNING_SECRET or SUTURE_DISCORD_PUBLIC_KEY, or let the chat be listened to by its socket.',
      )
    const rawBody = await readBody(request, node.incoming, hookBytes)
    return hook({ rawBody, headers: request.headers })
  }

  return async (request, chat, node) => {
    const requestId = app.ids.uuid()
    let status = 200
    let refusal: string | null = null
    try {
      const { body, ...rest } = await answer(request, chat, node)
      status = rest.status
      const response = new Response(body === '' ? null : body, { status, headers: rest.headers })
      dress(response.headers, requestId)
      return response
    } catch (error) {
      const facts = problemOfFault(error, requestId, app.log)
      status = facts.status
      refusal = facts.code
      const response = problemResponse(facts, requestId)
      dress(response.headers, requestId)
      return response
    } finally {
      auditGateway(app.log, {
        requestId,
        method: 'POST',
        route: `${hookPrefix}{chat}`,
        status,
        remote: node.incoming?.socket.remoteAddress ?? null,
        caller: null,
        sender: deps.chatHooks?.has(chat) === true ? `chat:${chat}` : 'chat:unknown',
        refusal,
      })
    }
  }
}
