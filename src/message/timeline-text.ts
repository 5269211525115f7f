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
  const write = Object.hasOwn(writers, facts.event) ? writers[facts.event] : unheardOf
  const text = write(facts, (key) => words(facts.details[key]))
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

/** Of a later version, or written past Suture: one odd entry must not hide all others. */
const unheardOf: Writer = ({ event, actor, subject }) => `${spaced(event)}: ${subject}, by ${actor}`

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
  proposal_edited: ({ actor, subject }, get) =>
    `${actor} edited the parameters of ${get('instead_of') || 'a proposal'}, which is ${subject} now`,
  approval_requested: ({ actor }, get) => `${actor} asked for approval of ${get('playbook') || get('run')}`,
  approval_vote: ({ actor, nameOf }, get) => {
    const stead = get('in_stead_of')
    const voter = stead === '' ? actor : `${actor} for ${nameOf(stead)}`
    return `${voter} ${get('decision') === 'reject' ? 'rejected' : 'approved'} it${because(get('reason'))}`
  },
  approval_rushed: ({ actor, subject, details }) => {
    const after = details['after_ms']
    const when = typeof after === 'number' ? ` ${(Math.max(0, after) / 1_000).toFixed(1)} s` : ' a moment'
    return `${actor} approved ${subject}${when} after it was asked for: hardly time to read it`
  },
  approval_granted: ({ details, subject, nameOf }) => {
    const who = people(details['approvers'], nameOf)
    return who === '' ? `${subject} was granted` : `${subject} was granted by ${who}`
  },
  approval_rejected: ({ actor, subject }, get) =>
    `${subject} was rejected by ${actor}${because(get('reason'))}`,
  approval_expired: ({ subject }) => `${subject} expired without a decision`,
  approval_revoked: ({ actor, subject }, get) =>
    `${actor} took the approval of ${subject} back${because(get('reason'))}`,
  delegation_set: ({ actor, details, nameOf }, get) =>
    `${nameOf(words(details['delegate']))} votes for ${nameOf(words(details['person']))} from ${get('from')} until ${get('until')}, as ${actor} said`,
  delegation_ended: ({ actor, details, nameOf }) =>
    `${actor} ended that ${nameOf(words(details['delegate']))} votes for ${nameOf(words(details['person']))}`,
  approval_reminded: ({ subject }) => `${subject} still waits: whoever may decide was reminded`,
  approval_handed_over: ({ subject }) => `${subject} still waits: it was handed over with the shift`,
  approval_escalated: ({ subject }, get) =>
    `${subject} was taken to the role ${get('roles').replaceAll(', ', ' or ')}: nobody had decided`,
  override_requested: ({ actor }, get) =>
    `${actor} asked for an override of the ${spaced(get('layers'))}${because(get('reason'))}`,
  override_granted: ({ details, subject, nameOf }, get) =>
    `the override of the ${spaced(get('layers'))} of ${subject} was granted by ${people(details['approvers'], nameOf)}`,
  approval_canceled: ({ subject }, get) => `${subject} was withdrawn${because(get('reason'))}`,
  duplicate_check_failed: ({ subject }) =>
    `Suture could not check whether ${subject} was requested twice, and made the request`,
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
  change_recorded: ({ actor }, get) => `${actor} noted a change of ${get('service')}${because(get('title'))}`,
  silence_set: ({ actor, subject }, get) =>
    `${actor} silenced ${get('matchers')} (${subject})${because(get('reason'))}`,
  silence_started: ({ subject }, get) => `${get('matchers')} is silenced from now on (${subject})`,
  silence_ended: ({ subject }, get) => `${get('matchers')} is no longer silenced (${subject})`,
  refused: ({ actor }, get) => `${actor} was refused${because(get('detail'))}`,
  question_answered: (_, get) => `a question was answered${because(get('question'))}`,
  message_posted: ({ actor }) => `${actor} wrote in the thread`,
  key_created: ({ actor }, get) => `${actor} made the key “${get('name')}”`,
  key_revoked: ({ actor }, get) => `${actor} revoked the key “${get('name')}”`,
  person_created: ({ actor, subject }) => `${actor} added ${subject}`,
  person_changed: ({ actor, subject, details, nameOf }) =>
    typeof details['disabled'] === 'boolean'
      ? `${actor} ${details['disabled'] ? 'disabled' : 'enabled'} ${nameOf(subject)}`
      : `${actor} changed ${subject}`,
  identity_linked: ({ actor, subject, nameOf }, get) =>
    `${get('account') || 'an account'} was linked to ${nameOf(subject)} by ${actor}`,
  identity_unlinked: ({ actor, subject, nameOf }, get) =>
    `${get('account') || 'an account'} was taken off ${nameOf(subject)} by ${actor}`,
  link_code_made: ({ actor }) => `${actor} made a code to link an account`,
  chat_refused: (_, get) =>
    `a request that ${get('chat') || 'a chat'} seemed to send was refused${because(spaced(get('reason')))}`,
  signed_in: ({ actor }) => `${actor} signed in`,
  signed_out: ({ actor }) => `${actor} signed out`,
  configuration_imported: (_, get) => `configuration was read${because(get('name'))}`,
  emergency_stop_changed: ({ actor, details }) =>
    `${actor} ${details['on'] === true ? 'pressed' : 'lifted'} the emergency stop`,
  freeze_set: ({ actor, subject }, get) =>
    `${actor} froze ${get('what') || 'something'}${get('until') === '' ? '' : ` until ${get('until')}`} (${subject})${because(get('reason'))}`,
  audit_exported: ({ actor }, get) => `${actor} exported the history, ${get('entries') || 'all'} entries`,
  audit_mirrored: ({ actor }, get) =>
    `${actor} began to fetch entries of the history as tiles, from number ${get('from') || '0'}`,
  self_test_run: ({ actor }, get) =>
    `${actor} ran the tests${get('verdict') === '' ? '' : `: ${get('verdict') === 'pass' ? 'all passed' : `${get('failed') || 'some'} failed`}`}`,
  audit_proved: ({ actor }, get) => `${actor} took a proof about ${get('about') || 'something'}`,
  siem_entry_refused: (_, get) =>
    `the SIEM does not take ${get('index') === '' ? 'an entry' : `entry ${get('index')}`} of the history${because(get('answer'))}`,
  audit_key_rotated: (_, get) =>
    `the history is signed by a new key${get('vkey') === '' ? '' : `: ${get('vkey')}`}`,
  freeze_lifted: ({ actor, subject }, get) =>
    `${actor} lifted the freeze of ${get('what') || 'something'} (${subject})`,
  freeze_ended: ({ subject }, get) => `the freeze of ${get('what') || 'something'} (${subject}) ended`,
  governance_changed: ({ actor }, get) => {
    const whom =
      get('name') === '' ? '' : ` of ${get('scope') === 'playbook' ? 'the playbook ' : ''}${get('name')}`
    return get('mode') === 'default'
      ? `${actor} took the mode${whom} away`
      : `${actor} set the mode${whom} to ${get('mode')}`
  },
  break_glass_opened: ({ actor, subject }, get) =>
    `${actor} broke the glass for ${get('service') || 'all services'} (${subject})${because(get('reason'))}`,
  break_glass_used: ({ subject }, get) =>
    `${subject} runs under ${get('break_glass') || 'a broken glass'}${get('layers') === '' ? '' : `, let past ${spaced(get('layers'))}`}`,
  break_glass_ended: ({ actor, subject }, get) =>
    get('expired') === 'true' ? `${subject} ran out of time` : `${actor} ended ${subject}`,
  break_glass_reviewed: ({ actor, subject }, get) => `${actor} reviewed ${subject}${because(get('note'))}`,
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
