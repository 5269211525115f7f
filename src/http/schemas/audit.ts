import { z } from '@hono/zod-openapi'
import { auditEvents } from '../../domain/audit.ts'
import { Instant, PersonRef, pageQuery } from './common.ts'

export const AuditEntryView = z
  .object({
    id: z.string(),
    index: z.number().int().nullable().openapi({
      description: 'Number in the log; null for the moment until it is sealed',
    }),
    at: Instant,
    event: z.enum(auditEvents),
    actor: PersonRef,
    subject: z.string().openapi({ example: 'run-7' }),
    incidentId: z.string().nullable(),
    text: z.string(),
    details: z.record(z.string(), z.unknown()),
    leafHash: z.string().openapi({ description: 'Hex' }),
  })
  .openapi('AuditEntry')
export type AuditEntryView = z.infer<typeof AuditEntryView>

const when = z.iso.datetime({ offset: true }).transform((text) => Temporal.Instant.from(text))

export const AuditQuery = pageQuery
  .extend({
    actor: z.string().max(200).optional().openapi({ description: 'Id of a person', example: 'person_ada' }),
    service: z.string().max(200).optional(),
    incident: z.string().max(100).optional(),
    event: z
      .string()
      .max(1_000)
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(auditEvents)).min(1))
      .optional()
      .openapi({
        type: 'string',
        description: 'One or several, separated by commas',
        example: 'run_started',
      }),
    from: when.optional().openapi({ type: 'string', format: 'date-time', description: 'Not before' }),
    to: when.optional().openapi({ type: 'string', format: 'date-time', description: 'Before' }),
  })
  .strict()

export const CheckpointView = z
  .object({
    origin: z.string().openapi({ example: 'suture.example.com/audit/main' }),
    size: z.number().int(),
    root: z.string().openapi({ description: 'Base64' }),
    at: Instant,
    note: z.string().openapi({ description: 'The signed note (C2SP tlog-checkpoint): keep this' }),
  })
  .openapi('AuditCheckpoint')

export const AuditKeyView = z
  .object({
    vkey: z.string().openapi({ description: 'Pin this: C2SP signed-note verifier key' }),
    fromSize: z.number().int().openapi({ description: 'Entries in the log when this key began to sign' }),
  })
  .openapi('AuditKey')

export const ExportTicketView = z
  .object({
    id: z.string(),
    origin: z.string(),
    entries: z.number().int(),
    until: Instant,
    href: z.string().openapi({ example: '/v1/audit/exports/x', description: 'Where the file is' }),
  })
  .openapi('AuditExport')

export const ProofInput = z
  .strictObject({
    about: z.string().min(1).max(100).openapi({
      example: 'run-42',
      description: 'An incident, a run, a proposal or a request',
    }),
  })
  .openapi('ProofInput')

export const ProofView = z
  .object({
    about: z.string(),
    entries: z.number().int(),
    complete: z.boolean(),
    size: z.number().int().openapi({ description: 'Entries that the checkpoint counts' }),
    origin: z.string(),
    sentence: z.string(),
    fileName: z.string().openapi({ example: 'suture-proof-run-42.json' }),
    file: z.string().openapi({ description: 'What `suture audit verify` reads (docs/audit-format.md)' }),
  })
  .openapi('AuditProof')
