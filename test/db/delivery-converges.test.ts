import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Delivery } from '../../src/app/delivery/open-delivery.ts'
import {
  deliveryWorld,
  differences,
  type Fault,
  fakeChat,
  type Mortal,
  mortal,
  type World,
} from './delivery-support.ts'

/** Whatever a platform and our own processes do for a while: once they are well, the chat shows what the database says. */

let world: World
beforeAll(async () => {
  world = await deliveryWorld()
})
afterAll(() => world.close())

const services = ['shop', 'bank', 'mail'] as const
const keys = ['incident', 'evidence/1', 'proposal/1', 'run/1'] as const

const fault: fc.Arbitrary<Fault | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limited' as const), ms: fc.nat(90_000) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'refused' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('broken', 'hangs', 'deaf'), arrived: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'throws' as const }) },
)

type Move =
  | { readonly do: 'draw'; readonly incident: number; readonly key: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'meet'; readonly faults: readonly (Fault | null)[] }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'kill'; readonly at: 'now' | 'delivery:begun' | 'delivery:called' }
  | { readonly do: 'start' }

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('draw' as const), incident: fc.nat(5), key: fc.nat(3) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(40_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('meet' as const), faults: fc.array(fault, { maxLength: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('kill' as const),
      at: fc.constantFrom('now' as const, 'delivery:begun' as const, 'delivery:called' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('start' as const) }) },
)

/** A call whose answer is lost, and a process that dies between its call and its note: what chance may leave out. */
const lost: Move[] = [
  { do: 'draw', incident: 0, key: 0 },
  { do: 'pass', ms: 5_000 },
  { do: 'meet', faults: [{ kind: 'broken', arrived: true }, null, { kind: 'deaf', arrived: true }] },
  { do: 'draw', incident: 1, key: 0 },
  { do: 'pass', ms: 40_000 },
  { do: 'kill', at: 'delivery:called' },
  { do: 'draw', incident: 2, key: 3 },
  { do: 'pass', ms: 5_000 },
  { do: 'start' },
  { do: 'pass', ms: 40_000 },
]

it('C5 every card ends as the database has it, once, in its thread, whatever happened on the way', async () => {
  let run = 0
  let drawn = 0
  const seen = { calls: 0, uncertain: 0, dead: 0 }
  const story = async (moves: readonly Move[], ownChannels: boolean): Promise<void> => {
    run += 1
    const chat = fakeChat(world)
    const faults: (Fault | null)[] = []
    chat.fault = () => faults.shift() ?? null
    const alive: { delivery: Delivery; process: Mortal }[] = []
    const start = (): void => {
      const process = mortal(world)
      alive.push({ process, delivery: world.open(chat, { ...process.options, ownChannels }) })
    }
    const opened = new Set<number>()
    const texts = new Map<string, { incident: number; key: string }>()
    const draw = async (incident: number, key: string): Promise<void> => {
      const id = `inc-${run}x${incident}`
      const service = services[incident % 3] ?? 'shop'
      if (!opened.has(incident)) {
        opened.add(incident)
        texts.set(`${incident}/incident`, { incident, key: 'incident' })
        await world.incident(id, service, incident === 0 ? 'critical' : 'high')
      }
      drawn += 1
      texts.set(`${incident}/${key}`, { incident, key })
      await world.draw(id, key, `text ${drawn}`, service)
    }
    start()
    for (const each of moves)
      switch (each.do) {
        case 'draw':
          await draw(each.incident, keys[each.key] ?? 'incident')
          break
        case 'pass':
          await world.pass(each.ms)
          break
        case 'meet':
          faults.push(...each.faults)
          break
        case 'delete': {
          const ids = [...chat.messages.keys()]
          chat.messages.delete(ids[each.which % Math.max(1, ids.length)] ?? '')
          break
        }
        case 'kill': {
          const process = alive[0]?.process
          if (each.at === 'now') process?.kill()
          else process?.killAt(each.at)
          break
        }
        case 'start':
          start()
          break
      }
    // From now on the platform is well and at least one process lives. What was deleted shows again when it changes.
    faults.length = 0
    for (const { process } of alive) process.kill()
    start()
    await world.pass(60_000)
    for (const { incident, key } of texts.values()) await draw(incident, key)
    await world.pass(11 * 60_000)

    const wrong = (await differences(world, chat)).filter((text) => text.startsWith(`inc-${run}x`))
    expect(wrong).toEqual([])
    for (const [, { cardId, threadId }] of chat.messages) {
      const head = `${cardId.split('/')[0]}/incident`
      const posted = chat.calls.filter(({ post }) => post.cardId === head).length
      expect(threadId === null, cardId).toBe(cardId === head)
      expect(posted).toBeGreaterThan(0)
    }
    seen.calls += chat.calls.length
    seen.uncertain += chat.calls.filter(({ post }) => post.uncertain).length
    seen.dead += alive.filter(({ process }) => process.dead()).length
    const last = alive.at(-1)
    if (last !== undefined) await world.end(last.delivery)
    last?.process.kill()
  }
  await fc.assert(fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 40 }), fc.boolean(), story), {
    numRuns: 12,
    examples: [[lost, false]],
    endOnFailure: true,
  })
  // It has met what it is about.
  expect(seen.uncertain).toBeGreaterThan(0)
  expect(seen.calls).toBeGreaterThan(50)
}, 120_000)
