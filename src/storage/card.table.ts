import type { Generated } from 'kysely'
import type { Card, CardKind } from '../domain/card.ts'
import type { FormAnswers } from '../domain/form.ts'
import type { IdentityProvider } from '../domain/person.ts'
import { resolutions } from '../domain/resolution.ts'
import type { At, Json, MaybeAt, MaybeJson } from './columns.ts'

export interface CardTable {
  tenant_id: string
  id: string
  /** Null for what is told in a channel by itself and is of no incident. */
  incident_id: string | null
  kind: CardKind
  channel: string
  body: Json<Card>
  version: Generated<number>
  /** Order of posting among the cards of one commit. */
  position: Generated<number>
  created_at: At
  updated_at: At
}

export interface CardDeliveryTable {
  tenant_id: string
  card_id: string
  chat: 'console' | 'slack' | 'discord'
  desired_version: number
  delivered_version: Generated<number>
  changed_at: At
  message_id: Generated<string | null>
  attempts: Generated<number>
  last_error: Generated<string>
  /** The channel whose turn brings it; empty for the console. */
  lane: Generated<string>
  position: Generated<number>
  /** Since when it is behind; null in rows of an older version. */
  due_since: MaybeAt
  /** A call was begun and nobody heard for certain how it ended. */
  begun_at: MaybeAt
  /** Its place in the lane's queue; it is not tried before. */
  due_at: MaybeAt
  /** The last failure was one that trying again does not heal. */
  refused: Generated<boolean>
  /** On the head of a thread alone: the channel of its own. */
  own_channel: Generated<string | null>
}

/** Which platforms show a tenant's cards. */
export interface TenantChatTable {
  tenant_id: string
  chat: 'slack' | 'discord'
  /** When a delivery of this chat was last seen at work. */
  seen_at: At
}

export interface DeliveryLaneTable {
  tenant_id: string
  chat: 'slack' | 'discord'
  lane: string
  /** The turn that has the lane, or had it last. */
  holder: string
  /** Nobody calls the platform for this lane before. */
  free_at: At
  failures: Generated<number>
}

export const cardCommands = [
  'request',
  'request_override',
  'edit',
  'revoke',
  'approve',
  'reject',
  'cancel',
  'escalate',
  'review',
  'unfreeze',
  'unsilence',
  'show_request',
  ...resolutions,
] as const
/** What a button does. */
export type CardCommand = (typeof cardCommands)[number]

export interface ActionTokenTable {
  tenant_id: string
  token: string
  command: CardCommand
  subject: string
  created_at: At
}

export interface ClickTable {
  tenant_id: string
  id: string
  token: string
  person_id: string
  note: Generated<string>
  /** What a form was filled in with, by the names of its fields. */
  answers: MaybeJson<FormAnswers>
  received_at: At
  outcome: MaybeJson<unknown>
  /** Through what it came; null for those of an older version. */
  via: Generated<IdentityProvider | null>
  /** How often a sweeper has taken it up. */
  attempts: Generated<number>
  claimed_at: MaybeAt
}
