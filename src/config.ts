import { z } from 'zod'
import { auditSettings } from './config/audit-settings.ts'
import { chatProblems } from './config/chat-problems.ts'
import { chatSettings } from './config/chat-settings.ts'
import { prometheusSettings } from './config/prometheus-settings.ts'
import { senderProblems } from './config/sender-problems.ts'
import {
  choice,
  type Defaulted,
  duration,
  headerName,
  integer,
  list,
  minute,
  networks,
  optional,
  type Setting,
  setting,
  subjects,
  text,
  url,
} from './config/setting.ts'
import { siemSettings } from './config/siem-settings.ts'

/** Every setting of Suture: declared once, with description, default and bounds. The docs are generated from here. */

/** How a source's sender proves who it is. */
const senderAuths = ['bearer', 'hmac', 'basic', 'mtls'] as const
type SenderAuthName = (typeof senderAuths)[number]

type SenderSettings<Name extends string> = {
  readonly [Key in `SUTURE_${Name}_AUTH`]: Defaulted<SenderAuthName>
} & { readonly [Key in `SUTURE_${Name}_SECRET`]: Setting<string> } & {
  readonly [Key in `SUTURE_${Name}_MTLS_SUBJECTS`]: Defaulted<string[]>
}

/** The same three for every source of alerts. */
const senderSettings = <const Name extends string>(name: Name, who: string): SenderSettings<Name> => {
  const made: Record<string, Setting<unknown>> = {
    [`SUTURE_${name}_AUTH`]: setting({
      description: `How ${who} proves who it is: \`bearer\` by SUTURE_${name}_SECRET as a token, \`hmac\` by a signature with it, \`basic\` by user and password, \`mtls\` by its client certificate (docs/operation.md).`,
      default: 'bearer',
      parse: choice(senderAuths),
    }),
    [`SUTURE_${name}_SECRET`]: optional({
      description: `The bearer token, the HMAC key or \`user:password\` of ${who}. Not set: its alerts are refused.`,
      secret: true,
      parse: text(),
    }),
    [`SUTURE_${name}_MTLS_SUBJECTS`]: setting({
      description: `Subjects of client certificates that may send for this source when SUTURE_${name}_AUTH is mtls, exactly as the proxy writes them, separated by semicolons.`,
      default: '',
      example: 'CN=alerts,O=Example',
      parse: subjects,
    }),
  }
  return made as SenderSettings<Name>
}

