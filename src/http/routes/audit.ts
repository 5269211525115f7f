import { z } from '@hono/zod-openapi'
import { fetchExport, openExport } from '../../app/audit/open-export.ts'
import { proveAbout } from '../../app/audit/prove.ts'
import { readAudit } from '../../app/audit/read-audit.ts'
import { readLogKeys, readNewestCheckpoint } from '../../app/audit/read-log.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import {
  AuditEntryView,
  AuditKeyView,
  AuditQuery,
  CheckpointView,
  ExportTicketView,
  ProofInput,
  ProofView,
} from '../schemas/audit.ts'
import { page } from '../schemas/common.ts'

export const auditRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/audit',
    id: 'listAudit',
    summary: 'Entries of the history, newest first: of incidents, and one’s own; an admin sees all',
    tag: 'audit',
    scopes: ['read'],
    query: AuditQuery,
    answers: page(AuditEntryView),
    handle: async ({ caller, query: { event, ...query } }) => {
      const found = await readAudit(app, caller, { ...query, events: event })
      return isRejection(found)
        ? found
        : { ...found, items: found.items.map((entry) => ({ ...entry, details: { ...entry.details } })) }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/audit/checkpoint',
    id: 'getAuditCheckpoint',
    summary:
      'The newest signed checkpoint of the history: whoever keeps it can tell later what was cut off or rewritten',
    tag: 'audit',
    scopes: ['read'],
    answers: CheckpointView,
    handle: ({ caller }) => readNewestCheckpoint(app, caller.tenantId),
  }),
  operation({
    method: 'get',
    path: '/v1/audit/keys',
    id: 'listAuditKeys',
    summary: 'The public keys that have signed the history, the first one first',
    tag: 'audit',
    scopes: ['read'],
    answers: z.object({ items: z.array(AuditKeyView) }),
    handle: async ({ caller }) => ({ items: [...(await readLogKeys(app, caller.tenantId))] }),
  }),
  operation({
    method: 'post',
    path: '/v1/audit/exports',
    id: 'exportAudit',
    summary: 'Writes down that you take the whole history, and says where it can be fetched for an hour',
    tag: 'audit',
    scopes: ['admin'],
    status: 201,
    answers: ExportTicketView,
    handle: async ({ caller }) => {
      const ticket = await openExport(app, caller)
      return isRejection(ticket) ? ticket : { ...ticket, href: `/v1/audit/exports/${ticket.id}` }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/audit/exports/{id}',
    id: 'fetchAuditExport',
    summary: 'The file of an export (docs/audit-format.md), as often as it takes; for whoever asked for it',
    tag: 'audit',
    scopes: ['admin'],
    answers: z.string().openapi({ description: 'The entries with their checkpoints, one a line' }),
    contentType: 'text/plain',
    handle: async ({ caller, id }) => {
      const found = await fetchExport(app, caller, id)
      return isRejection(found)
        ? found
        : new Response(ReadableStream.from(found.body), {
            headers: {
              'content-type': 'text/plain; charset=utf-8',
              'content-disposition': `attachment; filename="${found.fileName}"`,
              'cache-control': 'no-store',
            },
          })
    },
  }),
  operation({
    method: 'post',
    path: '/v1/audit/proofs',
    id: 'proveAudit',
    summary:
      'All entries about an incident, a run, a proposal or a request, each with its path to the signed root',
    tag: 'audit',
    scopes: ['read'],
    body: ProofInput,
    answers: ProofView,
    handle: async ({ caller, body: { about } }) => {
      const proved = await proveAbout(app, caller, about)
      if (isRejection(proved)) return proved
      const { text: file, incidentId: _, ...rest } = proved
      return { ...rest, file }
    },
  }),
]
