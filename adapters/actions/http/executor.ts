import type {
  ActionExecutor,
  Clock,
  PerformContext,
  SecretSource,
  StepCallRequest,
} from '../../../src/app/ports.ts'
import type { Reach } from '../../../src/domain/outgoing.ts'
import { spokenDuration, startDeadline } from '../deadline.ts'
import { type KnownSecret, redactionOf } from '../redact.ts'
import { secretVariable } from '../secrets.ts'
import { type BoundHttpCall, bindHttpCall } from './bind-call.ts'
import { bindEffectUrl } from './bind-url.ts'
import { exchange } from './exchange.ts'
import { judge } from './judge.ts'
import { reachOf } from './reach.ts'
import { shownBody } from './summary.ts'

export interface HttpExecutorOptions {
  readonly secrets: SecretSource
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Where calls may lead besides the public Internet [what the catalogue names alone]. */
  readonly reach?: Reach
  /** Every secret this process knows, besides the call's own. [none] */
  readonly knownSecrets?: () => Promise<readonly KnownSecret[]>
}

/** Performs a step by one HTTP call that carries the effect key as `Idempotency-Key`. */
export function createHttpExecutor(options: HttpExecutorOptions): ActionExecutor {
  const { secrets } = options
  const outside = { ...options, reach: options.reach ?? reachOf() }
  return {
    kind: 'http',
    perform: async (request, context) => {
      const call = bindHttpCall(request)
      if (!call.ok) return { status: 'failed', summary: `nothing was sent: ${call.problem}` }
      const credentials = await readSecret(secrets, call.value.secret)
      if ('problem' in credentials)
        return { status: 'failed', summary: `nothing was sent: ${credentials.problem}` }
      return await send(request, call.value, credentials.value, context, outside)
    },
    probe: (request, signal) => probe(request, secrets, outside.reach, signal),
    render: (request) => {
      const call = bindHttpCall(request)
      return call.ok ? describe(call.value) : `cannot be called: ${call.problem}`
    },
  }
}

async function send(
  request: StepCallRequest,
  call: BoundHttpCall,
  secret: string | null,
  context: PerformContext,
  outside: HttpExecutorOptions & { readonly reach: Reach },
) {
  const { timeoutMs } = request
  const { clock, reach } = outside
  const known = (await outside.knownSecrets?.()) ?? []
  const own = call.secret === undefined || secret === null ? [] : [{ name: call.secret, value: secret }]
  const redact = redactionOf([...own, ...known]).text
  const deadline = startDeadline(clock, timeoutMs, context.signal)
  const began = clock.monotonicMs()
  try {
    const result = await exchange({
      ...call,
      reach,
      headers: { ...headersOf(call, secret), 'idempotency-key': request.effectKey },
      signal: deadline.signal,
      maySend: context.mayAct,
    })
    if (result.kind === 'answered') {
      const took = spokenDuration(clock.monotonicMs() - began)
      context.onOutput({ stream: 'note', text: `${describe(call)} answered ${result.status} in ${took}\n` })
      if (result.body.length > 0)
        context.onOutput({ stream: 'stdout', text: shownBody(result.body, result.truncated, redact) })
    }
    const canProbe = call.effect !== undefined && bindEffectUrl(call.effect, request) !== null
    return judge(result, { interruption: deadline.interruption(), timeoutMs, canProbe, redact })
  } finally {
    deadline.stop()
  }
}

async function probe(request: StepCallRequest, secrets: SecretSource, reach: Reach, signal: AbortSignal) {
  const call = bindHttpCall(request)
  if (!call.ok || call.value.effect === undefined) return 'cannot_tell'
  const url = bindEffectUrl(call.value.effect, request)
  if (url === null) return 'cannot_tell'
  // The secret belongs to the origin that acts; another one that only answers questions doesn't get it.
  const name = url.origin === call.value.url.origin ? call.value.secret : undefined
  const credentials = await readSecret(secrets, name)
  if ('problem' in credentials) return 'cannot_tell'
  const answer = await exchange({
    method: 'GET',
    url,
    written: call.value.effect,
    reach,
    headers: headersOf({ body: null, method: 'GET' }, credentials.value),
    body: null,
    signal,
    maySend: () => true,
  })
  if (answer.kind !== 'answered') return 'cannot_tell'
  if (answer.status === 200) return 'happened'
  return answer.status === 404 ? 'not_happened' : 'cannot_tell'
}

function headersOf(call: { readonly method: string; readonly body: string | null }, secret: string | null) {
  const headers: Record<string, string> = { accept: 'application/json, */*;q=0.5', 'user-agent': 'suture' }
  if (secret !== null) headers['authorization'] = `Bearer ${secret}`
  if (call.body !== null) headers['content-type'] = 'application/json'
  if (call.method !== 'GET') headers['content-length'] = String(Buffer.byteLength(call.body ?? ''))
  return headers
}

async function readSecret(
  secrets: SecretSource,
  name: string | undefined,
): Promise<{ readonly value: string | null } | { readonly problem: string }> {
  if (name === undefined) return { value: null }
  let value: string | null
  try {
    value = await secrets.read(name)
  } catch (error) {
    return {
      problem: `secret ${name} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
  if (value === null) return { problem: `secret ${name} is not set; set ${secretVariable(name)}` }
  // Anything else can't stand in a header, and the error of the HTTP client is not ours to trust with the value.
  return /^[\x21-\x7e]+$/.test(value)
    ? { value }
    : { problem: `secret ${name} holds spaces or characters that a bearer token can't have` }
}

const describe = ({ method, url, body, secret }: BoundHttpCall): string =>
  [method, url.href, body, secret === undefined ? null : `(secret ${secret})`]
    .filter((part) => part !== null)
    .join(' ')
