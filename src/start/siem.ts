import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type KnownSecret, redactionOf } from '../../adapters/actions/redact.ts'
import { createJsonLinesSink } from '../../adapters/siem/json-lines.ts'
import { createSyslogSink } from '../../adapters/siem/syslog.ts'
import { createWebhookSink } from '../../adapters/siem/webhook.ts'
import { startSiem } from '../../jobs/siem.ts'
import type { AuditSink } from '../app/ports.ts'
import { settings as everySetting, type Settings } from '../config.ts'
import type { Context, DatabaseAddress } from '../context.ts'
import { standForLeader } from '../storage/leader.ts'
import { publicUrlOf } from './public-url.ts'
import { reasonOf } from './reason-of.ts'

/** Under which the cursor is kept: another place is given everything from the beginning. Null where there is none. */
export const siemNameOf = ({ SUTURE_SIEM_URL: url }: Settings): string | null =>
  url === undefined ? null : `${new URL(url).protocol.slice(0, -1)} ${hash('sha256', url).slice(0, 12)}`

/** Throws a sentence where the authorities can't be read. */
export const startSiemFeed = async (
  { app }: Pick<Context, 'app'>,
  settings: Settings,
  env: NodeJS.ProcessEnv,
  version: string,
  database: DatabaseAddress,
): Promise<{ readonly stop: () => Promise<void> } | null> => {
  const { SUTURE_SIEM_URL: url } = settings
  const name = siemNameOf(settings)
  if (url === undefined || name === null) return null
  const sink = await sinkOf(url, settings)
  const leadership = standForLeader(database, 'siem')
  let stopping = false
  const loop = startSiem(
    app,
    {
      sink,
      name,
      version,
      clean: redactionOf(secretsOf(settings, env)).text,
      mayGoOn: () => !stopping && leadership.led(),
    },
    leadership,
  )
  return {
    stop: async () => {
      stopping = true
      await loop.stop()
      await leadership.close()
    },
  }
}

const sinkOf = async (url: string, settings: Settings): Promise<AuditSink> => {
  const { SUTURE_SIEM_SECRET: secret = null, SUTURE_SIEM_CA: authorityFile } = settings
  const { protocol, hostname: host, port } = new URL(url)
  if (protocol === 'file:') return createJsonLinesSink(fileURLToPath(url))
  const authority = authorityFile === undefined ? null : await readAuthority(authorityFile)
  if (!protocol.startsWith('syslog+')) return createWebhookSink({ url, secret, authority })
  return createSyslogSink({
    secure: protocol === 'syslog+tls:',
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    authority,
    ownHost: publicUrlOf(settings)?.hostname ?? hostname(),
  })
}

const readAuthority = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`SUTURE_SIEM_CA: ${path} cannot be read: ${reasonOf(error)}`)
  })

/** Shorter ones would be found in words that are none. */
const shortestSecret = 8

/** Whatever of this process's own secrets should have got into an entry: settings, passwords inside them, secrets of targets. */
const secretsOf = (settings: Settings, env: NodeJS.ProcessEnv): KnownSecret[] => {
  const declared = everySetting
    .filter(({ secret }) => secret === true)
    .flatMap(({ name }) => {
      const value = settings[name]
      if (typeof value !== 'string') return []
      const password = decodeURIComponent(URL.parse(value)?.password ?? '')
      return [value, password].map((each) => ({ name, value: each }))
    })
  const ofTargets = Object.entries(env)
    .filter(([name]) => name.startsWith('SUTURE_SECRET_'))
    .map(([name, value = '']) => ({ name, value }))
  return [...declared, ...ofTargets].filter(({ value }) => value.length >= shortestSecret)
}
