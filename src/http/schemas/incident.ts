import { z } from '@hono/zod-openapi'
import { alertSources, alertStatuses, severities } from '../../domain/alert.ts'
import { cardKinds } from '../../domain/card.ts'
import { triageCodes } from '../../domain/diagnosis.ts'
import { evidenceSources, evidenceStatuses } from '../../domain/evidence.ts'
import { incidentStatuses } from '../../domain/incident.ts'
import { Instant, PersonRef } from './common.ts'

export const IncidentView = z
  .object({
    id: z.string().openapi({ example: 'inc-42' }),
    service: z.string().nullable(),
    severity: z.enum(severities),
    status: z.enum(incidentStatuses),
    title: z.string(),
    summary: z.string(),
    /** The chat channel its thread is in. */
    channel: z.string(),
    firing: z.number().int(),
    flaps: z.number().int(),
    openedAt: Instant,
    resolvedAt: Instant.nullable(),
    /** One line of what is going on now: `Waiting for approval of Restart the service`. */
    now: z.string(),
  })
  .openapi('Incident')
export type IncidentView = z.infer<typeof IncidentView>

export const AlertView = z
  .object({
    fingerprint: z.string(),
    source: z.enum(alertSources),
    status: z.enum(alertStatuses),
    severity: z.enum(severities),
    title: z.string(),
    summary: z.string(),
    labels: z.record(z.string(), z.string()),
    links: z.array(z.object({ label: z.string(), url: z.string() })),
    startsAt: Instant,
    claimedStartsAt: Instant.nullable().openapi({
      description:
        'The start the sender gave, where it was more than 5 min ahead and the arrival is taken instead',
    }),
    endsAt: Instant.nullable(),
    received: z.number().int(),
  })
  .openapi('Alert')

export const EvidenceView = z
  .object({
    id: z.string(),
    source: z.enum(evidenceSources),
    subject: z.string(),
    status: z.enum(evidenceStatuses),
    summary: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    observedAt: Instant,
    durationMs: z.number(),
  })
  .openapi('Evidence')

export const HypothesisView = z
  .object({
    code: z.enum(triageCodes),
    title: z.string(),
    likelihood: z.number(),
    evidenceFor: z.array(z.string()),
    evidenceAgainst: z.array(z.string()),
  })
  .openapi('Hypothesis')

export const IncidentDetail = IncidentView.extend({
  alerts: z.array(AlertView),
  evidence: z.array(EvidenceView),
  hypotheses: z.array(HypothesisView),
  /** Newest first. */
  runIds: z.array(z.string()),
  /** What is proposed now, best first. */
  proposalIds: z.array(z.string()),
}).openapi('IncidentDetail')

/** One message of a thread: a card of Suture's, or what a person wrote. `body` of a card is the Card tree of src/domain/card.ts. */
export const ThreadItem = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('card'),
      id: z.string(),
      cardKind: z.enum(cardKinds),
      version: z.number().int(),
      createdAt: Instant,
      updatedAt: Instant,
      card: z.any().openapi({
        type: 'object',
        description: 'title, status, tone, severity, blocks; a block of kind chart is a ChartView',
      }),
    }),
    z.object({
      kind: z.literal('message'),
      id: z.string(),
      author: PersonRef,
      body: z.string(),
      createdAt: Instant,
    }),
  ])
  .openapi('ThreadItem')
export type ThreadItem = z.infer<typeof ThreadItem>

export const TimelineEntry = z
  .object({
    id: z.string(),
    at: Instant,
    event: z.string(),
    actor: PersonRef,
    subject: z.string(),
    /** The entry as one sentence. */
    text: z.string(),
    /** Hex leaf hash under which this entry stands in the audit log. */
    leafHash: z.string(),
  })
  .openapi('TimelineEntry')

export const PostmortemView = z
  .object({
    incidentId: z.string(),
    fileName: z.string().openapi({ example: 'postmortem-inc-42.md' }),
    /** Says itself what it rests on and whether it is complete. */
    markdown: z.string(),
  })
  .openapi('Postmortem')
export type PostmortemView = z.infer<typeof PostmortemView>

export const ChannelView = z
  .object({
    name: z.string(),
    services: z.array(z.string()),
    open: z.number().int(),
    total: z.number().int(),
  })
  .openapi('Channel')

export const MessageInput = z.object({ body: z.string().trim().min(1).max(4_000) }).strict()
