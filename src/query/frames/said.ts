import type { Time } from '../dates/read-when.ts'
import { beforeOf } from '../dates/read-when.ts'
import { type About, allTime, everything, type Versus, type When } from '../query.ts'
import type { Piece } from '../words/pieces.ts'

/** What a question says, whatever the order of its words; the order only tells what is set against what. */
export interface Said {
  readonly tags: ReadonlySet<string>
  /** Words that mean nothing to Suture. */
  readonly unread: readonly string[]
  readonly records: readonly About[]
  readonly services: readonly string[]
  readonly people: readonly string[]
  readonly playbooks: readonly string[]
  readonly times: readonly Time[]
  readonly pointsAt: readonly ('any' | 'service' | 'there')[]
  /** `this service against search`, and not the other way round. */
  readonly pointsFirst: boolean
}

const isService = (piece: Piece): boolean => piece.kind === 'named' && piece.named.kind === 'service'

/** Where and by whom it is asked. */
export interface Place {
  /** The incident of the thread and its service; null outside any. */
  readonly thread: { readonly incident: string; readonly service: string | null } | null
  /** What the question before was about. */
  readonly before: About | null
  readonly asker: string
}

export const saidIn = (pieces: readonly Piece[]): Said => {
  const of = <T>(pick: (piece: Piece) => T | null): T[] =>
    pieces.flatMap((piece) => {
      const found = pick(piece)
      return found === null ? [] : [found]
    })
  const named = (kind: 'service' | 'person' | 'playbook'): string[] => [
    ...new Set(
      of((piece) => {
        if (piece.kind !== 'named' || piece.named.kind !== kind) return null
        return piece.named.kind === 'person' ? piece.named.id : piece.named.name
      }),
    ),
  ]
  const tags = new Set(of((piece) => (piece.kind === 'tag' && piece.tag !== '_' ? piece.tag : null)))
  // `bob: what did he approve`
  if (named('person').length === 1) tags.delete('he')
  return {
    tags,
    unread: [...new Set(of((piece) => (piece.kind === 'word' ? piece.text : null)))],
    records: of((piece) => (piece.kind === 'record' ? piece.about : null)),
    services: named('service'),
    people: named('person'),
    playbooks: named('playbook'),
    times: of((piece) => (piece.kind === 'time' ? piece.time : null)),
    pointsAt: of((piece) => (piece.kind === 'this' ? piece.of : null)),
    pointsFirst:
      pieces.findIndex(({ kind }) => kind === 'this') < pieces.findIndex((piece) => isService(piece)),
  }
}

/**
 * Where nothing is named: what the thread is about, everything, or no answer at all. `nearest`: the record that was asked about
 * just before, too.
 */
export type Unsaid = 'thread' | 'everything' | 'thread_or_everything' | 'nearest'
/** `service`: a service or everything. `record`: one incident, run or request. */
export type Kind = 'any' | 'service' | 'record'

/** `which_one`: it points at something that is not there to be pointed at. */
export const aboutIn = (said: Said, place: Place, kind: Kind, unsaid: Unsaid): About | 'which_one' | null => {
  const [record, ...moreRecords] = said.records
  const [service] = said.services
  if (moreRecords.length > 0 || (record !== undefined && (service !== undefined || said.pointsAt.length > 0)))
    return null
  if (record !== undefined) return kind === 'service' ? null : record
  if (service !== undefined) {
    if (said.pointsAt.length > 0 || kind === 'record') return null
    return { kind: 'service', name: service }
  }
  const [points, ...others] = said.pointsAt
  if (others.some((other) => other !== points)) return null
  if (points !== undefined) return pointedAt(points, place, kind)
  if (unsaid === 'everything') return everything
  // `why is everything blocked?`
  if (said.tags.has('all_services') || (said.tags.has('everything') && place.thread === null))
    return kind === 'record' ? null : everything
  // A whole question that names nothing is about everything, whatever was asked before it; what to do next is not whole.
  const narrowed = unsaid === 'thread' || (unsaid === 'nearest' && isRecord(place.before))
  const thread = pointedAt('any', narrowed ? place : { ...place, before: null }, kind)
  if (thread !== 'which_one' && thread !== null) return thread
  return unsaid === 'thread' ? 'which_one' : everything
}

