import { z } from '@hono/zod-openapi'
import { mayMirror } from '../../app/audit/may-mirror.ts'
import { readNewestCheckpoint } from '../../app/audit/read-log.ts'
import { readLogEntries, readLogTile } from '../../app/audit/read-tile.ts'
import { tileWidth } from '../../domain/log/tile.ts'
import { type NamedTile, parseTilePath } from '../../domain/log/tile-path.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { conditional } from '../conditional.ts'
import type { HttpDeps } from '../deps.ts'
import type { HttpContext } from '../exchange.ts'
import { type Operation, operation } from '../operation.ts'

/** The log of the caller's tenant in the layout of C2SP tlog-tiles, below `/v1/audit/log/`. */

/** One address is each tenant's own log: what is kept of it is kept for whoever showed this key or session. */
const whose = { vary: 'Authorization, Cookie' }
const mayChange = { ...whose, 'cache-control': 'private, no-cache' }
const neverChanges = 'private, max-age=31536000, immutable'
const binary = z.string().openapi({ format: 'binary' })

export const auditLogRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/audit/log/checkpoint',
    id: 'getLogCheckpoint',
    summary: 'The newest checkpoint as the signed note alone, as C2SP tlog-tiles has it',
    tag: 'audit',
    scopes: ['read'],
    answers: z.string().openapi({ description: 'C2SP tlog-checkpoint' }),
    contentType: 'text/plain',
    handle: async ({ caller, context }) => {
      const found = await readNewestCheckpoint(app, caller.tenantId)
      if (isRejection(found)) return found
      const type = { 'content-type': 'text/plain; charset=utf-8' }
      const { fresh, headers } = conditional(context, found.note, { ...mayChange, ...type })
      return fresh ?? new Response(found.note, { headers })
    },
  }),
  operation({
    method: 'get',
    path: '/v1/audit/log/tile/entries/{path}',
    takesRest: true,
    id: 'getLogEntries',
    summary:
      'Up to 256 entries, each with its length in two bytes in front: `x001/234`, or `x001/234.p/5` for the first five. As C2SP tlog-tiles has it',
    tag: 'audit',
    scopes: ['admin'],
    answers: binary,
    contentType: 'application/octet-stream',
    handle: async ({ caller, context, path }) => {
      const named = parseTilePath(`tile/entries/${path}`)
      if (named?.kind !== 'entries') return noSuchName()
      const found =
        (await mayMirror(app, caller, named.tile.n * tileWidth)) ??
        (await readLogEntries(app, caller.tenantId, named.tile))
      return isRejection(found) ? found : entriesAnswer(context, found)
    },
  }),
  operation({
    method: 'get',
    path: '/v1/audit/log/tile/{path}',
    takesRest: true,
    id: 'getLogTile',
    summary:
      'Up to 256 hashes of the tree: `0/x001/234`, or `0/x001/234.p/5` for the first five. As C2SP tlog-tiles has it',
    tag: 'audit',
    scopes: ['read'],
    answers: binary,
    contentType: 'application/octet-stream',
    handle: async ({ caller, context, path }) => {
      const named: NamedTile | null = parseTilePath(`tile/${path}`)
      if (named?.kind !== 'hashes') return noSuchName()
      const found = await readLogTile(app, caller.tenantId, named.tile)
      if (isRejection(found)) return found
      const { fresh, headers } = conditional(context, found, {
        ...whose,
        'cache-control': neverChanges,
        'content-type': 'application/octet-stream',
      })
      return fresh ?? new Response(new Uint8Array(found), { headers })
    },
  }),
]

/** Text compresses well, hashes not at all. */
const entriesAnswer = (context: HttpContext, entries: Uint8Array): Response => {
  const { fresh, headers } = conditional(
    context,
    entries,
    {
      vary: `${whose.vary}, Accept-Encoding`,
      'cache-control': neverChanges,
      'content-type': 'application/octet-stream',
    },
    { weak: true },
  )
  if (fresh !== null) return fresh
  const bytes = new Uint8Array(entries)
  if (!takesGzip(context.req.header('accept-encoding') ?? '')) return new Response(bytes, { headers })
  return new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')), {
    headers: { ...headers, 'content-encoding': 'gzip' },
  })
}

const takesGzip = (accepted: string): boolean =>
  accepted.split(',').some((each) => /^\s*(?:gzip|\*)\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(each))

const noSuchName = (): Rejection =>
  reject(
    'not_found',
    'No tile has such a name.',
    'Names are such as tile/0/x001/234 and tile/entries/000.p/5; see docs/audit-format.md.',
  )
