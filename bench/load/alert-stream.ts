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

/** Of every 100 runs of alerts. */
export interface Mix {
  /** First alerts of a service nobody has heard of: a new group. */
  readonly opening: number
  /** New alerts in a group that is there. */
  readonly fresh: number
  /** A run sent before, unchanged: Alertmanager repeats what still fires with every notification. */
  readonly repeated: number
  /** The end of a run sent before, whose group still has others firing. */
  readonly resolved: number
}

export const busyMix: Mix = { opening: 1, fresh: 54, repeated: 35, resolved: 10 }

/** Alerts of one service that come together: a notification is about a few services, not about as many as it has alerts. */
export const runLength = 10

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
  /** Alerts of one service in a row; 1 spreads them evenly. */
  readonly runLength: number
  readonly mix: Mix
  readonly startsAt: string
}

const ended = (alert: StreamAlert): StreamAlert => ({
  ...alert,
  status: 'resolved',
  endsAt: alert.startsAt.replace(/\d\dZ$/, '59Z'),
})

/** One round's stream over groups that are there already; services are picked evenly. */
export const roundStream = ({
  round,
  alerts,
  groups,
  runLength: length,
  mix,
  startsAt,
}: StreamOptions): StreamAlert[] => {
  const random = randomOf(round + 1)
  const below = (limit: number): number => Math.floor(random() * limit)
  const live: StreamAlert[][] = []
  const stream: StreamAlert[] = []
  while (stream.length < alerts) {
    const dice = random() * (mix.opening + mix.fresh + mix.repeated + mix.resolved)
    const pick = below(Math.max(1, live.length))
    const before = live[pick]
    if (dice < mix.opening + mix.fresh || before === undefined) {
      const at = stream.length
      const service = dice < mix.opening ? `service-r${round}-${at}` : serviceName(below(groups))
      const name = below(names.length)
      const run = Array.from({ length }, (_, number) =>
        firing(service, `r${round}-${at}-${number}`, name, startsAt),
      )
      stream.push(...run)
      if (dice >= mix.opening) live.push(run)
    } else if (dice < mix.opening + mix.fresh + mix.repeated) stream.push(...before)
    else {
      stream.push(...before.map(ended))
      live[pick] = live.at(-1) ?? before
      live.pop()
    }
  }
  return stream.slice(0, alerts)
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
