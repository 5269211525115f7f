import type { Role, Scope } from '../person.ts'

/** Who may do one thing: a route, a command of a chat, or a button. Tests hold the code to it, cell by cell. */
export interface Right {
  /** Everybody, whoever is known here, or whoever has one of these roles. */
  readonly who: 'everybody' | 'known' | readonly Role[]
  /** What a key or session has to carry besides; null where none is asked for. */
  readonly scope: Scope | null
  /** A service account may not, whatever its roles. */
  readonly peopleOnly?: true
  /** What a key needs that a session does not. */
  readonly keyScope?: Scope
  /** What the table cannot say: who may do a part of it only, or more. */
  readonly note?: string
}

export type Rights = Readonly<Record<string, Right>>

const responders: readonly Role[] = ['responder', 'approver', 'admin']

export const open: Right = { who: 'everybody', scope: null }
export const reading: Right = { who: 'known', scope: 'read' }
export const responding: Right = { who: responders, scope: 'respond' }
/** The scope alone decides, which viewers have not. */
export const acting: Right = { who: ['responder', 'approver', 'override', 'admin'], scope: 'respond' }
export const approving: Right = { who: ['approver', 'admin'], scope: 'approve', peopleOnly: true }
export const freezing: Right = { who: ['override', 'admin'], scope: 'respond' }
/** Whoever has a vote of their own. */
export const delegating: Right = {
  who: ['approver', 'override', 'admin'],
  scope: 'respond',
  peopleOnly: true,
}
export const administering: Right = { who: ['admin'], scope: 'admin' }

export const noted = (right: Right, note: string): Right => ({ ...right, note })
