import { adoptOpenIncidents, dueLanes, type LaneKey } from '../../storage/lane.repository.ts'
import type { App } from '../app.ts'
import { withCancelAll } from './timers.ts'
import { type TurnEnd, type TurnOptions, takeTurn } from './turn.ts'

/**
 * Brings one chat up to date with the cards, lane by lane: one call at a time in each, several lanes side by side. All
 * that must survive this process stands in the rows; what is kept here only says when to look at which lane.
 */
export interface Delivery {
  /** Something may have become due. */
  readonly poke: () => void
  /** Begins nothing new. What is under way may take `withinMs` to end, then it is aborted. No timer is left. */
  readonly stop: (withinMs: number) => Promise<void>
}

export interface DeliveryOptions extends TurnOptions {
  readonly app: App
  /** Whose cards this connection shows; null for every tenant's. */
  readonly tenantId: string | null
}

const lanesAtOnce = 8
/** While alerts pour in or somebody waits for a click. A platform that takes a card a second does not notice. */
const lanesAtOnceWhenBusy = 2
/** A card waits so long at most for those who wait for a click. */
const mostCourtesyMs = 250
/** For changes that nobody heard of. */
const lookEveryMs = 2_000
/** Says that this chat is there, also to processes that draw cards and know nothing of it. */
const adoptEveryMs = 600_000
/** For cards that were just being drawn at the first time, by whom it was not yet known. */
const adoptAgainMs = 10_000
/** A storm changes cards many times a second: one look serves all that came meanwhile. */
const lookRestMs = 50
/** The more lanes there are, the longer a look takes: at most one part in so many of PostgreSQL's time. */
const lookShare = 10
const longestLookRestMs = 1_000
/** Timers of Node end at once when they are set for more than 24 days. */
const longestWaitMs = 3_600_000
/** What was aborted may note how it ended. */
const noteWithinMs = 1_000

interface Lane {
  readonly key: LaneKey
  readyAt: number
  atWork: boolean
  /** Something became due while it was at work. */
  heard: boolean
}

export const openDelivery = (options: DeliveryOptions): Delivery => {
  const { app, chat, tenantId } = options
  const timers = withCancelAll(options.timers)
  const now = app.clock.monotonicMs
  const lanes = new Map<string, Lane>()
  const turns = new Set<Promise<void>>()
  const stopping = new AbortController()
  let stopped = false
  let adoptAt = now()
  let adopted = false
  let lookFails = false
  let callOffPump = (): void => undefined

  const isBusy = (): boolean =>
    app.pressure?.isHigh() === true || app.peopleFirst?.isAnybodyWaiting() === true

  const pump = (): void => {
    callOffPump()
    if (stopped) return
    const waiting = [...lanes.values()]
      .filter((lane) => !lane.atWork)
      .sort((one, other) => one.readyAt - other.readyAt)
    for (const lane of waiting) {
      // A turn that ends pumps again, so a lane that finds no room is not forgotten.
      if (turns.size >= (isBusy() ? lanesAtOnceWhenBusy : lanesAtOnce)) return
      const inMs = lane.readyAt - now()
      if (inMs > 0) {
        callOffPump = timers.after(Math.min(inMs, longestWaitMs), pump)
        return
      }
      const turn = work(lane).finally(() => {
        turns.delete(turn)
        pump()
      })
      turns.add(turn)
    }
  }

  const work = async (lane: Lane): Promise<void> => {
    lane.atWork = true
    lane.heard = false
    try {
      await app.peopleFirst?.free(mostCourtesyMs)
      schedule(lane, await takeTurn({ ...options, timers }, lane.key, stopping.signal))
    } catch (error) {
      lanes.delete(nameOf(lane.key))
      app.log.warn(
        { chat: chat.name, lane: lane.key.lane, error: messageOf(error) },
        'a turn of delivery failed; its card stays due',
      )
    } finally {
      lane.atWork = false
    }
  }

  const schedule = (lane: Lane, end: TurnEnd): void => {
    if (end.kind === 'moved') poke()
    const inMs = end.kind === 'rest' ? end.ms : lane.heard || end.kind === 'moved' ? 0 : end.ms
    if (inMs === null) lanes.delete(nameOf(lane.key))
    else lane.readyAt = now() + inMs
  }

  const look = async (): Promise<void> => {
    try {
      if (now() >= adoptAt) {
        await adoptOpenIncidents(app.store, chat.name, tenantId)
        adoptAt = now() + (adopted ? adoptEveryMs : adoptAgainMs)
        adopted = true
      }
      for (const key of await dueLanes(app.store, chat.name, tenantId)) {
        const name = nameOf(key)
        const lane = lanes.get(name)
        if (lane === undefined) lanes.set(name, { key, readyAt: now(), atWork: false, heard: false })
        else if (lane.atWork) lane.heard = true
        else lane.readyAt = Math.min(lane.readyAt, now())
      }
      lookFails = false
    } catch (error) {
      if (!lookFails)
        app.log.warn(
          { chat: chat.name, error: messageOf(error) },
          'delivery cannot see what is due; it looks again',
        )
      lookFails = true
    }
    pump()
  }

  let looking = false
  let again = false
  let looked = Promise.resolve()
  const poke = (): void => {
    again = true
    if (looking || stopped) return
    looking = true
    again = false
    const since = now()
    looked = look().then(() => {
      const restMs = Math.min(longestLookRestMs, (now() - since) * (lookShare - 1))
      timers.after(Math.max(lookRestMs, restMs), () => {
        looking = false
        if (again) poke()
      })
    })
  }
  const tick = (): void => {
    poke()
    timers.after(lookEveryMs, tick)
  }
  tick()

  return {
    poke,
    stop: async (withinMs) => {
      stopped = true
      callOffPump()
      const { promise: late, resolve } = Promise.withResolvers<void>()
      timers.after(withinMs, () => stopping.abort())
      timers.after(withinMs + noteWithinMs, resolve)
      await Promise.race([Promise.all([...turns, looked]), late])
      timers.cancelAll()
    },
  }
}

const nameOf = ({ tenantId, lane }: LaneKey): string => `${tenantId} ${lane}`

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
