/** The bodies of the control API and how a wrong one is refused. */
import type { Context } from 'hono'
import { z } from 'zod'
import {
  FAULT_NAMES,
  FLAG_NAMES,
  type FlagName,
  LOG_LEVELS,
  MAX_INSTANCES,
  SERVICE_NAMES,
  type ServiceName,
} from './estate.ts'
import { Problem } from './problem.ts'

const widest = MAX_INSTANCES - 1

export const Nothing = z.strictObject({})
export const Break = z.strictObject({ fault: z.enum(FAULT_NAMES) })
export const Scale = z.strictObject({
  delta: z
    .int()
    .min(-widest)
    .max(widest)
    .refine((delta) => delta !== 0, 'must not be 0'),
})
export const SetFlag = z.strictObject({ enabled: z.boolean() })
export const SetLogLevel = z.strictObject({
  level: z.string().toUpperCase().pipe(z.enum(LOG_LEVELS)),
  ttlMinutes: z.int().min(1).max(120).default(15),
})

/** @throws Problem 400 when the body is no JSON, 422 naming each wrong field. */
export async function readBody<T extends z.ZodType>(context: Context, schema: T): Promise<z.output<T>> {
  const text = await context.req.text()
  const checked = schema.safeParse(text.trim() === '' ? {} : parseJson(text))
  if (checked.success) return checked.data
  const errors = checked.error.issues.map((issue) => ({
    field: issue.path.join('.') || 'body',
    message: issue.message,
  }))
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  throw new Problem(
    422,
    'invalid-body',
    'The body is wrong',
    detail,
    'Correct the named fields and send again.',
    errors,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'not JSON'
    throw new Problem(
      400,
      'not-json',
      'The body is not JSON',
      detail,
      'Send a JSON object, or no body at all.',
      [{ field: 'body', message: 'must be JSON' }],
    )
  }
}

const listed = <T extends string>(what: string, all: readonly T[], given: string): T => {
  const found = all.find((one) => one === given)
  if (found) return found
  const detail = `there is no ${what} ${JSON.stringify(given.slice(0, 60))}; there are ${all.join(', ')}`
  throw new Problem(404, `no-such-${what}`, `No such ${what}`, detail, `Use one of: ${all.join(', ')}.`, [
    { field: what, message: `must be one of ${all.join(', ')}` },
  ])
}

/** @throws Problem 404 naming those there are. */
export const serviceIn = (context: Context): ServiceName =>
  listed('service', SERVICE_NAMES, context.req.param('name') ?? '')

/** @throws Problem 404 naming those there are. */
export const flagIn = (context: Context): FlagName =>
  listed('flag', FLAG_NAMES, context.req.param('flag') ?? '')

/** The Idempotency-Key of the request, or `otherwise` when it has none. @throws Problem 422 */
export function keyIn(context: Context, otherwise: () => string): string {
  const key = context.req.header('idempotency-key')
  if (key === undefined) return otherwise()
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key
  const message = 'must be 1 to 200 printable ASCII characters without spaces'
  throw new Problem(
    422,
    'invalid-idempotency-key',
    'The Idempotency-Key is wrong',
    `Idempotency-Key ${message}`,
    'Send a shorter or plainer key, such as a run id and step name.',
    [{ field: 'Idempotency-Key', message }],
  )
}
