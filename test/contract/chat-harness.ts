import type { ChatOptions } from '../../src/app/chat/options.ts'
import { openDelivery } from '../../src/app/delivery/open-delivery.ts'
import type { Timers } from '../../src/app/delivery/timers.ts'
import type { ChatName, ChatPort } from '../../src/app/ports.ts'
import type { Role } from '../../src/domain/person.ts'
import type { ChatWorld } from '../db/chat-world.ts'

/** What one can do and see in a chat, the same for each of them. */
export interface ChatHarness {
  readonly via: ChatName
  readonly world: ChatWorld
  /** Lets time pass until every card stands in the chat in its newest state. */
  readonly show: () => Promise<void>
  /** Messages outside of threads that show the card of this incident. */
  readonly heads: (incident: Incident) => Promise<readonly Seen[]>
  /** What stands in its thread, oldest first; answers that one person alone sees are not among it. */
  readonly thread: (incident: Incident) => Promise<readonly Seen[]>
  readonly press: (who: Who, button: Button) => Promise<Answer>
  /** A note, or one value for each field of the form. */
  readonly submit: (who: Who, form: Form, given: string | Values) => Promise<Answer>
  readonly command: (who: Who, words: string, about: Incident) => Promise<Answer>
  /** Everything so far that this person saw and nobody else. */
  readonly privately: (who: Who) => readonly string[]
  /** Everything that everybody sees outside of threads, and in those of these incidents. */
  readonly openly: (incidents: readonly Incident[]) => Promise<readonly string[]>
  /** Deletes a message, as people do. */
  readonly remove: (seen: Seen) => Promise<void>
  /** Everything that was shown so far and would call somebody, or that the platform would have refused. */
  readonly wrongs: () => Promise<readonly string[]>
  readonly personId: (who: Who) => string
  /** What does not hold here by the nature of this chat. */
  readonly nature: Nature
  readonly close: () => Promise<void>
}

export interface Nature {
  /** Whether a message has an end: what is longer is cut. */
  readonly cuts: boolean
  /** Whether a form is asked for before it opens, so that it need not open for whoever may not send it. */
  readonly asksForForms: boolean
  /** What is told to whoever asks for help, and to whoever types `aproove`. */
  readonly help: RegExp
  readonly nearest: RegExp
}

export interface Incident {
  readonly id: string
  readonly title: string
}

/** One message, as a person reads it: without what keeps it from formatting or pinging. */
export interface Seen {
  readonly id: string
  readonly text: string
  readonly buttons: readonly Button[]
}

export interface Button {
  readonly label: string
  /** What the platform sends back. */
  readonly id: string
  readonly messageId: string
}

/** Without the dots that say of a button that it asks something first. */
export const labelOf = (shown: string): string => shown.replace(/…$/, '')

/** By the names of the fields. */
export type Values = Readonly<Record<string, string>>

export interface Field {
  readonly name: string
  readonly label: string
  /** What stands in it beforehand. */
  readonly value: string
  /** Empty where it is typed. */
  readonly options: readonly string[]
}

export interface Form {
  readonly id: string
  readonly title: string
  readonly label: string
  /** Empty where a note is asked for. */
  readonly fields: readonly Field[]
  /** What the platform gives back as it got it. */
  readonly kept: string
}

export interface Answer {
  /** Empty where a form was shown instead. */
  readonly told: string
  readonly form: Form | null
  /** Of the answer itself, such as the next right step after a refusal. */
  readonly buttons: readonly Button[]
  /** Whether the others see it too. */
  readonly openly: boolean
}

/** Who takes part. Ada may respond and approve, Ben respond, Chloe and Dan approve, Dora too as long as she is not disabled. */
export const people = {
  ada: ['responder', 'approver'],
  ben: ['responder'],
  chloe: ['approver'],
  dan: ['approver'],
  dora: ['approver'],
  /** Lets pass what policy refuses, and nothing else. */
  olga: ['override'],
  root: ['admin'],
  vera: ['viewer'],
  sam: [],
  /** Of another tenant. */
  otto: ['approver'],
} as const satisfies Readonly<Record<string, readonly Role[]>>
export type Who = keyof typeof people
export const everybody = Object.keys(people) as Who[]

export const roles = ['responder', 'approver', 'viewer', 'override', 'admin'] as const

/** A platform that waits as long as it takes: how slow this machine is just now must not decide what is answered. */
export const patient: NonNullable<ChatOptions['startTimer']> = () => ({
  over: new Promise(() => undefined),
  cancel: () => undefined,
})

export interface Shower {
  readonly show: () => Promise<void>
  readonly stop: () => Promise<void>
}

const longestMs = 5 * 60_000

/** The real delivery in front of a real adapter, with time that passes only while nothing is under way. */
export const openShower = async (world: ChatWorld, port: ChatPort): Promise<Shower> => {
  let now = 0
  let calls = 0
  const waiting = new Set<{ at: number; work: () => void }>()
  const timers: Timers = {
    after: (ms, work) => {
      const timer = { at: now + Math.max(0, ms), work }
      waiting.add(timer)
      return () => waiting.delete(timer)
    },
  }
  const counted: ChatPort = {
    ...port,
    deliver: async (post, signal) => {
      calls += 1
      try {
        return await port.deliver(post, signal)
      } finally {
        calls -= 1
      }
    },
  }
  const { pool } = world.app.store
  /** Until nothing goes on but waiting for time to pass. */
  const quiet = async (): Promise<void> => {
    for (let still = 0; still < 4; ) {
      await new Promise(setImmediate)
      const idle = calls === 0 && pool.idleCount === pool.totalCount && pool.waitingCount === 0
      still = idle ? still + 1 : 0
    }
  }
  const step = (): void => {
    const [next] = [...waiting].sort((one, other) => one.at - other.at)
    if (next === undefined) throw new Error('nothing is waited for, and cards are still due')
    waiting.delete(next)
    world.shift(Math.max(0, next.at - now))
    now = Math.max(now, next.at)
    next.work()
  }
  const behind = () =>
    world.read((tx) =>
      tx.db
        .selectFrom('card_delivery')
        .select(['card_id', 'last_error'])
        .where('chat', '=', port.name)
        .whereRef('delivered_version', '<', 'desired_version')
        .execute(),
    )
  const app = { ...world.app, clock: { ...world.app.clock, monotonicMs: () => now } }
  const delivery = openDelivery({
    app,
    chat: counted,
    tenantId: null,
    ownChannels: false,
    timers,
    random: () => 0,
  })
  // From then on every card is drawn for this chat too; of what was there before it takes up a part alone.
  const isKnown = () => world.read((tx) => tx.db.selectFrom('tenant_chat').select('chat').executeTakeFirst())
  while ((await isKnown()) === undefined) await quiet()
  return {
    show: async () => {
      const until = now + longestMs
      delivery.poke()
      await quiet()
      for (let due = await behind(); due.length > 0; due = await behind()) {
        if (now > until) throw new Error(`cards stay due: ${JSON.stringify(due)}`)
        await quiet()
        step()
        await quiet()
      }
    },
    stop: async () => {
      const stopped = delivery.stop(0)
      await quiet()
      while (waiting.size > 0) {
        step()
        await quiet()
      }
      await stopped
    },
  }
}
