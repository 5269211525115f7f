import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Lab } from '../../lab/start.ts'
import type { Log } from '../app/app.ts'
import type { LabPort } from '../app/lab-port.ts'
import type { Settings } from '../config.ts'

export interface OpenLab {
  readonly port: LabPort
  readonly url: string
  readonly token: string
  readonly cataloguePath: string
  readonly stop: () => Promise<void>
}

const labPort = 7_600

export const labPolicyPath = fileURLToPath(new URL('../../lab/policy.yaml', import.meta.url))

/** Starts the lab beside Suture: it posts its alerts to the same endpoint as any Alertmanager would. */
export const openLab = async (
  settings: Settings,
  given: { sutureUrl: string; alertSecret: string; log: Log; probeIntervalMs?: number; port?: number },
): Promise<OpenLab> => {
  const { startLab, FAULTS } = {
    ...(await import('../../lab/start.ts')),
    ...(await import('../../lab/estate.ts')),
  }
  const lab: Lab = await startLab({
    dir: join(settings.SUTURE_DATA_DIR, 'lab'),
    port: given.port ?? labPort,
    sutureUrl: given.sutureUrl,
    alertSecret: given.alertSecret,
    log: (line) => given.log.info({ part: 'lab' }, line),
    ...(given.probeIntervalMs === undefined ? {} : { probeIntervalMs: given.probeIntervalMs }),
  })
  return {
    port: labPortOf(lab, Object.keys(FAULTS)),
    url: lab.url,
    token: lab.token,
    cataloguePath: lab.cataloguePath,
    stop: () => lab.stop(),
  }
}

const labPortOf = (lab: Lab, faults: readonly string[]): LabPort => {
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${lab.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${lab.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    })
    if (!response.ok) {
      const problem = (await response.json().catch(() => null)) as { detail?: string } | null
      throw new Error(problem?.detail ?? `the lab answered ${response.status}`)
    }
  }
  return {
    faults,
    state: async () => (await fetch(`${lab.url}/state`, { signal: AbortSignal.timeout(5_000) })).json(),
    breakService: (service, fault) => post(`/services/${encodeURIComponent(service)}/break`, { fault }),
    mendService: (service) => post(`/services/${encodeURIComponent(service)}/mend`, {}),
  }
}
