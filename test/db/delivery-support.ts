import type { App } from '../../src/app/app.ts'
import { commit } from '../../src/app/commit.ts'
import { type Delivery, type DeliveryOptions, openDelivery } from '../../src/app/delivery/open-delivery.ts'
import type { Timers } from '../../src/app/delivery/timers.ts'
import type { CardPost, ChatPort, Delivered, NotDelivered } from '../../src/app/ports.ts'
import { postCards } from '../../src/app/show/post-cards.ts'
import type { Severity } from '../../src/domain/alert.ts'
import type { Card, CardKind } from '../../src/domain/card.ts'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'

/** Time that passes only when a test lets it, a real database, and a platform that does what a test tells it. */

const catalogue = `services:
${['shop', 'bank', 'mail', 'maps', 'news', 'chat', 'play', 'rent', 'taxi', 'wiki']
  .map((name) => `  - name: ${name}\n    channels: [${name}]\n`)
  .join('')}`

export interface World extends TestApp {
  readonly now: () => number
  /** Timers that are set and have not rung. */
  readonly timersLeft: () => number
  readonly timers: Timers
  /** Lets time pass; whatever it sets off has come to rest before the next timer rings. */
  readonly pass: (ms: number) => Promise<void>
  /** Until nothing goes on but waiting for time to pass. */
  readonly rest: () => Promise<void>
  /** Stops it and lets the time pass that this may take. */
  readonly end: (delivery: Delivery) => Promise<void>
  readonly open: (chat: ChatPort, options?: Partial<DeliveryOptions>) => Delivery
  /** Opens an incident with its head. */
  readonly incident: (id: string, service: string, severity?: Severity, tenantId?: string) => Promise<void>
  readonly resolve: (id: string, tenantId?: string) => Promise<void>
  /** Draws a card of an incident: `key` alone, or the same one anew with another text. */
  readonly draw: (
    incidentId: string,
    key: string,
    text: string,
    service: string,
    more?: { severity?: Severity | null; tenantId?: string; channel?: string },
  ) => Promise<void>
  /** What stands in the database, by card: what each chat should show in the end. */
  readonly desired: (tenantId?: string) => Promise<Map<string, Card>>
}

export const deliveryWorld = async (chats: App['chats'] = ['console', 'slack']): Promise<World> => {
  const test = await testApp({ catalogue, overrides: { chats } })
  let now = 0
  const waiting = new Set<{ at: number; work: () => void }>()
  const timers: Timers = {
    after: (ms, work) => {
      const timer = { at: now + Math.max(0, ms), work }
      waiting.add(timer)
      return () => waiting.delete(timer)
    },
  }
  const app: App = { ...test.app, chats, clock: { now: test.app.clock.now, monotonicMs: () => now } }
  const { pool } = app.store
  const rest = async (): Promise<void> => {
    for (let still = 0; still < 4; ) {
      await new Promise(setImmediate)
      still = pool.idleCount === pool.totalCount && pool.waitingCount === 0 ? still + 1 : 0
    }
  }
  const moveTo = (at: number): void => {
    test.shift(at - now)
    now = at
  }
  const pass = async (ms: number): Promise<void> => {
    const until = now + ms
    await rest()
    for (;;) {
      const next = [...waiting].sort((one, other) => one.at - other.at)[0]
      if (next === undefined || next.at > until) break
      waiting.delete(next)
      if (next.at > now) moveTo(next.at)
      next.work()
      await rest()
    }
    moveTo(until)
    await rest()
  }
  const draw: World['draw'] = (incidentId, key, text, service, more = {}) =>
    commit(app, more.tenantId ?? testTenant, (tx, out) =>
      postCards(app, tx, out, [
        {
          key,
          kind: (more.channel === undefined ? (key.split('/')[0] ?? key) : 'notice') as CardKind,
          incidentId,
          service,
          card: cardOf(key, text, more.severity ?? null),
          ...(more.channel === undefined ? {} : { channel: more.channel }),
        },
      ]),
    )
  return {
    ...test,
    app,
    now: () => now,
    timersLeft: () => waiting.size,
    timers,
    pass,
    rest,
    draw,
    end: async (delivery) => {
      const stopped = delivery.stop(0)
      await pass(1_000)
      await stopped
    },
    open: (chat, options = {}) =>
      openDelivery({ app, chat, tenantId: null, ownChannels: false, timers, random: () => 0, ...options }),
    incident: async (id, service, severity = 'high', tenantId = testTenant) => {
      await inTenant(app.store, tenantId, (tx) =>
        tx.db
          .insertInto('incident')
          .values({
            tenant_id: tenantId,
            id,
            group_key: id,
            service,
            severity,
            title: id,
            summary: '',
            status: 'open',
            opened_at: tx.now,
          })
          .execute(),
      )
      await draw(id, 'incident', 'open', service, { severity, tenantId })
    },
    resolve: async (id, tenantId = testTenant) => {
      await inTenant(app.store, tenantId, (tx) =>
        tx.db
          .updateTable('incident')
          .set({ status: 'resolved', resolved_at: tx.now })
          .where('id', '=', id)
          .execute(),
      )
    },
    desired: (tenantId = testTenant) =>
      inTenant(
        app.store,
        tenantId,
        async (tx) =>
          new Map(
            (await tx.db.selectFrom('card').select(['id', 'body']).execute()).map(({ id, body }) => [
              id,
              body,
            ]),
          ),
      ),
  }
}

