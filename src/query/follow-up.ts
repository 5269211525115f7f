import { beforeInstant } from './dates/read-when.ts'
import { aboutIn, between, type Place, type Said, whenIn } from './frames/said.ts'
import { groupIn } from './frames/work-frames.ts'
import { type About, aboutOf, Query, type When } from './query.ts'

/** What follows on the question before: it changes what it names and keeps the rest. */

/** Null where nothing of it fits the question before. */
export const followUp = (said: Said, before: Query, place: Place): Query | null => {
  if (said.unread.length > 0) return null
  const bare = [...said.tags].filter((tag) => !lead.has(tag))
  if (bare.length === 0 && slots(said) === 0) return listed(said, before)
  if (bare.includes('why') || bare.includes('andwhy'))
    return bare.every((tag) => whyTags.has(tag)) && onlyPoints(said) ? why(before, place) : null
  // `and who's fastest?`: of the services.
  const chooses =
    bare.includes('who') && ['fastest', 'slowest', 'best', 'worst'].some((tag) => bare.includes(tag))
  if (chooses && 'group' in before && before.group === 'service')
    return changed(
      said,
      bare.filter((tag) => tag !== 'who'),
      before,
      place,
    )
  if (bare.includes('who')) return who(bare, said, before, place)
  if (bare.some((tag) => !changing.has(tag))) return null
  return changed(said, bare, before, place)
}

const lead = new Set([
  'whatabout',
  'what',
  'which',
  'anything',
  'or',
  'ones',
  'same',
  'again',
  'only',
  'report',
  'now',
])
const whyTags = new Set(['why', 'andwhy', 'not', 'now', 'ones', 'waiting', 'blocked', 'block'])
const changing = new Set(
  `group_service group_playbook group_day group_diagnosis which_service which_playbook which_day count best worst never most fastest slowest
  failed succeed work rolledback timedout blocked canceled unknown open resolved critical high medium low severity
  running waiting approve approved approval reject rejected vs compare i run incident playbook fix deploy change
  service day duration mttr approver take do how more less better worse than he everything everyone all_services calibrated howlong rate success doing log record audit`.split(
    /\s+/,
  ),
)

/** It says nothing but what would change a question before it. */
export const changesOnly = (said: Said): boolean =>
  [...said.tags].every((tag) => lead.has(tag) || changing.has(tag))

/** `which failed?`: it names nothing of which it could be a whole question. */
export const isBare = (said: Said): boolean =>
  slots(said) === 0 && ![...said.tags].some((tag) => whole.has(tag))
const whole = new Set(
  'run incident playbook fix deploy change mttr approval which_playbook which_service'.split(' '),
)

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
    case 'why_blocked':
      return { subject: 'why_blocked', about: about.kind === 'everything' ? hereOr(about, place) : about }
    case 'next_allowed':
      // Why one playbook may not run anywhere, nothing tells.
      return before.playbook !== null && hereOr(about, place).kind === 'everything'
        ? null
        : { subject: 'why_blocked', about: hereOr(about, place) }
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
  place.thread === null || about.kind !== 'everything'
    ? about
    : { kind: 'incident', id: place.thread.incident }