const isRecord = (about: About | null): boolean =>
  about !== null && about.kind !== 'everything' && about.kind !== 'service'

const pointedAt = (of: 'any' | 'service' | 'there', place: Place, kind: Kind): About | 'which_one' | null => {
  const { thread, before } = place
  const wanted = of === 'service' ? 'service' : kind
  const here: About | null =
    thread === null
      ? null
      : wanted === 'service'
        ? thread.service === null
          ? null
          : { kind: 'service', name: thread.service }
        : { kind: 'incident', id: thread.incident }
  const earlier = before === null || before.kind === 'everything' || !fitting(before, wanted) ? null : before
  return (of === 'there' ? (earlier ?? here) : (here ?? earlier)) ?? 'which_one'
}

const fitting = (about: About, kind: Kind): boolean =>
  kind === 'any' || (kind === 'service') === (about.kind === 'service')

/** The time asked about; null when it is none, or more than one. */
export const whenIn = (said: Said, about: About, place: Place): When | null => {
  const [time, ...others] = said.times
  if (others.length > 0) return null
  return time === undefined ? allTime : whenOf(time, about, place)
}

const whenOf = (time: Time, about: About, place: Place): When | null => {
  switch (time.kind) {
    case 'period':
      return between(time.period)
    case 'since_change': {
      const service =
        time.service ?? (about.kind === 'service' ? about.name : (place.thread?.service ?? null))
      return service === null ? null : { kind: 'since_change', service }
    }
    case 'before':
    case 'none':
      return null
  }
}

export const between = ({
  from,
  to,
}: {
  from: Temporal.ZonedDateTime
  to: Temporal.ZonedDateTime
}): When => ({
  kind: 'between',
  from: from.toInstant().toString(),
  to: to.toInstant().toString(),
})

const comparisons = ['vs', 'compare', 'than', 'or', 'improve']
/** `incidents on web or search` is of both together; `or` sets one against the other only where one is to be chosen. */
const choices =
  'better worse more less fast fastest slow slowest howfast best worst most least which who where reliable'.split(
    ' ',
  )
export const compares = (said: Said): boolean =>
  comparisons.some(
    (tag) =>
      said.tags.has(tag) &&
      (tag !== 'or' || said.playbooks.length === 2 || choices.some((each) => said.tags.has(each))),
  )

/** The two that are set against each other; `null` where that can't be read. */
export const versusIn = (
  said: Said,
  place: Place,
  about: (part: Said) => About | 'which_one' | null,
): { about: About; playbook: string | null; when: When; versus: Versus } | 'which_one' | null => {
  const { services, playbooks, times } = said
  const pointsAtOne = services.length === 1 && said.pointsAt.length === 1 && compares(said)
  if (pointsAtOne && said.pointsFirst && playbooks.length < 2 && times.length < 2) {
    const here = about({ ...said, services: [] })
    const when = here === null || here === 'which_one' ? null : whenIn(said, here, place)
    if (here === null || here === 'which_one' || when === null || here.kind !== 'service') return null
    return {
      about: here,
      playbook: playbooks[0] ?? null,
      when,
      versus: { kind: 'service', name: services[0] ?? '' },
    }
  }
  const pairs = [services, playbooks, times].filter((each) => each.length === 2)
  if ([services, playbooks, times].some((each) => each.length > 2) || pairs.length > 1) return null
  if ((pairs.length === 1) !== compares(said)) return null
  const first = about({ ...said, services: services.slice(0, 1) })
  if (first === null || first === 'which_one') return first
  const when = whenIn({ ...said, times: times.slice(0, 1) }, first, place)
  if (when === null) return null
  const base = { about: first, playbook: playbooks[0] ?? null, when }
  const [, service] = services
  if (service !== undefined) return { ...base, versus: { kind: 'service', name: service } }
  const [, playbook] = playbooks
  if (playbook !== undefined) return { ...base, versus: { kind: 'playbook', name: playbook } }
  const [one, time] = times
  if (time === undefined || one === undefined) return { ...base, versus: null }
  const other = time.kind === 'before' ? beforeOf(one) : null
  const against = other === null ? whenOf(time, first, place) : between(other)
  return against === null ? null : { ...base, versus: { kind: 'when', when: against } }
}