const cardOf = (key: string, text: string, severity: Severity | null): Card => ({
  kind: key.split('/')[0] as CardKind,
  title: key,
  status: text,
  tone: 'info',
  severity,
  blocks: [],
})

export interface Mortal {
  readonly options: Pick<DeliveryOptions, 'app' | 'timers'>
  /** As kill -9 at this moment: nothing of it goes on. */
  readonly kill: () => void
  /** Dies when it comes to this checkpoint the next time. */
  readonly killAt: (checkpoint: 'delivery:begun' | 'delivery:called') => void
  readonly dead: () => boolean
}

/** A process of its own, as far as a delivery can tell. */
export const mortal = ({ app, timers }: World): Mortal => {
  let dead = false
  let at: string | null = null
  return {
    dead: () => dead,
    kill: () => {
      dead = true
    },
    killAt: (checkpoint) => {
      at = checkpoint
    },
    options: {
      app: {
        ...app,
        checkpoint: async (name) => {
          if (name === at) dead = true
          if (dead) await new Promise(() => undefined)
        },
      },
      timers: {
        after: (ms, work) =>
          timers.after(ms, () => {
            if (!dead) work()
          }),
      },
    },
  }
}

/** What one call meets: it arrives and is answered, or it does not. */
export type Fault =
  | { readonly kind: 'limited'; readonly ms: number }
  | { readonly kind: 'refused' }
  /** `arrived`: the platform carried it out, and its answer was lost. */
  | { readonly kind: 'broken' | 'hangs'; readonly arrived: boolean }
  /** It never answers, whatever the signal says. */
  | { readonly kind: 'deaf'; readonly arrived: boolean }
  | { readonly kind: 'throws' }

export interface Message {
  readonly tenantId: string
  readonly cardId: string
  readonly channel: string
  readonly threadId: string | null
  readonly card: Card
}

export interface FakeChat extends ChatPort {
  readonly calls: { readonly at: number; readonly post: CardPost }[]
  /** By message id, in the order of posting. */
  readonly messages: Map<string, Message>
  readonly of: (cardId: string) => readonly [id: string, message: Message][]
  /** What the next calls meet; null for nothing. */
  fault: (post: CardPost) => Fault | null
  /** How long a call takes. */
  takesMs: number
  /** Whether it lets us make channels. */
  mayMakeChannels: boolean
}

const notDelivered = (more: Partial<NotDelivered>): NotDelivered => ({
  done: false,
  why: 'the platform is not well',
  retryable: true,
  retryAfterMs: null,
  uncertain: false,
  ...more,
})

/** Keeps to the rules of the seam: updates in place, posts anew what is gone, looks before it posts what may have arrived. */
export const fakeChat = (
  world: Pick<World, 'now' | 'timers'>,
  { name = 'slack', gapMs = 1_000 }: { name?: ChatPort['name']; gapMs?: number } = {},
): FakeChat => {
  const messages = new Map<string, Message>()
  let posted = 0
  const of: FakeChat['of'] = (cardId) => [...messages].filter(([, message]) => message.cardId === cardId)
  const show = (post: CardPost): Delivered => {
    const { tenantId, cardId, channel, threadId, card } = post
    const found = post.uncertain
      ? of(cardId).find(([, message]) => message.tenantId === tenantId)?.[0]
      : undefined
    const known = post.messageId !== null && messages.has(post.messageId) ? post.messageId : found
    posted += 1
    const own = post.ownChannel === null || !chat.mayMakeChannels ? '' : ` ${post.ownChannel}/${posted}`
    const messageId = known ?? `${channel}/${posted}${own}`
    messages.set(messageId, { tenantId, cardId, channel, threadId, card })
    return { done: true, messageId }
  }
  const chat: FakeChat = {
    name,
    gapMs,
    calls: [],
    messages,
    of,
    fault: () => null,
    takesMs: 0,
    mayMakeChannels: true,
    deliver: async (post, signal) => {
      chat.calls.push({ at: world.now(), post })
      const fault = chat.fault(post)
      if (chat.takesMs > 0) await new Promise<void>((resolve) => world.timers.after(chat.takesMs, resolve))
      switch (fault?.kind) {
        case undefined:
          return show(post)
        case 'limited':
          return notDelivered({ why: 'asked to wait', retryAfterMs: fault.ms })
        case 'refused':
          return notDelivered({ why: 'the card is too large', retryable: false })
        case 'broken':
          if (fault.arrived) show(post)
          return notDelivered({ uncertain: true })
        case 'hangs':
          if (fault.arrived) show(post)
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
          return notDelivered({ why: 'no answer', uncertain: true })
        case 'deaf':
          if (fault.arrived) show(post)
          return new Promise(() => undefined)
        case 'throws':
          throw new TypeError('undefined is not a function')
      }
    },
  }
  return chat
}

/** Every card of the tenant shows its newest state, once, and its replies stand in the thread of their head. */
export const differences = async (world: World, chat: FakeChat, tenantId = testTenant): Promise<string[]> => {
  const found: string[] = []
  for (const [cardId, card] of await world.desired(tenantId)) {
    const shown = chat.of(cardId).filter(([, message]) => message.tenantId === tenantId)
    if (shown.length !== 1) found.push(`${cardId} stands ${shown.length} times`)
    for (const [, message] of shown)
      if (message.card.status !== card.status)
        found.push(`${cardId} shows ${message.card.status}, not ${card.status}`)
  }
  return found
}
