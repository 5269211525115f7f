import type { Generated } from 'kysely'
import type { Card, CardKind } from '../domain/card.ts'
import type { At, Json, MaybeJson } from './columns.ts'

export interface CardTable {
  tenant_id: string
  id: string
  incident_id: string
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
}

export const cardCommands = ['request', 'approve', 'reject', 'cancel', 'escalate'] as const
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
  received_at: At
  outcome: MaybeJson<unknown>
}
