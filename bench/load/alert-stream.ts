/**
 * What a busy estate sends, made up but repeatable: the same seed gives the same alerts, so that every side of a bench
 * takes exactly the same stream.
 */
export interface StreamAlert {
  readonly service: string
  readonly instance: string
  readonly alertname: string
  readonly status: 'firing' | 'resolved'
  readonly startsAt: string
  readonly endsAt: string | null
}

/** Of every 100 alerts; what is left over of `fresh` and `repeated` are resolves. */
export interface Mix {
  /** First alert of a service nobody has heard of: a new group. */
  readonly opening: number
  /** A new alert in a group that is there. */
  readonly fresh: number
  /** An alert sent before, unchanged: Prometheus repeats every firing alert once a minute. */
  readonly repeated: number
  /** The end of an alert sent before, whose group still has others firing. */
  readonly resolved: number
}

export const busyMix: Mix = { opening: 1, fresh: 54, repeated: 35, resolved: 10 }

/** A small repeatable generator (mulberry32): 0 up to, but not including, 1. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const names = ['HighErrorRate', 'LatencyP99', 'PodCrashLooping', 'DiskAlmostFull', 'ServiceDown'] as const

const serviceName = (number: number): string => `service-${String(number).padStart(5, '0')}`

const firing = (service: string, instance: string, name: number, startsAt: string): StreamAlert => ({
  service,
  instance,
  alertname: names[name % names.length] ?? names[0],
  status: 'firing',
  startsAt,
  endsAt: null,
})

/** One alert for each of `groups` services: brings every group into being before anything is timed. */
export const openingStream = (groups: number, startsAt: string): StreamAlert[] =>
  Array.from({ length: groups }, (_, number) => firing(serviceName(number), 'first', number, startsAt))

export interface StreamOptions {
  readonly round: number
  readonly alerts: number
  readonly groups: number
  readonly mix: Mix
  readonly startsAt: string
}

/** One round's stream over groups that `openingStream` has opened; services are picked evenly. */
export const roundStream = ({ round, alerts, groups, mix, startsAt }: StreamOptions): StreamAlert[] => {
  const random = randomOf(round + 1)
  const below = (limit: number): number => Math.floor(random() * limit)
  const live: StreamAlert[] = []
  const stream: StreamAlert[] = []
  for (let at = 0; at < alerts; at += 1) {
    const dice = random() * (mix.opening + mix.fresh + mix.repeated + mix.resolved)
    const isOld = dice >= mix.opening + mix.fresh && live.length > 0
    if (!isOld) {
      const service = dice < mix.opening ? `service-r${round}-${at}` : serviceName(below(groups))
      const alert = firing(service, `r${round}-${at}`, below(names.length), startsAt)
      stream.push(alert)
      if (dice >= mix.opening) live.push(alert)
      continue
    }
    const pick = below(live.length)
    const alert = live[pick]
    if (alert === undefined) continue
    if (dice < mix.opening + mix.fresh + mix.repeated) stream.push(alert)
    else {
      stream.push({ ...alert, status: 'resolved', endsAt: startsAt.replace(/\d\dZ$/, '59Z') })
      live[pick] = live.at(-1) ?? alert
      live.pop()
    }
  }
  return stream
}

/** A storm: `alerts` over `groups` services that nobody has heard of, in no order. */
export const stormStream = (
  round: number,
  alerts: number,
  groups: number,
  startsAt: string,
): StreamAlert[] => {
  const random = randomOf(round + 7_001)
  const all = Array.from({ length: alerts }, (_, at) =>
    firing(`storm-${round}-${at % groups}`, `pod-${at}`, at, startsAt),
  )
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const here = all[at]
    const there = all[other]
    if (here === undefined || there === undefined) continue
    all[at] = there
    all[other] = here
  }
  return all
}
