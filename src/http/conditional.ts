import { createHash } from 'node:crypto'
import type { HttpContext } from './exchange.ts'

/** A body with its tag, or 304 where whoever asks has it already. `weak`: the same content, compressed or not. */
export const conditional = (
  context: HttpContext,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>>,
  { weak = false }: { readonly weak?: boolean } = {},
): { readonly fresh: Response | null; readonly headers: Readonly<Record<string, string>> } => {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const tagged = { ...headers, etag: weak ? `W/${tag}` : tag }
  const known = (context.req.header('if-none-match') ?? '').split(',').map((each) => each.trim())
  const isKnown = known.some((each) => each === '*' || each.replace(/^W\//, '') === tag)
  return { fresh: isKnown ? new Response(null, { status: 304, headers: tagged }) : null, headers: tagged }
}
