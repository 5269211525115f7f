import { z } from '@hono/zod-openapi'
import { roles, scopes } from '../../domain/person.ts'
import { modes } from '../../domain/policy/facts.ts'
import { Instant, PersonRef } from './common.ts'

export const Me = z
  .object({
    signedIn: z.boolean(),
    tenant: z.string(),
    person: PersonRef.extend({ roles: z.array(z.enum(roles)) }).nullable(),
    scopes: z.array(z.enum(scopes)),
    /** Accounts of chats that are linked to you, as `slack T1:U1`. */
    accounts: z.array(z.string()),
    /** Who is away now and has delegated to you: you vote in their stead. */
    standsInFor: z.array(PersonRef.extend({ roles: z.array(z.enum(roles)) })),
    /** Sent back as `X-CSRF-Token` with every write by a session. */
    csrfToken: z.string().nullable(),
    lab: z.object({ personas: z.array(PersonRef.extend({ roles: z.array(z.enum(roles)) })) }).nullable(),
    version: z.string(),
  })
  .openapi('Me')
export type Me = z.infer<typeof Me>

export const SignInInput = z.object({ key: z.string().min(1).max(200) }).strict()
export const PersonaInput = z.object({ personId: z.string().min(1).max(100) }).strict()

export const KeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    person: PersonRef,
    scopes: z.array(z.enum(scopes)),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
    lastUsedAt: Instant.nullable(),
  })
  .openapi('ApiKey')

export const KeyInput = z
  .object({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(z.enum(scopes)).min(1),
    expiresInDays: z.number().int().min(1).max(3_650).optional(),
    /** Admins may make a key for somebody else or for a service account. */
    personId: z.string().max(100).optional(),
  })
  .strict()
  .openapi('KeyInput')
/** `key` is shown this once; only its hash is kept. */
export const KeyCreated = KeyView.extend({ key: z.string() }).openapi('ApiKeyCreated')

export const PersonView = PersonRef.extend({
  kind: z.enum(['human', 'service_account']),
  roles: z.array(z.enum(roles)),
  /** `groups`: of the chats they came by, whose accounts say which; they count for a while after they were read. */
  rolesFrom: z.enum(['granted', 'groups']),
  /** Null for whoever may act. */
  disabledAt: Instant.nullable(),
}).openapi('Person')
export const PersonInput = z
  .object({
    id: z
      .string()
      .regex(
        /^[a-z][a-z0-9._-]{1,60}$/,
        'lower-case letters, digits, dots and dashes, beginning with a letter',
      ),
    name: z.string().trim().min(1).max(100),
    kind: z.enum(['human', 'service_account']).default('human'),
    roles: z.array(z.enum(roles)),
  })
  .strict()
  .openapi('PersonInput')

export const GovernanceView = z
  .object({ mode: z.enum(modes), emergencyStop: z.boolean(), approverRoles: z.array(z.enum(roles)) })
  .openapi('Governance')
export const GovernanceInput = z
  .object({ mode: z.enum(modes).optional(), emergencyStop: z.boolean().optional() })
  .strict()

export const HealthView = z
  .object({
    status: z.enum(['pass', 'warn', 'fail']),
    version: z.string(),
    checks: z.record(
      z.string(),
      z.object({
        status: z.enum(['pass', 'warn', 'fail']),
        detail: z.string(),
        since: z.string().optional().openapi({ description: 'When a check that fails was first seen to' }),
      }),
    ),
  })
  .openapi('Health')

/** What needs no key, and so names no place and no cause. */
export const OpenHealthView = z
  .object({
    status: z.enum(['pass', 'warn', 'fail']),
    version: z.string(),
    failing: z.array(
      z.object({
        name: z.string(),
        status: z.literal('fail'),
        detail: z.string(),
        since: z.string().nullable(),
      }),
    ),
  })
  .openapi('OpenHealth')

export const IngestReceiptView = z
  .object({
    received: z.number().int(),
    created: z.number().int(),
    unchanged: z.number().int(),
    incidents: z.array(z.string()),
    keptAside: z.array(z.object({ index: z.number().int(), field: z.string(), problem: z.string() })),
  })
  .openapi('IngestReceipt')
