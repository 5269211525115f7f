import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'

/** The services that are healed here, and the playbook of three steps that heals them. */

/**
 * How a service answers to the three steps. `heals`: all succeed and it recovers. `refused`: it refuses the third, so two are
 * undone. `ill`: all succeed and it does not recover, so three are undone. `blind`: as `heals`, but it can't tell afterwards
 * what was done to it.
 */
export const variants = ['heals', 'refused', 'ill', 'blind'] as const
export type Variant = (typeof variants)[number]

export const steps = ['one', 'two', 'three'] as const

/** More than there are runs at a time: one whose last run ended badly is left in peace for a while. */
const ofEach = 24

export const serviceNames = (variant: Variant): string[] =>
  Array.from({ length: ofEach }, (_, at) => `${variant}-${at + 1}`)

export const variantOf = (service: string): Variant => {
  const found = variants.find((variant) => service.startsWith(`${variant}-`))
  if (found === undefined) throw new Error(`${service} is no service of this estate`)
  return found
}

/** The flag that the third step turns on; a service that refuses the third step knows it by this. */
export const thirdFlag = 'third'

const setFlag = (flag: string, enabled: boolean) => ({ action: 'set_feature_flag', with: { flag, enabled } })

const playbook = (name: string, diagnosis: string, verify: object) => ({
  name,
  version: 1,
  title: `Mend in three steps (${name})`,
  // Flags alone: no playbook that is built in can do anything here, however badly this one has done before.
  description: 'Three steps with an effect each, all of the same action; every one can be undone.',
  impact: 'medium',
  diagnoses: [diagnosis],
  steps: [
    {
      id: 'one',
      ...setFlag('first', true),
      timeout: '10s',
      rollback: { ...setFlag('first', false), timeout: '5s' },
    },
    {
      id: 'two',
      ...setFlag('second', true),
      timeout: '10s',
      rollback: { ...setFlag('second', false), timeout: '5s' },
    },
    {
      id: 'three',
      ...setFlag(thirdFlag, true),
      timeout: '10s',
      rollback: { ...setFlag(thirdFlag, false), timeout: '5s' },
    },
  ],
  verify: { check: 'http_probe', ...verify },
  expectedDuration: '1s',
  prior: { worked: 20, failed: 0 },
})

const parameter = (name: string): string => '${{ parameters.' + name + ' }}'

const service = (targetUrl: string, name: string) => {
  const call = (action: string, body: Readonly<Record<string, string>>) => ({
    method: 'POST',
    url: `${targetUrl}/services/${name}/${action}`,
    body,
    ...(variantOf(name) === 'blind' ? {} : { effect: `${targetUrl}/effects/{key}` }),
  })
  return {
    name,
    owner: 'chaos',
    probe: { url: `${targetUrl}/services/${name}/health`, timeout: '5s' },
    targets: [
      {
        name: `target/${name}`,
        kind: 'http',
        actions: {
          set_feature_flag: call('flag', { flag: parameter('flag'), enabled: parameter('enabled') }),
        },
      },
    ],
  }
}

export interface EstateFiles {
  readonly cataloguePath: string
  readonly playbooksDir: string
}

/** Writes catalogue and playbooks below `dir`. */
export const writeEstate = async (dir: string, targetUrl: string): Promise<EstateFiles> => {
  const playbooksDir = join(dir, 'playbooks')
  const cataloguePath = join(dir, 'catalogue.yaml')
  await mkdir(playbooksDir, { recursive: true })
  const services = variants.flatMap(serviceNames).map((name) => service(targetUrl, name))
  await Promise.all([
    writeFile(cataloguePath, stringify({ services })),
    ...[
      // Long, because a service that has recovered must not be taken for ill on a slow machine.
      playbook('mend', 'service_down', { within: '10s', every: '50ms', healthy: 2 }),
      playbook('mend-in-vain', 'elevated_errors', { within: '1s', every: '50ms', healthy: 2 }),
    ].map((each) => writeFile(join(playbooksDir, `${each.name}.yaml`), stringify(each))),
  ])
  return { cataloguePath, playbooksDir }
}
