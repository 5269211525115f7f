import type { AuditEvent, AuditValue } from '../domain/audit.ts'

/** One audit entry, with the names of people filled in where the entry has ids. */
export interface TimelineFacts {
  readonly event: AuditEvent
  /** Name of whoever did it. */
  readonly actor: string
  readonly subject: string
  readonly details: { readonly [key: string]: AuditValue }
  readonly nameOf: (personId: string) => string
}

/** The entry as one sentence. Everything in it is text: nothing of it is ever read as markup. */
export const timelineText = (facts: TimelineFacts): string => {
  const text = writers[facts.event](facts, (key) => words(facts.details[key]))
    .trim()
    .replace(/[.\s]+$/, '')
  // An id keeps its own spelling at the beginning of a sentence.
  return `${idFirst.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)}.`
}

const idFirst = /^[a-z]+-\d/

type Writer = (facts: TimelineFacts, get: (key: string) => string) => string

/** A list reads as `a, b`; a word of the program's own as words; what is not there as nothing. */
const words = (value: AuditValue | undefined): string => {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map((each: AuditValue) => words(each)).join(', ')
  if (typeof value === 'object') return ''
  return String(value)
}

const spaced = (word: string): string => word.replaceAll('_', ' ')
const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`)
const people = (value: AuditValue | undefined, nameOf: (id: string) => string): string =>
  Array.isArray(value) ? value.map((id: AuditValue) => nameOf(words(id))).join(' and ') : ''

const recoveries: Readonly<Record<string, string>> = {
  recovered: 'the service recovered',
  not_recovered: 'the service did not recover',
  not_measured: 'recovery was not measured',
}

/** An entry made by an older or newer version may lack a detail, so every sentence reads well without. */
const writers: Readonly<Record<AuditEvent, Writer>> = {
  alerts_received: ({ actor }, get) => `${actor} sent ${get('received') || 'some'} alerts`,
  alert_kept_aside: ({ actor }, get) => `an alert of ${actor} could not be read${because(get('problem'))}`,
  incident_opened: ({ subject }) => `${subject} was opened`,
  incident_reopened: ({ subject }, get) =>
    `${subject} flared up again${get('flaps') === '' ? '' : `, ${get('flaps')} times by now`}`,
  incident_resolved: ({ subject }, get) => `${subject} resolved${because(get('why'))}`,
  incident_escalated: (_, get) => `a person is needed${because(get('why'))}`,
  diagnosis_made: ({ details }) => `diagnosis: ${hypotheses(details['hypotheses'])}`,
  proposal_made: ({ actor, subject }, get) => `${actor} proposed ${get('playbook')} (${subject})`,
  approval_requested: ({ actor }, get) => `${actor} asked for approval of ${get('playbook') || get('run')}`,
  approval_vote: ({ actor }, get) =>
    get('decision') === 'reject'
      ? `${actor} rejected it${because(get('reason'))}`
      : `${actor} approved it${because(get('reason'))}`,
  approval_granted: ({ details, subject, nameOf }) => {
    const who = people(details['approvers'], nameOf)
    return who === '' ? `${subject} was granted` : `${subject} was granted by ${who}`
  },
  approval_rejected: ({ actor, subject }, get) =>
    `${subject} was rejected by ${actor}${because(get('reason'))}`,
  approval_expired: ({ subject }) => `${subject} expired without a decision`,
  approval_canceled: ({ subject }, get) => `${subject} was withdrawn${because(get('reason'))}`,
  permit_issued: ({ subject }) => `${subject} got its single-use permit`,
  run_queued: ({ subject }) => `${subject} is queued`,
  run_started: ({ subject, details }) =>
    details['resumed'] === true ? `${subject} went on after an interruption` : `${subject} started`,
  step_intended: ({ subject }, get) => `${subject} begins step ${get('step')}`,
  step_finished: ({ subject }, get) =>
    `step ${get('step')} of ${subject} ${spaced(get('status'))}${because(get('summary'))}`,
  run_verifying: ({ subject }) => `${subject} checks whether it helped`,
  run_rolling_back: ({ subject }, get) =>
    `${subject} undoes what it did${because(get('reason') || spaced(get('cause')))}`,
  run_finished: ({ subject }, get) => {
    const recovery = recoveries[get('recovery')]
    return `${subject} ended ${spaced(get('status'))}${recovery === undefined ? '' : `; ${recovery}`}${because(get('reason'))}`
  },
  run_blocked: ({ subject }, get) => `${subject} did not run${because(get('reason'))}`,
  run_cancel_requested: ({ actor, subject }) => `${actor} stopped ${subject}`,
  run_resolution: ({ actor, subject }, get) =>
    `${actor} said what became of ${subject}${because(spaced(get('resolution')))}`,
  outcome_recorded: ({ subject }, get) =>
    `the outcome of ${subject} was noted: ${recoveries[get('recovery')] ?? spaced(get('status'))}`,
  refused: ({ actor }, get) => `${actor} was refused${because(get('detail'))}`,
  question_answered: (_, get) => `a question was answered${because(get('question'))}`,
  message_posted: ({ actor }) => `${actor} wrote in the thread`,
  key_created: ({ actor }, get) => `${actor} made the key “${get('name')}”`,
  key_revoked: ({ actor }, get) => `${actor} revoked the key “${get('name')}”`,
  person_created: ({ actor, subject }) => `${actor} added ${subject}`,
  person_changed: ({ actor, subject }) => `${actor} changed ${subject}`,
  signed_in: ({ actor }) => `${actor} signed in`,
  signed_out: ({ actor }) => `${actor} signed out`,
  configuration_imported: (_, get) => `configuration was read${because(get('name'))}`,
  emergency_stop_changed: ({ actor, details }) =>
    `${actor} ${details['on'] === true ? 'pressed' : 'lifted'} the emergency stop`,
  governance_changed: ({ actor }, get) => `${actor} set the mode to ${get('mode')}`,
}

const hypotheses = (value: AuditValue | undefined): string => {
  if (!Array.isArray(value)) return 'none'
  const texts = value.slice(0, 3).flatMap((each: AuditValue) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return []
    const { code, likelihood } = each as { readonly [key: string]: AuditValue }
    return [
      typeof likelihood === 'number'
        ? `${spaced(words(code))} ${Math.round(likelihood * 100)} %`
        : spaced(words(code)),
    ]
  })
  return texts.length === 0 ? 'none' : texts.join(', ')
}