/** `which ones?` after a number asks for the list. */
const listed = (said: Said, before: Query): Query | null =>
  (said.tags.has('which') || said.tags.has('ones')) && 'count' in before && before.count
    ? { ...before, count: false }
    : null

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
  const versus = ['vs', 'compare', 'than'].some((tag) => rest.has(tag))
  if (versus)
    for (const tag of ['how', 'do', 'vs', 'compare', 'than', 'more', 'less', 'better', 'worse'])
      rest.delete(tag)
  // `and what did he reject?`: whoever was asked about.
  if (rest.has('he') && (!('person' in before) || before.person === null || !rest.delete('he'))) return null
  if (rest.has('everything') && slots(said) === 0 && bare.length === 1 && 'about' in before)
    return { ...before, about: { kind: 'everything' } } as Query
  if (rest.has('all_services') && slots(said) === 0 && bare.length === 1 && 'about' in before)
    return { ...before, about: { kind: 'everything' } } as Query
  rest.delete('everything')
  if (versus && !setVersus(said, set, before, place)) return null
  if (!versus && !setSlots(said, set, before, place)) return null
  // What works best is not what is done first.
  if ('measure' in before && before.measure !== 'duration' && (rest.has('fastest') || rest.has('slowest')))
    return null
  for (const { tags, subject, field, value } of changes)
    for (const tag of tags)
      if (rest.has(tag) && (subject === null || subject.includes(before.subject)) && !set(field, value, tag))
        return null
  const group = groupIn(said, ['service', 'playbook', 'day', 'diagnosis'] as const)
  if (group === 'many') return null
  if (group !== null && !set('group', group, `group_${group}`, `which_${group}`)) return null
  // `what does that look like per service?`
  if (group !== null) rest.delete('doing')
  // The noun of what was asked about says nothing new.
  for (const noun of nouns[before.subject] ?? []) rest.delete(noun)
  if (rest.size > 0) return null
  // `and the best?` of one number picks nothing, and not everything can be had per playbook.
  if ('pick' in query && query['pick'] !== 'all' && query['group'] === null) return null
  const whole = Query.safeParse(query)
  return whole.success ? whole.data : null
}

const nouns: Partial<Record<Query['subject'], readonly string[]>> = {
  incidents: ['incident', 'do', 'severity'],
  runs: ['run', 'do'],
  what_runs: ['run', 'do'],
  learning: ['playbook', 'fix', 'do', 'how', 'work', 'succeed', 'which_playbook', 'take'],
  recovery: ['mttr', 'do', 'incident', 'how'],
  changes: ['deploy', 'change', 'do'],
  decisions: ['approved', 'approval', 'do'],
  audit: ['do', 'log', 'record', 'audit'],
}

const setSlots = (
  said: Said,
  set: (field: string, value: unknown, ...tags: readonly string[]) => boolean,
  before: Query,
  place: Place,
): boolean => {
  const [time] = said.times
  // `and since the last deploy of web?` only says since when.
  const beside = time?.kind === 'since_change' ? time.beside : undefined
  const only = beside !== undefined && said.services.length === 1 && said.services[0] === beside
  if (only && beside !== undefined && 'when' in before) {
    if (said.times.length > 1 || said.records.length + said.people.length + said.playbooks.length > 0)
      return false
    return set('when', { kind: 'since_change', service: beside })
  }
  const { services, records, people, playbooks, times, pointsAt } = said
  if ([services, records, people, playbooks, times].some((each) => each.length > 1)) return false
  if (services.length + records.length > 1) return false
  // Outside a thread, `show it per service` is about what it was about.
  const same = place.thread === null && !one(aboutOf(before)) && services.length + records.length === 0
  if (services.length + records.length + pointsAt.length > 0 && !same) {
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
  if (said.tags.has('i') && before.subject === 'why_refused') set('mine', true, 'i')
  else if (said.tags.has('i') && (person !== undefined || !set('person', place.asker, 'i'))) return false
  const [playbook] = playbooks
  if (playbook !== undefined && (!set('playbook', playbook) || !ungrouped(before, 'playbook'))) return false
  if (times.length > 0) {
    const when = timeIn(said, before, place)
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

/** `the week before` is before the time asked about before. */
const timeIn = (said: Said, before: Query, place: Place): When | null => {
  const [time] = said.times
  if (time?.kind !== 'before') return whenIn(said, aboutOf(before), place)
  const earlier =
    'when' in before && before.when.kind === 'between' ? beforeInstant(before.when.from, time) : null
  return earlier === null ? null : between(earlier)
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
  const when = timeIn(said, before, place)
  return when !== null && before.when.kind !== 'all' && set('versus', { kind: 'when', when }, 'vs', 'compare')
}

const changes: readonly {
  readonly tags: readonly string[]
  readonly subject: readonly Query['subject'][] | null
  readonly field: string
  readonly value: unknown
}[] = [
  { tags: ['duration', 'howlong'], subject: ['learning'], field: 'measure', value: 'duration' },
  { tags: ['calibrated'], subject: ['learning'], field: 'measure', value: 'calibration' },
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
