import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start.ts'
import { alwaysOpenPath } from '../support/always-open.ts'
import { removeData } from '../support/embedded.ts'
import { freePort } from '../support/suture.ts'
import { randomOf } from './random.ts'
import { processesMarked } from './suture-process.ts'

/**
 * The real process is killed with -9 between two commits of one alert's way, and started again: at some of them, which CHAOS_SEED
 * chooses, or with CHAOS_PLACES=all at each.
 */

const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const sampled = 5

const alertSecret = 'chaos-alert-secret'

interface Suture {
  readonly url: string
  readonly adminKey: string | null
  readonly checkpoints: string[]
  readonly exited: Promise<void>
  readonly stop: () => Promise<void>
}

describe('kill -9 between any two commits', () => {
  let dir = ''
  let lab: Lab
  let port = 0
  let adminKey = ''
  let keys: Record<'requester' | 'approver', string> = { requester: '', approver: '' }
  const children = new Set<ChildProcess>()

  const start = async (crash: { at: string; nth: number } | null): Promise<Suture> => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'test/support/chaos-main.ts'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          // Started a dozen times; compiled once, each is there in half the time.
          NODE_COMPILE_CACHE: join(dir, 'compiled'),
          SUTURE_LAB: 'off',
          SUTURE_PORT: String(port),
          SUTURE_DATA_DIR: join(dir, 'suture'),
          SUTURE_CATALOGUE: lab.cataloguePath,
          SUTURE_POLICY: alwaysOpenPath,
          SUTURE_SECRET_LAB_TOKEN: lab.token,
          SUTURE_ALERTMANAGER_SECRET: alertSecret,
          SUTURE_LEASE: '1s',
          SUTURE_RING_AGAIN: '300ms',
          SUTURE_FLAP_WINDOW: '0ms',
          ...(crash === null ? {} : { CRASH_AT: crash.at, CRASH_NTH: String(crash.nth) }),
        },
      },
    )
    children.add(child)
    const checkpoints: string[] = []
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const ready = new Promise<{ url: string; adminKey: string | null }>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = JSON.parse(line) as {
          checkpoint?: string
          ready?: boolean
          url?: string
          adminKey?: string | null
        }
        if (said.checkpoint !== undefined) checkpoints.push(said.checkpoint)
        if (said.ready === true) resolve({ url: said.url ?? '', adminKey: said.adminKey ?? null })
      })
      void exited.then(() => reject(new Error('Suture ended before it was ready')))
    })
    const { url, adminKey: shown } = await ready
    return {
      url,
      adminKey: shown,
      checkpoints,
      exited,
      stop: async () => {
        child.kill('SIGTERM')
        await exited
      },
    }
  }

  const call = async (
    suture: Suture,
    key: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: never }> => {
    const response = await fetch(`${suture.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5_000),
    })
    return {
      status: response.status,
      body: (response.status === 204 ? null : await response.json()) as never,
    }
  }

  const alert = (status: 'firing' | 'resolved', nth: number) => ({
    version: '4',
    status,
    alerts: [
      {
        status,
        labels: { alertname: 'ServiceDown', service: 'checkout', severity: 'critical', nth: String(nth) },
        annotations: { summary: 'checkout does not answer' },
        startsAt: new Date(Date.UTC(2026, 10, 22, 10, 0, nth)).toISOString(),
        endsAt:
          status === 'resolved'
            ? new Date(Date.UTC(2026, 10, 22, 11, 0, nth)).toISOString()
            : '0001-01-01T00:00:00Z',
      },
    ],
  })

  /** One step of what people and senders do; each is tried again until it is answered, as they would. */
  const drive = async (
    suture: Suture,
    nth: number,
    done: { acknowledged: boolean; resolved: boolean },
  ): Promise<boolean> => {
    if (!done.acknowledged) {
      const { status } = await call(
        suture,
        alertSecret,
        'POST',
        '/v1/alerts/alertmanager',
        alert('firing', nth),
      )
      done.acknowledged = status === 200
      return false
    }
    const incidents = (await call(suture, keys.requester, 'GET', '/v1/incidents?limit=1')).body as {
      items: { id: string; status: string }[]
    }
    const [incident] = incidents.items
    if (incident === undefined) throw new Error('an acknowledged alert has no incident')
    if (incident.status === 'resolved' && done.resolved) return true
    const runs = (await call(suture, keys.requester, 'GET', `/v1/runs?incident=${incident.id}`)).body as {
      items: { status: string }[]
    }
    if (runs.items.some((run) => run.status === 'succeeded') && !done.resolved) {
      const { status } = await call(
        suture,
        alertSecret,
        'POST',
        '/v1/alerts/alertmanager',
        alert('resolved', nth),
      )
      done.resolved = status === 200
      return false
    }
    const waiting = (await call(suture, keys.approver, 'GET', '/v1/approvals?status=pending')).body as {
      items: { id: string; incidentId: string }[]
    }
    const mine = waiting.items.find((request) => request.incidentId === incident.id)
    if (mine !== undefined)
      await call(suture, keys.approver, 'POST', `/v1/approvals/${mine.id}/decisions`, { decision: 'approve' })
    return false
  }

  const heal = async (
    suture: Suture,
    nth: number,
    done: { acknowledged: boolean; resolved: boolean },
    untilMs: number,
  ): Promise<'healed' | 'died' | 'late'> => {
    let died = false
    void suture.exited.then(() => {
      died = true
    })
    while (!died && Date.now() < untilMs) {
      const healed = await drive(suture, nth, done).catch(() => false)
      if (healed) return 'healed'
      await pause(40)
    }
    return died ? 'died' : 'late'
  }

  const restarts = async (): Promise<{ total: number; mostPerKey: number }> => {
    const response = await fetch(`${lab.url}/effects`, { headers: { authorization: `Bearer ${lab.token}` } })
    const { effects } = (await response.json()) as { effects: { operation: string; count: number }[] }
    const mine = effects.filter((effect) => effect.operation === 'restart')
    return { total: mine.length, mostPerKey: Math.max(0, ...mine.map((effect) => effect.count)) }
  }

  const breakCheckout = () =>
    fetch(`${lab.url}/services/checkout/break`, {
      method: 'POST',
      headers: { authorization: `Bearer ${lab.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fault: 'crash' }),
    })

  beforeAll(async () => {
    dir = await mkdtemp(join(await realpath(tmpdir()), 'suture chaos '))
    lab = await startLab({ dir: join(dir, 'lab'), port: 0, log: () => undefined })
    port = await freePort()
    const first = await start(null)
    adminKey = first.adminKey ?? ''
    const person = (id: string, roles: string[]) =>
      call(first, adminKey, 'POST', '/v1/people', { id, name: id, roles })
    const key = async (personId: string, scopes: string[]) =>
      (
        (await call(first, adminKey, 'POST', '/v1/keys', { name: personId, personId, scopes })).body as {
          key: string
        }
      ).key
    await person('person_requester', ['responder'])
    await person('person_approver', ['approver'])
    keys = {
      requester: await key('person_requester', ['read', 'respond']),
      approver: await key('person_approver', ['read', 'respond', 'approve']),
    }
    await first.stop()
  })

  afterAll(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    // The watchdog of one that was killed stays as long as it may have to see to a run, even when the database is gone.
    for (const watchdog of processesMarked(join(dir, 'suture')))
      try {
        process.kill(watchdog, 'SIGKILL')
      } catch {
        // It was quicker.
      }
    await removeData(join(dir, 'suture'), join(dir, 'suture'))
    await lab.stop()
    await rm(dir, { recursive: true, force: true })
  })

  it('I2 R7 the incident ends right wherever the process is killed: nothing lost, nothing run twice', async () => {
    const rehearsal = await start(null)
    await breakCheckout()
    const before = rehearsal.checkpoints.length
    const rehearsed = await heal(rehearsal, 0, { acknowledged: false, resolved: false }, Date.now() + 60_000)
    expect(rehearsed).toBe('healed')
    const every = distinctPlaces(rehearsal.checkpoints.slice(before))
    await rehearsal.stop()
    expect(every.length).toBeGreaterThan(15)
    const places =
      process.env['CHAOS_PLACES'] === 'all' ? every : randomOf(seed).shuffled(every).slice(0, sampled)
    process.stdout.write(
      `seed ${seed} (CHAOS_SEED repeats it): killing at ${places.length} of ${every.length} places between commits and effects\n`,
    )

    const endings: string[] = []
    for (const [at, place] of places.entries()) {
      const nth = at + 1
      const done = { acknowledged: false, resolved: false }
      const countBefore = (await restarts()).total
      await breakCheckout()
      const doomed = await start(place)
      const first = await heal(doomed, nth, done, Date.now() + 60_000)
      if (first === 'died') {
        const again = await start(null)
        const second = await heal(again, nth, done, Date.now() + 60_000)
        const incidents = (await call(again, keys.requester, 'GET', '/v1/incidents?limit=1')).body as {
          items: { id: string; status: string }[]
        }
        endings.push(
          `${place.at} #${place.nth}: ${second}, ${incidents.items[0]?.status ?? 'no incident'}, ${(await restarts()).total - countBefore} restart`,
        )
        await again.stop()
      } else {
        endings.push(`${place.at} #${place.nth}: ${first}, the process was not killed`)
        await doomed.stop()
      }
    }
    expect(endings).toEqual(places.map((place) => `${place.at} #${place.nth}: healed, resolved, 1 restart`))
    expect((await restarts()).mostPerKey).toBe(1)
  }, 1_800_000)
})

/** Every place between two commits or effects once, in order; a place that is passed often is tried the first time only. */
const distinctPlaces = (checkpoints: readonly string[]): { at: string; nth: number }[] => {
  const seen = new Set<string>()
  return checkpoints.flatMap((at) => {
    if (seen.has(at) || at.endsWith(':')) return []
    seen.add(at)
    return [{ at, nth: 1 }]
  })
}
