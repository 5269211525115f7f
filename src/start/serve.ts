import { fileURLToPath } from 'node:url'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { startLoop } from '../../jobs/sweeper.ts'
import { createIngestWriter } from '../app/ingest/batch-writer.ts'
import type { LabPort } from '../app/lab-port.ts'
import type { Settings } from '../config.ts'
import type { Context } from '../context.ts'
import type { Hook } from '../http/chat-hooks.ts'
import type { FilesState } from '../http/deps.ts'
import { createHealth, type HealthFacts } from './health.ts'
import type { OpenPort } from './listen.ts'
import { publicUrlOf } from './public-url.ts'
import { sendersOf } from './senders.ts'

const lookEveryMs = 5_000

export interface Served {
  readonly settings: Settings
  readonly tenantId: string
  readonly lab: { readonly port: LabPort; readonly secret: string } | null
  readonly version: string
  readonly chatHooks?: ReadonlyMap<string, Hook>
  /** What is wrong with the files that are watched. */
  readonly files?: () => FilesState
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
  const { app, peopleApp, feed } = context
  const { settings, lab, version, tenantId } = served
  const [{ createHttpApp }, { answerClientError, createListener }] = await Promise.all([
    import('../http/app.ts'),
    import('../http/listener.ts'),
  ])
  const ingest = createIngestWriter(app)
  const health = createHealth(context, { ...served.health, version, ingest })
  const http = createHttpApp({
    app: peopleApp,
    ingest,
    events: feed,
    lab: lab?.port ?? null,
    ...(served.chatHooks === undefined ? {} : { chatHooks: served.chatHooks }),
    parsers: alertParsers,
    senders: sendersOf(settings, lab?.secret ?? null),
    tenantId,
    health,
    ...(served.files === undefined ? {} : { files: served.files }),
    allowedHosts: hostsOf(settings, port.port),
    consoleDir: fileURLToPath(new URL('../../console/', import.meta.url)),
    version,
    secureCookies: publicUrlOf(settings)?.protocol === 'https:',
  })
  await served.prepare()
  port.server.on('clientError', answerClientError)
  port.handle(createListener(http))
  // Looked at without being asked, so that what fails is known since when it fails.
  const watch = startLoop(lookEveryMs, app.log, 'health', health)
  return async () => {
    http.close()
    await Promise.all([watch.stop(), port.close()])
    await ingest.drain()
  }
}

const hostsOf = (settings: Settings, port: number): string[] => {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const open = publicUrlOf(settings)
  return open === null ? own : [...own, open.host]
}
