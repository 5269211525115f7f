import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startLab } from '../../lab/start.ts'
import {
  type AlertRule,
  hasPrometheus,
  startAlertmanager,
  startProbeExporter,
  startPrometheus,
} from '../support/prometheus.ts'
import { adminKeyOf, ask, startedSuture } from '../support/suture.ts'

/** The main job as in production: nothing of the lab's own prober, but a Prometheus that looks and an Alertmanager that posts. */

const patiently = { timeout: 60_000, interval: 100 }
const secret = 'alertmanager-secret-of-a-test'

const rule: AlertRule = {
  alert: 'ServiceDown',
  expr: 'probe_success == 0',
  for: '1s',
  labels: { severity: 'critical', team: 'shop' },
  annotations: {
    summary: '{{ $labels.service }} does not answer',
    runbook_url: 'https://runbooks.example.com/service-down',
  },
}

interface Incident {
  readonly id: string
  readonly service: string
  readonly status: string
  readonly severity: string
  readonly flaps: number
  readonly runIds: readonly string[]
  readonly alerts: readonly {
    readonly status: string
    readonly title: string
    readonly summary: string
    readonly labels: Readonly<Record<string, string>>
    readonly links: readonly { readonly label: string; readonly url: string }[]
    readonly endsAt: string | null
    readonly received: number
  }[]
}

const tempDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'suture prometheus '))
  // As root the database runs as a user of its own, who must be able to come by.
  await chmod(dir, 0o755)
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  return dir
}

const aLab = async (dir: string) => {
  const lab = await startLab({ dir, port: 0, log: () => undefined })
  onTestFinished(() => lab.stop())
  const headers = { authorization: `Bearer ${lab.token}`, 'content-type': 'application/json' }
  return {
    ...lab,
    breakCheckout: async () => {
      const body = JSON.stringify({ fault: 'hang' })
      const answer = await fetch(`${lab.url}/services/checkout/break`, { method: 'POST', headers, body })
      expect(answer.status).toBe(200)
    },
    restarts: async () => {
      const { effects } = (await (await fetch(`${lab.url}/effects`, { headers })).json()) as {
        effects: { operation: string; service: string; count: number }[]
      }
      return effects.filter(({ operation }) => operation === 'restart')
    },
  }
}

describe.skipIf(!hasPrometheus)('a real Prometheus and a real Alertmanager', () => {
  it('I1 I3 an alert of theirs becomes one incident, is healed by one approved restart, and resolves with it', async () => {
    const dir = await tempDir()
    const lab = await aLab(join(dir, 'lab'))
    const suture = await startedSuture({
      dataDir: join(dir, 'suture'),
      env: {
        SUTURE_LAB: 'off',
        SUTURE_PORT: '0',
        SUTURE_CATALOGUE: lab.cataloguePath,
        SUTURE_SECRET_LAB_TOKEN: lab.token,
        SUTURE_ALERTMANAGER_SECRET: secret,
      },
    })
    const url = suture.url()
    const alertmanager = await startAlertmanager(join(dir, 'alertmanager'), {
      url: `${url}/v1/alerts/alertmanager`,
      secret,
    })
    const target = await startProbeExporter('checkout', `${lab.url}/svc/checkout/health`)
    const prometheus = await startPrometheus(join(dir, 'prometheus'), {
      target,
      alerting: { alertmanager, rule },
    })

    const admin = adminKeyOf(suture)
    const body = { id: 'person_approver', name: 'Approver', roles: ['approver'] }
    expect((await ask(url, '/v1/people', { key: admin, method: 'POST', body })).status).toBe(201)
    const made = await ask(url, '/v1/keys', {
      key: admin,
      method: 'POST',
      body: { name: 'approver', personId: 'person_approver', scopes: ['read', 'respond', 'approve'] },
    })
    const key = made.json['key'] as string
    const read = async <T>(path: string): Promise<T> => (await ask(url, path, { key })).json as T
    const incidents = async () => (await read<{ items: Incident[] }>('/v1/incidents')).items
    const theIncident = () => read<Incident>('/v1/incidents/inc-1')

    const up = async (): Promise<string | undefined> => {
      const answer = await ask(prometheus, '/api/v1/query?query=probe_success')
      const { result } = answer.json['data'] as { result: { value: [number, string] }[] }
      return result[0]?.value[1]
    }
    await expect.poll(up, patiently).toBe('1')
    expect(await incidents()).toEqual([])

    await lab.breakCheckout()
    await expect.poll(incidents, patiently).toHaveLength(1)
    await expect.poll(async () => (await theIncident()).status, patiently).toBe('proposed')
    const [alert, ...others] = (await theIncident()).alerts
    expect(others).toEqual([])
    expect(await theIncident()).toMatchObject({ service: 'checkout', severity: 'critical' })
    expect(alert).toMatchObject({
      status: 'firing',
      title: 'ServiceDown',
      summary: 'checkout does not answer',
      labels: {
        alertname: 'ServiceDown',
        service: 'checkout',
        severity: 'critical',
        team: 'shop',
        job: 'probe',
        instance: target,
        cluster: 'test',
      },
      links: [
        { label: 'Source', url: `${prometheus}/graph?g0.expr=probe_success+%3D%3D+0&g0.tab=1` },
        { label: 'Runbook', url: 'https://runbooks.example.com/service-down' },
        { label: 'Alertmanager', url: alertmanager },
      ],
    })

    // Alertmanager says it again every second: it stays one incident with one card for each thing there is to say.
    await expect.poll(async () => (await theIncident()).alerts[0]?.received, patiently).toBeGreaterThan(2)
    expect(await incidents()).toHaveLength(1)
    const thread = await read<{ items: { kind: string; cardKind: string }[] }>('/v1/incidents/inc-1/thread')
    expect(thread.items.filter(({ cardKind }) => cardKind === 'incident')).toHaveLength(1)

    const waiting = await read<{ items: { id: string; incidentId: string; playbook: string }[] }>(
      '/v1/approvals?status=pending',
    )
    expect(waiting.items).toMatchObject([{ incidentId: 'inc-1', playbook: 'restart-service' }])
    const decided = await ask(url, `/v1/approvals/${waiting.items[0]?.id}/decisions`, {
      key,
      method: 'POST',
      body: { decision: 'approve' },
    })
    expect(decided.json).toMatchObject({ status: 'approved' })
    await expect
      .poll(async () => (await read<{ status: string }>('/v1/runs/run-1')).status, patiently)
      .toBe('succeeded')
    expect(await lab.restarts()).toMatchObject([{ service: 'checkout', count: 1 }])

    await expect.poll(async () => (await theIncident()).status, patiently).toBe('resolved')
    const healed = await theIncident()
    expect(healed).toMatchObject({ flaps: 0, runIds: ['run-1'] })
    expect(healed.alerts).toMatchObject([{ status: 'resolved' }])
    expect(healed.alerts[0]?.endsAt).not.toBeNull()
    expect(await up()).toBe('1')
    expect(await incidents()).toHaveLength(1)

    // Every post was taken: none was refused, none had to be sent again.
    const metrics = await (await fetch(`${alertmanager}/metrics`)).text()
    expect(metrics).toMatch(/^alertmanager_notifications_failed_total\{.*integration="webhook".*\} 0$/m)
    expect(await suture.stop()).toBe(0)
  })
})
