import { aboutIn, type Place, type Said, whenIn } from './frames/said.ts'
import { groupIn } from './frames/work-frames.ts'
import { type About, aboutOf, type Query, type When } from './query.ts'

/** What follows on the question before: it changes what it names and keeps the rest. */

/** Null where nothing of it fits the question before. */
export const followUp = (said: Said, before: Query, place: Place): Query | null => {
  if (said.unread.length > 0) return null
  const bare = [...said.tags].filter((tag) => !lead.has(tag))
  if (bare.length === 0 && slots(said) === 0) return null
  if (bare.includes('why'))
    return bare.every((tag) => tag === 'why' || tag === 'not') && onlyPoints(said) ? why(before, place) : null
  if (bare.includes('who')) return who(bare, said, before, place)
  if (bare.some((tag) => !changing.has(tag))) return null
  return changed(said, bare, before, place)
}

const lead = new Set(['whatabout', 'what', 'which', 'anything', 'or'])
const changing = new Set(
  `group_service group_playbook group_day group_diagnosis which_service which_playbook which_day count best worst never most fastest slowest
  failed succeed work rolledback timedout blocked canceled unknown open resolved critical high medium low severity
  running waiting approve approved approval reject rejected vs compare i run incident playbook fix deploy change
  service day duration mttr approver take do how`.split(/\s+/),
)

/** It says nothing but what would change a question before it. */
export const changesOnly = (said: Said): boolean =>
  [...said.tags].every((tag) => lead.has(tag) || changing.has(tag))

const slots = (said: Said): number =>
  said.services.length +
  said.records.length +
  said.people.length +
  said.playbooks.length +
  said.times.length +
  said.pointsAt.length

const onlyPoints = (said: Said): boolean => slots(said) === said.pointsAt.length

const one = (about: About): boolean => !['everything', 'service'].includes(about.kind)

const why = (before: Query, place: Place): Query | null => {
  const about = aboutOf(before)
  switch (before.subject) {
    case 'what_runs':
    case 'status':
    case 'next_allowed':
    case 'why_blocked':
      return { subject: 'why_blocked', about: about.kind === 'everything' ? hereOr(about, place) : about }
    case 'runs':
      return before.outcome === 'blocked' ? { subject: 'why_blocked', about } : null
    case 'why_refused':
      return before
    case 'decisions':
      return before.decision === 'reject'
        ? { subject: 'why_refused', about, mine: false, when: before.when }
        : null
    case 'what_happened':
    case 'who_approved':
    case 'what_next':
    case 'silences':
    case 'learning':
    case 'recovery':
    case 'incidents':
    case 'audit':
    case 'changes':
    case 'governance':
    case 'who_can':
    case 'focus':
    case 'scheduler':
    case 'proof':
    case 'self_test':
    case 'help':
      return null
  }
}

const hereOr = (about: About, place: Place): About =>
  place.thread === null ? about : { kind: 'incident', id: place.thread.incident }

/** Votes are of one incident, run or request. */
const who = (bare: readonly string[], said: Said, before: Query, place: Place): Query | null => {
  if (!onlyPoints(said) || bare.some((tag) => !['who', 'approved', 'do'].includes(tag))) return null
  const named = aboutOf(before)
  const about = one(named)
    ? named
    : aboutIn({ ...said, pointsAt: ['any'] }, { ...place, before: null }, 'record', 'thread')
  if (about === null || about === 'which_one') return null
  return [
    'what_happened',
    'runs',
    'decisions',
    'what_runs',
    'status',
    'who_approved',
    'why_blocked',
    'proof',
  ].includes(before.subject)
    ? { subject: 'who_approved', about }
    : null
}

type Mutable = { -readonly [K in keyof Query]: Query[K] } & Record<string, unknown>

const changed = (said: Said, bare: readonly string[], before: Query, place: Place): Query | null => {
  const query: Mutable = { ...before }
  const rest = new Set(bare)
  const set = (field: string, value: unknown, ...tags: readonly string[]): boolean => {
    if (!Object.hasOwn(before, field)) return false
    query[field] = value
    for (const tag of tags) rest.delete(tag)
    return true
  }
  const versus = rest.has('vs') || rest.has('compare')
  if (versus && !setVersus(said, set, before, place)) return null
  if (!versus && !setSlots(said, set, before, place)) return null
  for (const { tags, subject, field, value } of changes)
    for (const tag of tags)
      if (rest.has(tag) && (subject === null || subject.includes(before.subject)) && !set(field, value, tag))
        return null
  const group = groupIn(said, ['service', 'playbook', 'day', 'diagnosis'] as const)
  if (group === 'many') return null
  if (group !== null && !set('group', group, `group_${group}`, `which_${group}`)) return null
  // The noun of what was asked about says nothing new.
  for (const noun of nouns[before.subject] ?? []) rest.delete(noun)
  if (rest.size > 0) return null
  return query as Query
}

const nouns: Partial<Record<Query['subject'], readonly string[]>> = {
  incidents: ['incident', 'do'],
  runs: ['run', 'do'],
  what_runs: ['run', 'do'],
  learning: ['playbook', 'fix', 'do', 'how', 'work', 'succeed', 'which_playbook'],
  recovery: ['mttr', 'do', 'incident', 'how'],
  changes: ['deploy', 'change', 'do'],
  decisions: ['approved', 'approval', 'do'],
  audit: ['do'],
}

