import { fileURLToPath } from 'node:url'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { createIngestWriter } from '../app/ingest/batch-writer.ts'
import type { LabPort } from '../app/lab-port.ts'
import type { Settings } from '../config.ts'
import type { Context } from '../context.ts'
import { createHealth, type HealthFacts } from './health.ts'
import type { OpenPort } from './listen.ts'

export interface Served {
  readonly settings: Settings
  readonly tenantId: string
  readonly lab: { readonly port: LabPort; readonly secret: string } | null
  readonly version: string
  readonly health: Omit<HealthFacts, 'ingest' | 'version'>
  /** Done when all else is ready, right before the first request is answered. */
  readonly prepare: () => Promise<void>
}

/** Answers requests on `port` from now on. Returns how to end it: what was accepted is answered first. */
export const serve = async (
  context: Context,
  port: OpenPort,
  served: Served,
): Promise<() => Promise<void>> => {
  const { app, feed } = context
  const { settings, lab, version, tenantId } = served
  const [{ createHttpApp }, { answerClientError, createListener }] = await Promise.all([
    import('../http/app.ts'),
    import('../http/listener.ts'),
  ])
  const ingest = createIngestWriter(app)
  const http = createHttpApp({
    app,
    ingest,
    events: feed,
    lab: lab?.port ?? null,
    parsers: alertParsers,
    senders: sendersOf(settings, lab?.secret ?? null),
    tenantId,
    health: createHealth(context, { ...served.health, version, ingest }),
    allowedHosts: hostsOf(settings, port.port),
    consoleDir: fileURLToPath(new URL('../../console/', import.meta.url)),
    version,
    secureCookies: publicUrlOf(settings)?.protocol === 'https:',
  })
  await served.prepare()
  port.server.on('clientError', answerClientError)
  port.handle(createListener(http))
  return async () => {
    http.close()
    await port.close()
    await ingest.drain()
  }
}

const sendersOf = (settings: Settings, labSecret: string | null) => {
  const secret = (value: string | undefined) => ({ kind: 'shared_secret' as const, secret: value ?? null })
  return {
    alertmanager: secret(labSecret ?? settings.SUTURE_ALERTMANAGER_SECRET),
    grafana: secret(settings.SUTURE_GRAFANA_SECRET ?? labSecret ?? undefined),
    generic: secret(settings.SUTURE_GENERIC_SECRET ?? labSecret ?? undefined),
  }
}

const publicUrlOf = (settings: Settings): URL | null => {
  const open = settings.SUTURE_PUBLIC_URL ?? settings.SELF_HEAL_BASE_URL
  return open === undefined ? null : new URL(open)
}

const hostsOf = (settings: Settings, port: number): string[] => {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const open = publicUrlOf(settings)
  return open === null ? own : [...own, open.host]
}
