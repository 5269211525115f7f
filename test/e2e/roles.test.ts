import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { catalogueAt } from '../support/app.ts'
import { dataFolder, query } from '../support/embedded.ts'
import { alertSecret, gatherPeople, heal } from '../support/heal.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { adminKeyOf, type Suture, spawnSuture, startedSuture } from '../support/suture.ts'
import { startTarget, type TestTarget } from '../support/target.ts'

const within = { timeout: 60_000, interval: 25 }

/** A database whose owner is nobody special, as an operator would give it to Suture. */
const aDatabase = async () => {
  const { adminUrl, appPassword } = inject('postgres')
  const name = `suture_roles_${randomBytes(4).toString('hex')}`
  const password = randomBytes(8).toString('hex')
  await query(adminUrl, `create role ${name} login nosuperuser nobypassrls password '${password}'`)
  await query(adminUrl, `create database ${name} owner ${name}`)
  const url = (user: string, secret: string): string => {
    const address = new URL(adminUrl)
    Object.assign(address, { pathname: `/${name}`, username: user, password: secret })
    return address.href
  }
  return {
    ownerUrl: url(name, password),
    appUrl: url('suture_app', appPassword),
    allowAppRole: () => query(adminUrl, `grant suture_app to ${name}`),
    remove: async () => {
      await query(adminUrl, `drop database if exists ${name} with (force)`)
      await query(adminUrl, `drop role ${name}`)
    },
  }
}

describe('an outside database', () => {
  let database: Awaited<ReturnType<typeof aDatabase>>
  let target: TestTarget
  let redis: TestRedis | null = null
  beforeAll(async () => {
    database = await aDatabase()
    target = await startTarget()
    if (hasRedis) redis = await startRedis()
  })
  afterAll(async () => {
    await target.close()
    await redis?.stop()
    await database.remove()
  })

  const place = () => {
    const dataDir = dataFolder()
    mkdirSync(dataDir)
    const catalogue = join(dataDir, 'catalogue.yaml')
    writeFileSync(catalogue, catalogueAt(target.url))
    const env = {
      SUTURE_PORT: '0',
      SUTURE_CATALOGUE: catalogue,
      SUTURE_ALERTMANAGER_SECRET: alertSecret,
      SUTURE_RING_AGAIN: '500ms',
      SUTURE_FLAP_WINDOW: '0ms',
      DATABASE_URL: database.ownerUrl,
    }
    return { dataDir, env }
  }
  const restarts = () => target.paths.filter((path) => path === '/restart').length

  it('H4 an owner that may not become suture_app is refused with the statement that allows it', async () => {
    const refused = spawnSuture(place())
    expect((await refused.ended).code).toBe(1)
    expect(refused.stderr()).toMatch(
      /DATABASE_URL: (suture_roles_\w+) works with the tables as the role suture_app.* run: {2}grant suture_app to "\1";/,
    )
  })

  it('H4 a DATABASE_APP_URL that passes row-level security is refused', async () => {
    const { dataDir, env } = place()
    const refused = spawnSuture({ dataDir, env: { ...env, DATABASE_APP_URL: database.ownerUrl } })
    expect((await refused.ended).code).toBe(1)
    expect(refused.stderr()).toContain('passes row-level security')
  })

  it('R7 api, bot and worker in three processes heal an incident together, and each starts only what it needs', async () => {
    await database.allowAppRole()
    target.healthy = false
    const { dataDir, env } = place()
    const start = (role: string) => startedSuture({ dataDir, env, args: ['--role', role] })
    const api = await start('api')
    const [worker, bot] = await Promise.all([start('worker'), start('bot')])
    expect([api, worker, bot].map((suture) => suture.stdout().match(/Roles: (.*)/)?.[1])).toEqual([
      'api',
      'worker',
      'bot',
    ])
    expect([worker.url(), bot.url()]).toEqual(['', ''])
    const childrenOf = (suture: Suture) => suture.family().length
    // Each has a watchdog beside it: runs end also when no worker's machine is left.
    expect([api, worker, bot].map(childrenOf)).toEqual([1, 1, 1])
    // Whoever starts first sees the one key; here it has to be the one that people look at.
    expect(adminKeyOf(api)).not.toBe('')
    expect([adminKeyOf(worker), adminKeyOf(bot)]).toEqual(['', ''])

    const people = await gatherPeople(api.url(), adminKeyOf(api))
    const before = restarts()
    await heal(people, 60_000)
    expect(restarts() - before).toBe(1)
    await vi.waitFor(
      async () =>
        expect(await people.health()).toMatchObject({ chat_console: { detail: 'every card is shown' } }),
      within,
    )
    expect(Object.keys(await people.health())).toContain('watchdog')
    expect(Object.keys(await people.health())).not.toContain('containment')
    expect(await Promise.all([api, worker, bot].map((suture) => suture.stop()))).toEqual([0, 0, 0])
    expect([api, worker, bot].flatMap((suture) => suture.family())).toEqual([])
  })

  it.skipIf(!hasRedis)(
    'the whole way over Redis (redis-server), as suture_app; what a flush loses is made up for by the sweeper',
    async () => {
      const { dataDir, env } = place()
      const over = {
        ...env,
        DATABASE_APP_URL: database.appUrl,
        REDIS_URL: redis?.url ?? '',
        SUTURE_TENANT: 'redis',
      }
      const suture = await startedSuture({ dataDir, env: over })
      const people = await gatherPeople(suture.url(), adminKeyOf(suture))

      target.healthy = false
      const before = restarts()
      await heal(people, 60_000)
      expect(restarts() - before).toBe(1)
      expect(await redis?.command('EXISTS bull:suture-run:meta')).toBe(':1')

      target.healthy = false
      let flushes = 0
      await heal(people, 60_000, async () => {
        // Every ring of the first moments is lost, whether or not it was heard.
        if (flushes < 12) expect(await redis?.command('FLUSHALL')).toBe('+OK')
        flushes += 1
      })
      expect(flushes).toBeGreaterThan(0)
      expect(restarts() - before).toBe(2)
      expect(await suture.stop()).toBe(0)
      expect(suture.family()).toEqual([])
    },
  )

  it.skipIf(!hasRedis)(
    'a Redis that is gone (redis-server) holds up neither a stop nor, unsaid, a start',
    async () => {
      const own = await startRedis()
      const { dataDir, env } = place()
      const over = { ...env, DATABASE_APP_URL: database.appUrl, REDIS_URL: own.url, SUTURE_TENANT: 'gone' }
      const suture = await startedSuture({ dataDir, env: over })
      await own.stop()
      const began = performance.now()
      expect(await suture.stop()).toBe(0)
      expect(performance.now() - began).toBeLessThan(40_000)
      const refused = spawnSuture({ dataDir, env: over })
      expect((await refused.ended).code).toBe(1)
      expect(refused.stderr()).toContain('Redis of REDIS_URL does not answer')
    },
  )
})