const setSlots = (
  said: Said,
  set: (field: string, value: unknown, ...tags: readonly string[]) => boolean,
  before: Query,
  place: Place,
): boolean => {
  const { services, records, people, playbooks, times, pointsAt } = said
  if ([services, records, people, playbooks, times].some((each) => each.length > 1)) return false
  if (services.length + records.length > 1) return false
  if (services.length + records.length + pointsAt.length > 0) {
    const about = aboutIn(said, place, kindOf(before), 'thread')
    if (about === null || about === 'which_one' || !set('about', about)) return false
    if (
      'when' in before &&
      before.when.kind === 'since_change' &&
      about.kind === 'service' &&
      times.length === 0
    )
      set('when', { kind: 'since_change', service: about.name })
  }
  const [person] = people
  if (person !== undefined && !set('person', person)) return false
  if (said.tags.has('i') && (person !== undefined || !set('person', place.asker, 'i'))) return false
  const [playbook] = playbooks
  if (playbook !== undefined && (!set('playbook', playbook) || !ungrouped(before, 'playbook'))) return false
  if (times.length > 0) {
    const when = whenIn(said, aboutOf(before), place)
    if (when === null || !set('when', when)) return false
  }
  // What was set against another time or service no longer is, once one of the two is changed.
  if (
    'versus' in before &&
    before.versus !== null &&
    (services.length > 0 || times.length > 0 || playbooks.length > 0)
  )
    return before.versus.kind !== (services.length > 0 ? 'service' : times.length > 0 ? 'when' : 'playbook')
  return true
}

const ungrouped = (before: Query, by: string): boolean => !('group' in before) || before.group !== by

const kindOf = (before: Query): 'any' | 'service' | 'record' =>
  ['learning', 'recovery', 'incidents', 'next_allowed'].includes(before.subject)
    ? 'service'
    : ['who_approved', 'proof'].includes(before.subject)
      ? 'record'
      : 'any'

const setVersus = (
  said: Said,
  set: (field: string, value: unknown, ...tags: readonly string[]) => boolean,
  before: Query,
  place: Place,
): boolean => {
  if (!('versus' in before) || slots(said) - said.pointsAt.length !== 1) return false
  const [service] = said.services
  const [playbook] = said.playbooks
  if (service !== undefined)
    return (
      before.about.kind === 'service' && set('versus', { kind: 'service', name: service }, 'vs', 'compare')
    )
  if (playbook !== undefined)
    return (
      'playbook' in before &&
      before.playbook !== null &&
      set('versus', { kind: 'playbook', name: playbook }, 'vs', 'compare')
    )
  const when: When | null = whenIn(said, aboutOf(before), place)
  return when !== null && before.when.kind !== 'all' && set('versus', { kind: 'when', when }, 'vs', 'compare')
}

const changes: readonly {
  readonly tags: readonly string[]
  readonly subject: readonly Query['subject'][] | null
  readonly field: string
  readonly value: unknown
}[] = [
  { tags: ['count'], subject: null, field: 'count', value: true },
  { tags: ['best'], subject: ['learning'], field: 'pick', value: 'best' },
  { tags: ['worst'], subject: ['learning'], field: 'pick', value: 'worst' },
  { tags: ['never'], subject: ['learning'], field: 'pick', value: 'never' },
  { tags: ['slowest', 'worst'], subject: ['recovery'], field: 'pick', value: 'slowest' },
  { tags: ['fastest', 'best'], subject: ['recovery'], field: 'pick', value: 'fastest' },
  { tags: ['slowest'], subject: ['learning'], field: 'pick', value: 'worst' },
  { tags: ['fastest'], subject: ['learning'], field: 'pick', value: 'best' },
  { tags: ['failed'], subject: ['runs'], field: 'outcome', value: 'failed' },
  { tags: ['succeed', 'work'], subject: ['runs'], field: 'outcome', value: 'succeeded' },
  { tags: ['rolledback'], subject: ['runs'], field: 'outcome', value: 'rolled_back' },
  { tags: ['timedout'], subject: ['runs'], field: 'outcome', value: 'timed_out' },
  { tags: ['blocked'], subject: ['runs'], field: 'outcome', value: 'blocked' },
  { tags: ['canceled'], subject: ['runs'], field: 'outcome', value: 'canceled' },
  { tags: ['unknown'], subject: ['runs'], field: 'outcome', value: 'unknown' },
  { tags: ['open'], subject: ['incidents'], field: 'state', value: 'open' },
  { tags: ['resolved', 'fixed'], subject: ['incidents'], field: 'state', value: 'resolved' },
  { tags: ['critical'], subject: ['incidents'], field: 'severity', value: 'critical' },
  { tags: ['high'], subject: ['incidents'], field: 'severity', value: 'high' },
  { tags: ['medium'], subject: ['incidents'], field: 'severity', value: 'medium' },
  { tags: ['low'], subject: ['incidents'], field: 'severity', value: 'low' },
  { tags: ['running'], subject: ['what_runs'], field: 'state', value: 'running' },
  { tags: ['waiting'], subject: ['what_runs'], field: 'state', value: 'waiting' },
  { tags: ['approve', 'approved', 'approval'], subject: ['decisions'], field: 'decision', value: 'approve' },
  { tags: ['reject', 'rejected'], subject: ['decisions'], field: 'decision', value: 'reject' },
]
