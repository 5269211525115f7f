import type { Query } from '../../src/query/query.ts'

/** What is asked in the chat, a kind each; ids and names are put in for the words in braces. */
export interface AskedKind {
  readonly subject: Query['subject']
  readonly text: string
  /** In the thread of an incident, where question and answer are kept; elsewhere the answer is the reply. */
  readonly inThread?: true
}

export interface Placeholders {
  /** Ids of an incident that is long over, one that is open, a run and the request for it. */
  readonly incident: string
  readonly open: string
  readonly run: string
  readonly service: string
  readonly playbook: string
}

export const kindsAsked: readonly AskedKind[] = [
  { subject: 'learning', text: 'which playbook works best?' },
  { subject: 'learning', text: 'success rate of {playbook} on {service} this week?' },
  { subject: 'recovery', text: 'what is the mttr of {service} in the last 30 days?' },
  { subject: 'incidents', text: 'how many incidents per service this week?' },
  { subject: 'status', text: 'which incidents are open?' },
  { subject: 'runs', text: 'which runs failed this week?' },
  { subject: 'decisions', text: 'what did bea approve today?' },
  { subject: 'who_approved', text: 'who approved {run}?' },
  { subject: 'what_happened', text: 'what happened with {incident}?' },
  { subject: 'why_blocked', text: 'why is {open} blocked?' },
  { subject: 'what_runs', text: 'what runs now?' },
  { subject: 'next_allowed', text: 'when may something run on {service}?' },
  { subject: 'audit', text: 'audit trail of {service} this week?' },
  { subject: 'what_next', text: 'what can I do now?', inThread: true },
]

export const asked = (text: string, given: Placeholders): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: keyof Placeholders) => given[name])