const declared = {
  SUTURE_HOST: setting({
    description: 'Address to listen on. Only loopback addresses are allowed in the lab.',
    default: '127.0.0.1',
    parse: text(255),
  }),
  SUTURE_PORT: setting({
    description:
      'Port of the console and of /v1. When it is not set and 7500 is taken, the next free one is used.',
    default: '7500',
    parse: integer(0, 65_535),
  }),
  SUTURE_PUBLIC_URL: optional({
    description: 'How people reach the console from outside; its host is allowed besides loopback.',
    example: 'https://suture.example.com',
    parse: url(/^https?$/, 'http:// or https://'),
  }),
  SELF_HEAL_BASE_URL: optional({
    description: 'Older name of SUTURE_PUBLIC_URL; still read when that is not set.',
    parse: url(/^https?$/, 'http:// or https://'),
  }),
  SUTURE_LAB: setting({
    description:
      'The lab: three small services that break on demand, and no protection. `auto` turns it on when nothing real is configured: no DATABASE_URL, no SUTURE_CATALOGUE, a loopback address, and NODE_ENV is not production.',
    default: 'auto',
    parse: choice(['auto', 'on', 'off']),
  }),
  SUTURE_DATA_DIR: setting({
    description: 'Where the embedded database and the lab keep their files.',
    default: '.suture',
    parse: text(),
  }),
  SUTURE_TENANT: setting({
    description: 'Tenant of this installation, for intake and sign-in. The lab always uses `lab`.',
    default: 'main',
    parse: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,40}$/, 'expected lower-case letters, digits and dashes, at most 41'),
  }),
  DATABASE_URL: optional({
    description:
      'PostgreSQL 14 or newer, as the owner of the schema. Not set: an embedded PostgreSQL in SUTURE_DATA_DIR.',
    example: 'postgres://suture_owner@db.example.com/suture',
    secret: true,
    parse: url(/^postgres(ql)?$/, 'postgres://'),
  }),
  DATABASE_APP_URL: optional({
    description:
      'The same database as `suture_app`, the role that processes work as. Not set: the owner connects and becomes that role.',
    secret: true,
    parse: url(/^postgres(ql)?$/, 'postgres://'),
  }),
  REDIS_URL: optional({
    description: 'Redis 7 or newer for the queue. Not set: the queue lives in PostgreSQL.',
    example: 'redis://cache.example.com:6379',
    secret: true,
    parse: url(/^rediss?$/, 'redis://'),
  }),
  SUTURE_CATALOGUE: optional({
    description: 'YAML file of services: plain form or Backstage components.',
    example: 'catalogue.yaml',
    parse: text(),
  }),
  SUTURE_PLAYBOOKS: optional({
    description: 'Folder of playbooks (YAML) besides the built-in ones.',
    example: 'playbooks',
    parse: text(),
  }),
  SUTURE_POLICY: optional({
    description:
      'YAML file of the policy: change windows, freezes, approvals, limits and rules (docs/policy.md). Without one the default holds: a person approves everything, and nothing of medium impact or more runs outside Mon-Fri 09:00-18:00 in the time zone of its service.',
    example: 'policy.yaml',
    parse: text(),
  }),
  SUTURE_ALLOWED_COMMANDS: setting({
    description:
      'Absolute paths of the programs that command targets may start, separated by commas. Empty: none.',
    default: '',
    example: '/usr/bin/systemctl',
    parse: list,
  }),
  SUTURE_KUBECONFIG: optional({
    description:
      'Kubeconfig for Kubernetes targets and evidence (docs/targets.md). Not set: the cluster that Suture runs in, if it does.',
    example: '/etc/suture/kubeconfig',
    parse: text(),
  }),
  SUTURE_DOCKER_SOCKET: setting({
    description: 'Socket of the Docker daemon for Docker targets.',
    default: '/var/run/docker.sock',
    parse: text(),
  }),
  SUTURE_PRIVATE_NETWORKS: setting({
    description:
      'Networks of the inside that actions and probes may reach by a host name, separated by commas. Besides, an address is reached when the catalogue names it as the host of a URL (docs/security.md).',
    default: '',
    example: '10.0.0.0/8,fd12:3456::/32',
    parse: networks,
  }),
  ...senderSettings('ALERTMANAGER', 'Alertmanager'),
  ...senderSettings('GRAFANA', 'Grafana'),
  ...senderSettings('GENERIC', 'a sender of generic JSON'),
  SUTURE_GENERIC_HMAC_HEADER: optional({
    description:
      'Header in which generic JSON is signed by senders that have one of their own, and sign no time. Not set: X-Suture-Signature, with the time.',
    example: 'X-Hub-Signature-256',
    parse: headerName,
  }),
  SUTURE_MTLS_HEADER: setting({
    description: 'Header in which the proxy that ends TLS writes the subject of the client certificate.',
    default: 'ssl-client-subject-dn',
    parse: headerName,
  }),
  SUTURE_TRUSTED_PROXIES: setting({
    description:
      'Addresses or networks of the proxies whose SUTURE_MTLS_HEADER is believed, separated by commas. Empty: none.',
    default: '',
    example: '10.0.0.7,10.1.0.0/16',
    parse: networks,
  }),
  ...prometheusSettings,
  ...chatSettings,
  ...auditSettings,
  ...siemSettings,
  SELF_HEAL_RUN_TIMEOUT_MIN: setting({
    description: 'Minutes a run may take, with verification and rollback. Nothing lifts it.',
    default: '10',
    parse: integer(1, 120),
  }),
  SELF_HEAL_OBSERVE_ONLY: setting({
    description: '`true`: mode observe for the whole installation, whatever is set elsewhere.',
    default: 'false',
    parse: choice(['true', 'false']),
  }),
  SUTURE_APPROVAL_TTL: setting({
    description: 'How long a request waits for approval.',
    default: '1h',
    parse: duration(1_000, 24 * 60 * minute),
  }),
  SUTURE_PERMIT_TTL: setting({
    description: 'How long an approved run may wait before it begins.',
    default: '30m',
    parse: duration(1_000, 24 * 60 * minute),
  }),
  SUTURE_LEASE: setting({
    description: 'How long a worker holds a run without a heartbeat before another may take it over.',
    default: '15s',
    parse: duration(500, 10 * minute),
  }),
  SUTURE_FLAP_WINDOW: setting({
    description:
      'A service that fires anew within this time after its incident resolved opens that incident again.',
    default: '2m',
    parse: duration(0, 60 * minute),
  }),
  SUTURE_RING_AGAIN: setting({
    description: 'After this time the sweeper rings again for work that nobody has taken.',
    default: '5s',
    parse: duration(100, 10 * minute),
  }),
  SUTURE_CONCURRENCY: setting({
    description: 'Runs that one worker carries out at a time.',
    default: '16',
    parse: integer(1, 100),
  }),
  SUTURE_DRAIN: setting({
    description:
      'How long a stopping process waits for its runs; what is still under way is then taken over by the next start.',
    default: '30s',
    parse: duration(0, 60 * minute),
  }),
  SUTURE_RETENTION: setting({
    description:
      'How long presses of buttons, alerts that could not be read and recorded changes are kept. Incidents, runs and the history are kept for ever.',
    default: '90d',
    parse: duration(24 * 60 * minute, 3_650 * 24 * 60 * minute),
  }),
  SUTURE_LOG_LEVEL: setting({
    description: 'Least serious messages that are logged.',
    default: 'info',
    parse: choice(['debug', 'info', 'warn', 'error', 'silent']),
  }),
} satisfies Record<string, Setting<unknown>>

