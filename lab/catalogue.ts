/** The estate as Suture's catalogue knows it: owners, dependencies, a probe, and what may be done to each service. */
import { stringify } from 'yaml'
import { ESTATE, SERVICE_NAMES, type ServiceName } from './estate.ts'

/** The name under which Suture keeps the token of the control API. */
export const SECRET_NAME = 'lab-token'

export function catalogueYaml(labUrl: string): string {
  const services = SERVICE_NAMES.map((name) => describe(labUrl, name))
  const head = `# Written by the lab at each start; edits are lost. Its services, and what may be done to them.\n`
  return head + stringify({ services }, { lineWidth: 0 })
}

function describe(labUrl: string, name: ServiceName) {
  const { title, description, owner, dependsOn } = ESTATE[name]
  const action = (path: string, body?: Readonly<Record<string, string>>) => ({
    method: 'POST',
    url: `${labUrl}/services/${name}/${path}`,
    ...(body ? { body } : {}),
    secret: SECRET_NAME,
    effect: `${labUrl}/effects/{key}`,
  })
  const parameter = (parameterName: string) => '${{ parameters.' + parameterName + ' }}'
  return {
    name,
    title,
    description,
    owner,
    timeZone: 'Europe/Berlin',
    dependsOn: [...dependsOn],
    channels: ['incidents'],
    probe: { url: `${labUrl}/svc/${name}/health`, timeout: '2s' },
    targets: [
      {
        name: `lab/${name}`,
        kind: 'http',
        actions: {
          restart_service: action('restart'),
          scale_instances: action('scale', { delta: parameter('delta') }),
          set_feature_flag: action(`flags/${parameter('flag')}`, { enabled: parameter('enabled') }),
          set_log_level: action('log-level', {
            level: parameter('level'),
            ttlMinutes: parameter('ttlMinutes'),
          }),
          warm_cache: action('cache/warm'),
          flush_circuits: action('circuits/flush'),
        },
      },
    ],
  }
}
