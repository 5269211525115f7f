import type { ChatCommands, HookRequest, HookResponse, RefusedRequest } from '../../src/app/ports.ts'
import { acknowledge, type Process } from './acknowledge.ts'
import type { AdapterLog } from './client.ts'
import { onceKey } from './once.ts'
import { readBody } from './payloads.ts'
import type { Tasks } from './tasks.ts'
import { verifyRequest } from './verify.ts'

export interface HookOptions {
  readonly signingSecret: string
  readonly commands: ChatCommands
  readonly process: Process
  readonly tasks: Tasks
  readonly log: AdapterLog
  readonly now: () => number
  readonly ackMs: number
  /** A genuine request came. */
  readonly onRequest: () => void
  readonly stopping: () => boolean
}

/** Slack's requests over HTTP. Until the signature is checked nothing of a request is believed, or even parsed. */
export const createHook = (options: HookOptions): ((request: HookRequest) => Promise<HookResponse>) => {
  const { commands, log, tasks } = options

  const refuse = (reason: RefusedRequest['reason'], status: number): HookResponse => {
    log.warn({ reason }, 'Slack: a request was refused')
    void tasks.run('writing down a refusal', () => commands.refused({ chat: 'slack', reason }))
    return bare(status)
  }

  return async (request) => {
    const startedAt = performance.now()
    // Elsewhere another process may be up: Slack is told that this one is not.
    if (options.stopping()) return bare(503)
    const verdict = verifyRequest(request, options.signingSecret, options.now())
    if (!verdict.genuine) return refuse(verdict.reason, 401)
    options.onRequest()
    const body = readBody(request.rawBody, request.headers.get('content-type'))
    if (body === null) return refuse('malformed', 400)
    if (body['type'] === 'url_verification') return json({ challenge: body['challenge'] })
    if (body['ssl_check'] === '1') return bare(200)
    const fresh = await withDeadline(
      commands.firstTime('slack', onceKey('signature', verdict.signature)),
      options.ackMs,
    )
    // Nothing was done yet and nothing is known: Slack sends an event again, and tells who pressed that it failed.
    if (fresh === 'late') return bare(503)
    if (!fresh) return refuse('replayed', 401)
    const retryNum = Number(request.headers.get('x-slack-retry-num'))
    const retryReason = request.headers.get('x-slack-retry-reason')
    const response = await acknowledge(
      { body, ...(retryNum > 0 ? { retryNum } : {}), ...(retryReason === null ? {} : { retryReason }) },
      {
        process: options.process,
        tasks,
        withinMs: Math.max(0, options.ackMs - (performance.now() - startedAt)),
      },
    )
    return response === undefined ? bare(200) : json(response)
  }
}

const bare = (status: number): HookResponse => ({ status, headers: {}, body: '' })

const json = (body: unknown): HookResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const withDeadline = async (question: Promise<boolean>, ms: number): Promise<boolean | 'late'> => {
  const { promise, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(resolve, ms, 'late')
  try {
    return await Promise.race([question, promise])
  } finally {
    clearTimeout(timer)
  }
}