type Declared = typeof declared
type SettingName = keyof Declared
export type Settings = {
  readonly [Name in SettingName]: Declared[Name] extends { default: string }
    ? z.output<Declared[Name]['parse']>
    : z.output<Declared[Name]['parse']> | undefined
}

export const settings = (Object.entries(declared) as [SettingName, Setting<unknown>][]).map(
  ([name, { description, default: fallback, example, secret }]) => ({
    name,
    description,
    default: fallback,
    example,
    secret,
  }),
)

export interface ConfigProblem {
  readonly name: string
  readonly problem: string
  readonly remedy: string
}

/** All problems at once, by variable name. Empty variables count as not set. Values of secrets are never repeated. */
export const readSettings = (
  env: Readonly<Record<string, string | undefined>>,
): { ok: true; settings: Settings } | { ok: false; problems: ConfigProblem[] } => {
  const values: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  for (const [name, each] of Object.entries(declared) as [SettingName, Setting<unknown>][]) {
    const given = env[name] === '' ? undefined : env[name]
    const raw = given ?? each.default
    if (raw === undefined) continue
    const parsed = each.parse.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    else
      problems.push({
        name,
        problem:
          each.secret === true
            ? 'its value does not have the expected form'
            : parsed.error.issues.map((issue) => issue.message).join('; '),
        remedy: each.description,
      })
  }
  for (const name of Object.keys(env))
    if (name.startsWith('SUTURE_') && !(name in declared) && !allowedElsewhere.test(name))
      problems.push({
        name,
        problem: 'there is no such setting',
        remedy: `The nearest is ${nearest(name)}; docs/settings.md lists them all.`,
      })
  problems.push(
    ...senderProblems(values as Partial<Settings>),
    ...chatProblems((name) => (env[name] ?? '') !== ''),
  )
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, settings: values as unknown as Settings }
}

/** Secrets that playbooks' calls name, and what the CLI reads. */
const allowedElsewhere = /^SUTURE_(SECRET_[A-Z0-9_]+|URL|API_KEY|EFFECT_KEY|TIMEOUT_MS|CONFIG|WATCHDOG)$/

const nearest = (name: string): string => {
  const shared = (other: string): number => [...name].filter((letter, at) => other[at] === letter).length
  return Object.keys(declared).reduce(
    (best, other) => (shared(other) > shared(best) ? other : best),
    'SUTURE_HOST',
  )
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/** Whether the lab runs; a sentence when what is asked for is not safe. */
export const labMode = (
  given: Settings,
  nodeEnv: string | undefined,
): { lab: boolean } | { refused: ConfigProblem } => {
  if (given.SUTURE_LAB === 'off') return { lab: false }
  const isLoopback = loopback.has(given.SUTURE_HOST)
  if (given.SUTURE_LAB === 'on')
    return isLoopback
      ? { lab: true }
      : {
          refused: {
            name: 'SUTURE_LAB',
            problem: `the lab protects nothing, so it must not listen on ${given.SUTURE_HOST}`,
            remedy: 'Set SUTURE_HOST to 127.0.0.1 or SUTURE_LAB to off.',
          },
        }
  return {
    lab:
      isLoopback &&
      given.DATABASE_URL === undefined &&
      given.SUTURE_CATALOGUE === undefined &&
      nodeEnv !== 'production',
  }
}
