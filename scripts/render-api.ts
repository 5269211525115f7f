import type { App } from '../src/app/app.ts'
import type { IngestWriter } from '../src/app/ingest/batch-writer.ts'
import { createHttpApp } from '../src/http/app.ts'
import type { HttpDeps } from '../src/http/deps.ts'
import type { Operation } from '../src/http/operation.ts'

const never = (): never => {
  throw new Error('the documentation asks nothing of the service')
}

/** Enough to list the routes: nothing is served, so nothing behind them is there. */
const listed: HttpDeps = {
  app: { clock: { monotonicMs: () => 0 } } as App,
  ingest: {} as IngestWriter,
  events: { subscribe: () => () => undefined },
  lab: { faults: [], state: never, breakService: never, mendService: never },
  parsers: { alertmanager: never, grafana: never, generic: never },
  senders: {
    alertmanager: { kind: 'shared_secret', secret: null },
    grafana: { kind: 'shared_secret', secret: null },
    generic: { kind: 'shared_secret', secret: null },
  },
  tenantId: 'main',
  health: never,
  allowedHosts: [],
  consoleDir: null,
  version: '0',
}

/** Every operation there is, the lab's among them, in the order in which they are declared. */
export function listedOperations(): readonly Operation[] {
  const app = createHttpApp(listed)
  app.close()
  return app.operations
}

/** The table of operations in `docs/api.md`. */
export function renderOperations(): string {
  const rows = listedOperations().map(
    (operation) =>
      `| \`${operation.method.toUpperCase()}\` | \`${operation.path}\` | ${operation.summary} | ${accessOf(operation)} |`,
  )
  return ['| | Path | What it does | Needs |', '|---|---|---|---|', ...rows].join('\n')
}

function accessOf({ access }: Operation): string {
  if (access.kind !== 'scopes') return 'nothing'
  return access.scopes.map((scope) => `\`${scope}\``).join(' and ')
}
