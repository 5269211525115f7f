import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { createEventFeed } from '../../src/app/event-feed.ts'
import type { SelfCheck } from '../../src/app/self-test/check.ts'
import type { ProcessFacts } from '../../src/app/self-test/process-facts.ts'
import { answerTrial } from '../../src/app/self-test/queue-trial.ts'
import { readSelfTest, runSelfTest, type SelfTestOptions } from '../../src/app/self-test/run-self-test.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { notHere, passes, type SelfTest, verdictOf } from '../../src/domain/self-test.ts'
import { type Listener, listenForChanges } from '../../src/storage/listen.ts'
import { testTenant } from '../support/app.ts'
import { type ChatWorld, chatWorld, onSlack, otherTenant, words } from './chat-world.ts'
import { asOwnerOfAll, keysInHand, sealAll, write } from './seal-world.ts'

/** A real database and real targets; the chats, the watchdog and the queue's worker are this test. */
describe('the self-test', () => {
  let world: ChatWorld
  let listener: Listener
  let rita: Caller
  const feed = createEventFeed()
  const slack = {
    platform: 'slack' as const,
    chat: { state: () => ({ connected: true, sentence: 'connected' }), check: async () => [] },
  }
  const well: ProcessFacts = {
    feed,
    watchdogAlive: () => true,
    tryDisk: async () => passes('a file was written'),
    chats: [slack],
  }
  let facts: ProcessFacts = well
  const keys = keysInHand()

  beforeAll(async () => {
    world = await chatWorld({
      overrides: {
        chats: ['console', 'slack', 'discord'],
        processFacts: () => facts,
        bell: {
          ring: (jobs) => {
            for (const job of jobs)
              if (job.key.startsWith('self-test.')) void answerTrial(world.app, job).catch(() => undefined)
          },
        },
      },
    })
    listener = await listenForChanges(
      { url: world.appUrl, assumeAppRole: false },
      ([tenantId, changes]) => feed.publish(tenantId, changes),
      feed.gap,
    )
    rita = await world.caller('Rita', ['responder'])
    await write(world.app, 3)
    await sealAll(world, keys.source)
  })
  afterAll(async () => {
    await listener.close()
    await world.close()
  })

  const run = async (app: App = world.app, options: SelfTestOptions = {}): Promise<SelfTest> => {
    const test = await runSelfTest(app, rita, options)
    if (isRejection(test)) throw new Error(test.detail)
    return test
  }
  const states = (test: SelfTest) => Object.fromEntries(test.checks.map(({ name, status }) => [name, status]))
  const failing = async (app: App = world.app, options: SelfTestOptions = {}) => {
    const test = await run(app, options)
    expect(verdictOf(test)).toBe('fail')
    return test.checks
      .filter(({ status }) => status === 'fail')
      .map(({ name, detail, remedy }) => {
        expect(remedy).not.toBe('')
        return `${name}: ${detail}`
      })
  }

  it('Q3 of a Suture that is well passes, says what it looked at, and leaves its report and one entry', async () => {
    const before = await world.counts('self_test_run')
    const test = await run()
    expect(test.checks.filter(({ status }) => status === 'fail')).toEqual([])
    expect(verdictOf(test)).toBe('pass')
    expect(states(test)).toEqual({
      database: 'pass',
      clock: 'pass',
      queue: 'pass',
      outbox: 'pass',
      'sealed history': 'pass',
      policy: 'pass',
      watchdog: 'pass',
      console: 'pass',
      slack: 'pass',
      discord: 'not_here',
      'actions on http': 'pass',
      'actions on command': 'not_here',
      'actions on kubernetes': 'not_here',
      'actions on systemd': 'not_here',
      'actions on docker': 'not_here',
      disk: 'pass',
    })
    expect(await world.counts('self_test_run')).toBe(before + 1)
    expect(world.estate.of('plain-1').effects.size).toBe(0)
    expect(await readSelfTest(world.app, testTenant)).toEqual(test)
    expect(verdictOf(await readSelfTest(world.app, otherTenant))).toBe('never')
  })

  it('Q3 each thing that is wrong fails by its name, with what to do', async () => {
    facts = {
      ...well,
      watchdogAlive: () => false,
      tryDisk: () => Promise.reject(new Error('the disk is read-only')),
      chats: [
        {
          ...slack,
          chat: {
            ...slack.chat,
            check: async () => [{ what: 'Slack refuses the token.', remedy: 'A new one.' }],
          },
        },
        {
          ...slack,
          platform: 'discord',
          chat: { ...slack.chat, state: () => ({ connected: false, sentence: 'away' }) },
        },
      ],
    }
    const hourAgo = () => Temporal.Now.instant().subtract({ hours: 1 })
    const app: App = {
      ...world.app,
      clock: { ...world.app.clock, now: hourAgo },
      bell: { ring: () => undefined },
    }
    await world.read((tx) =>
      tx.db
        .insertInto('outbox')
        .values({ tenant_id: testTenant, kind: 'freeze', key: 'frz-0', due_at: hourAgo() })
        .execute(),
    )
    try {
      expect(await failing(app, { limitMs: 500 })).toEqual([
        'clock: this machine is 3600 s behind PostgreSQL; expiries follow PostgreSQL',
        'queue: no worker took a job in time: none runs, all are busy, or the queue is not reached',
        expect.stringMatching(/^outbox: the oldest work has been due for 3\d{3} s \(1 due\)$/),
        'watchdog: is not running: a run that hangs would not be ended',
        'slack: Slack refuses the token.',
        'discord: away',
        'disk: the disk is read-only',
      ])
    } finally {
      facts = well
      await world.read((tx) => tx.db.deleteFrom('outbox').where('key', '=', 'frz-0').execute())
    }
  })

  it('Q3 A1 a checkpoint that nobody of ours has signed is seen', async () => {
    await asOwnerOfAll(world.ownerUrl, async (client) => {
      const { rows } = await client.query<{ note: string }>('select note from audit_checkpoint limit 1')
      const other = 'A'.repeat(86)
      const forged = String(rows[0]?.note).replace(/(— \S+ ).*\n$/, (_, who: string) => `${who}${other}==\n`)
      await client.query('update audit_checkpoint set note = $1', [forged])
      try {
        expect(await failing()).toEqual([
          expect.stringMatching(/^sealed history: the newest checkpoint bears/),
        ])
      } finally {
        await client.query('update audit_checkpoint set note = $1', [rows[0]?.note])
      }
    })
  })

  it('Q3 a target that does not answer about effects fails, and nothing is done to it', async () => {
    await world.configure({}, (catalogue) => catalogue.replaceAll(world.estate.url, 'http://127.0.0.1:9'))
    try {
      expect(await failing()).toEqual([
        'actions on http: test/plain-1 was asked about an effect and cannot tell',
      ])
    } finally {
      await world.configure()
    }
  })

  const good: SelfCheck = { name: 'good', shows: '', look: async () => passes('fine') }

  it('Q3 a check that throws or never answers is a fail within its time, and no crash', async () => {
    const checks: SelfCheck[] = [
      good,
      { name: 'thrown', shows: '', look: () => Promise.reject(new Error('it broke')) },
      { name: 'silent', shows: '', look: () => new Promise(() => undefined) },
    ]
    expect(await failing(world.app, { checks, limitMs: 50 })).toEqual([
      'thrown: it broke',
      'silent: no answer within 0.05 s',
    ])
  })

  it('Q3 nothing to look at is no pass', async () => {
    const nothing: SelfCheck = { name: 'nothing', shows: '', look: async () => notHere('there is none') }
    expect(verdictOf(await run(world.app, { checks: [nothing] }))).toBe('fail')
  })

  it('Q3 there is one at a time in a tenant: a second press says how far the first is; a dead one is given up', async () => {
    const held = Promise.withResolvers<void>()
    const slow: SelfCheck = {
      name: 'slow',
      shows: '',
      look: () => held.promise.then(() => passes('at last')),
    }
    const first = run(world.app, { checks: [good, slow] })
    const begun = async () => {
      const test = await readSelfTest(world.app, testTenant)
      return [verdictOf(test), test.done]
    }
    await expect.poll(begun, { interval: 10 }).toEqual(['running', 1])
    const second = await run()
    expect([verdictOf(second), second.done, second.total]).toEqual(['running', 1, 2])
    const told = words((await world.commands.command(onSlack('URITA', { groups: ['SRES'] }), 'test')).card)
    expect(told).toContain('asked for by Rita: 1 of 2 are done')
    world.shift(16_000)
    const taken = await run(world.app, { checks: [good] })
    expect(verdictOf(taken)).toBe('pass')
    held.resolve()
    await first
    expect((await readSelfTest(world.app, testTenant)).checks.map(({ name }) => name)).toEqual(['good'])
    world.shift(-16_000)
  })

  it('Q3 G8 /heal test tells progress, each check and a verdict; a viewer is refused, and that is kept', async () => {
    const begun = await world.commands.command(onSlack('USAM', { groups: ['SRES'] }), 'test')
    expect(words(begun.card)).toContain('0 of 16 done')
    const shown: string[] = []
    await begun.live?.(async (card) => void shown.push(words(card)))
    const told = shown.at(-1) ?? ''
    expect(told).toContain('11 of 11 passed')
    expect(told).toContain('All 11 checks passed: Suture works.')
    const refusals = await world.counts('refused')
    const viewer = onSlack('UVERA', { groups: ['SVIEW'] })
    expect(words((await world.commands.command(viewer, 'test')).card)).toContain('may not run the tests')
    expect(await world.counts('refused')).toBe(refusals + 1)
  })
})
