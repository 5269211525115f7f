import { setTimeout as pause } from 'node:timers/promises'
import { ask } from './suture.ts'

/** People and senders around a real Suture outside the lab: they post, approve and watch, as they would. */
export interface People {
  /** Posts one alert of Alertmanager about the service `checkout`; true when it was acknowledged. */
  readonly post: (status: 'firing' | 'resolved', hour: number) => Promise<boolean>
  /** Approves whatever waits for approval. */
  readonly approve: () => Promise<void>
  readonly runs: () => Promise<readonly string[]>
  readonly incident: () => Promise<string | undefined>
  readonly health: () => Promise<Record<string, { status: string; detail: string }>>
}

export const alertSecret = 'secret-of-alertmanager'

export const gatherPeople = async (url: string, adminKey: string): Promise<People> => {
  const make = async (path: string, body: object): Promise<Record<string, unknown>> =>
    (await ask(url, path, { method: 'POST', key: adminKey, body })).json
  await make('/v1/people', { id: 'person_approver', name: 'Approver', roles: ['approver'] })
  const { key } = await make('/v1/keys', {
    name: 'approver',
    personId: 'person_approver',
    scopes: ['read', 'respond', 'approve'],
  })
  const approver = String(key)
  const items = async <T>(path: string): Promise<T[]> =>
    (await ask(url, path, { key: approver })).json['items'] as T[]
  return {
    post: async (status, hour) => {
      const labels = { alertname: 'ServiceDown', service: 'checkout', severity: 'critical' }
      const startsAt = `2026-11-22T${10 + hour}:00:00Z`
      const endsAt = status === 'resolved' ? `2026-11-22T${10 + hour}:30:00Z` : '0001-01-01T00:00:00Z'
      const alert = { status, labels, annotations: { summary: 'checkout does not answer' }, startsAt, endsAt }
      const body = { version: '4', status, alerts: [alert] }
      return (
        (await ask(url, '/v1/alerts/alertmanager', { method: 'POST', key: alertSecret, body })).status === 200
      )
    },
    approve: async () => {
      for (const { id } of await items<{ id: string }>('/v1/approvals?status=pending'))
        await ask(url, `/v1/approvals/${id}/decisions`, {
          method: 'POST',
          key: approver,
          body: { decision: 'approve' },
        })
    },
    runs: async () => (await items<{ status: string }>('/v1/runs')).map(({ status }) => status),
    incident: async () => (await items<{ status: string }>('/v1/incidents'))[0]?.status,
    health: async () =>
      (await ask(url, '/v1/health', { key: adminKey })).json['checks'] as Record<
        string,
        { status: string; detail: string }
      >,
  }
}

/** From the alert to the end of the incident; `meanwhile` is called between any two looks. Throws after `withinMs`. */
export const heal = async (
  people: People,
  withinMs: number,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> => {
  const until = performance.now() + withinMs
  const eventually = async (what: string, done: () => Promise<boolean>): Promise<void> => {
    while (!(await done())) {
      if (performance.now() > until)
        throw new Error(
          `${what}: not within ${withinMs} ms; incident ${await people.incident()}, runs ${(await people.runs()).join()}, health ${JSON.stringify(await people.health())}`,
        )
      await meanwhile()
      await pause(40)
    }
  }
  const succeeded = async () => (await people.runs()).filter((status) => status === 'succeeded').length
  const before = await succeeded()
  await eventually('acknowledged', () => people.post('firing', before))
  await eventually('run', async () => {
    await people.approve()
    return (await succeeded()) > before
  })
  await eventually('resolve acknowledged', () => people.post('resolved', before))
  await eventually('incident resolved', async () => (await people.incident()) === 'resolved')
}
