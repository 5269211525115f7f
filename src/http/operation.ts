import { z } from '@hono/zod-openapi'
import type { Caller, Scope } from '../domain/person.ts'
import type { Rejection } from '../domain/rejection.ts'
import type { Authenticated } from './auth/authenticate.ts'
import type { HttpContext } from './exchange.ts'
import { HttpProblem, invalid } from './problem.ts'

/**
 * One route, declared once: who may, what is read, what is answered. Serving, checking and OpenAPI all come from it, so
 * they cannot drift apart.
 */
export interface Operation {
  readonly method: Method
  /** In OpenAPI's notation: `/v1/runs/{id}`. */
  readonly path: string
  /** Older paths that do the same for the same people; the document leaves them out. */
  readonly aliases: readonly string[]
  readonly id: string
  readonly summary: string
  readonly tag: string
  readonly access: Access
  readonly query: z.ZodType | null
  readonly body: z.ZodType | null
  readonly success: {
    readonly status: 200 | 201 | 202 | 204
    readonly schema: z.ZodType | null
    readonly contentType?: string
  }
  /** It is the start of a session: there is no token yet that could be repeated. */
  readonly startsSession: boolean
  /** Its answer holds a secret that is shown once, so a repeated request is not answered from what was stored. */
  readonly showsSecret: boolean
  /** A foreign page may not even read it: live streams, which cost something while they are open. */
  readonly refusesForeignOrigin: boolean
  /** The last part of the path stands for the rest of the address, slashes included. */
  readonly takesRest: boolean
  /** A field of the body whose problems are those of a parameter's bounds, also where it is no proper JSON. */
  readonly bounded: string | null
  readonly run: (raw: RawInput) => Promise<unknown>
}

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** Open to all; open, but told who is there; or only with all of these scopes. */
export type Access =
  | { readonly kind: 'open' }
  | { readonly kind: 'visitor' }
  | { readonly kind: 'scopes'; readonly scopes: readonly Scope[] }

export interface RawInput {
  readonly who: Authenticated | null
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly context: HttpContext
}

export interface Input<Q, B> {
  readonly caller: Caller
  /** The part of the path in braces; the empty string where there is none. */
  readonly id: string
  /** The rest of the address; the empty string where none is taken. */
  readonly path: string
  readonly query: Q
  readonly body: B
  readonly context: HttpContext
}

type Shape = z.ZodType
const nothing = z.strictObject({})

interface Declared<Q extends Shape, B extends Shape, S extends Shape> {
  readonly method: Method
  readonly path: string
  readonly aliases?: readonly string[]
  readonly id: string
  readonly summary: string
  readonly tag: string
  readonly query?: Q
  readonly body?: B
  readonly answers: S
  readonly status?: 200 | 201 | 202 | 204
  readonly contentType?: string
  readonly startsSession?: boolean
  readonly showsSecret?: boolean
  readonly refusesForeignOrigin?: boolean
  readonly bounded?: string
  readonly takesRest?: boolean
}

/** A handler answers with the declared shape, refuses with a Rejection, or writes a Response of its own. */
type Answer<S extends Shape> = Promise<z.input<S> | Rejection | Response>

/** For whoever holds all of `scopes`. */
export const operation = <
  S extends Shape,
  Q extends Shape = typeof nothing,
  B extends Shape = typeof nothing,
>(
  declared: Declared<Q, B, S> & {
    readonly scopes: readonly Scope[]
    readonly handle: (input: Input<z.output<Q>, z.output<B>>) => Answer<S>
  },
): Operation => ({
  ...declaredParts(declared),
  access: { kind: 'scopes', scopes: declared.scopes },
  run: async (raw) => {
    if (raw.who === null) throw new Error(`${declared.id} was reached without a caller`)
    return declared.handle({
      ...read(declared, raw),
      caller: raw.who.caller,
      id: raw.params['id'] ?? '',
      path: raw.params['path'] ?? '',
      context: raw.context,
    })
  },
})

/** For everybody; `who` is told where `visitor` is set, and is null for strangers. */
export const openOperation = <
  S extends Shape,
  Q extends Shape = typeof nothing,
  B extends Shape = typeof nothing,
>(
  declared: Declared<Q, B, S> & {
    readonly visitor: boolean
    readonly handle: (
      input: Omit<Input<z.output<Q>, z.output<B>>, 'caller'> & { readonly who: Authenticated | null },
    ) => Answer<S>
  },
): Operation => ({
  ...declaredParts(declared),
  access: { kind: declared.visitor ? 'visitor' : 'open' },
  run: async (raw) =>
    declared.handle({
      ...read(declared, raw),
      who: raw.who,
      id: raw.params['id'] ?? '',
      path: raw.params['path'] ?? '',
      context: raw.context,
    }),
})

const declaredParts = (declared: Declared<Shape, Shape, Shape>): Omit<Operation, 'access' | 'run'> => ({
  method: declared.method,
  path: declared.path,
  aliases: declared.aliases ?? [],
  id: declared.id,
  summary: declared.summary,
  tag: declared.tag,
  query: declared.query ?? null,
  body: declared.body ?? null,
  success: {
    status: declared.status ?? 200,
    schema: declared.status === 204 ? null : declared.answers,
    ...(declared.contentType === undefined ? {} : { contentType: declared.contentType }),
  },
  startsSession: declared.startsSession ?? false,
  showsSecret: declared.showsSecret ?? false,
  refusesForeignOrigin: declared.refusesForeignOrigin ?? false,
  bounded: declared.bounded ?? null,
  takesRest: declared.takesRest ?? false,
})

const read = <Q extends Shape, B extends Shape>(
  declared: { query?: Q; body?: B },
  raw: RawInput,
): { query: z.output<Q>; body: z.output<B> } => ({
  query: parse((declared.query ?? nothing) as Q, checkedText(raw.query), 'query'),
  body: declared.body === undefined ? (undefined as z.output<B>) : parse(declared.body, raw.body, 'body'),
})

const parse = <T extends Shape>(schema: T, value: unknown, where: 'body' | 'query'): z.output<T> => {
  const result = schema.safeParse(value)
  if (!result.success) throw invalid(result.error, where)
  return result.data
}

/** Bodies are checked by the strict reader; what stands in a URL comes another way and must be storable too. */
const checkedText = (query: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  for (const [name, value] of Object.entries(query))
    if (value.includes('\0') || !value.isWellFormed())
      throw new HttpProblem({
        status: 422,
        title: 'Not valid',
        code: 'invalid',
        detail: `${name}: holds U+0000 or half of a surrogate pair.`,
        remedy: `Remove it from ${name} and send again.`,
        field: name,
      })
  return query
}
