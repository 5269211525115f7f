import { z } from '@hono/zod-openapi'
import type { Document } from '../openapi.ts'
import { type Operation, operation } from '../operation.ts'

const OpenApiDocument = z
  .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
  .openapi('OpenApiDocument')

/** The shapes of everything, at two addresses. They tell what an installation can do, so they need what any read needs. */
export const documentRoutes = (document: () => Document): Operation[] =>
  [
    { path: '/openapi.json', id: 'getDocument', summary: 'Every shape of this API, as OpenAPI 3.1' },
    { path: '/v1/openapi.json', id: 'getDocumentOfV1', summary: 'The same document' },
  ].map((declared) =>
    operation({
      ...declared,
      method: 'get',
      tag: 'document',
      scopes: ['read'],
      answers: OpenApiDocument,
      handle: async ({ context }) => {
        const { text, etag } = document()
        // Private: a cache that others share must not answer in place of the check for a key.
        const headers = { etag, 'cache-control': 'private, no-cache', 'content-type': 'application/json' }
        return context.req.header('if-none-match') === etag
          ? new Response(null, { status: 304, headers })
          : new Response(text, { headers })
      },
    }),
  )
