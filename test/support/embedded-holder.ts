/**
 * A Suture reduced to its database, as a process that tests may kill: `node embedded-holder.ts <dataDir> [port]`.
 * Says one line of JSON (Said) once it is up or refused; ends the server on SIGTERM.
 */
import { AlreadyRunningError, startEmbeddedPostgres } from '../../adapters/postgres/embedded.ts'

export type Said =
  | { kind: 'up'; port: number; directory: string; adopted: boolean; ownerUrl: string; log: string[] }
  | { kind: 'refused'; alreadyRunning: boolean; message: string }

const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`)

const [dataDir = '', port] = process.argv.slice(2)
const log: string[] = []
try {
  const server = await startEmbeddedPostgres({
    dataDir,
    ...(port === undefined ? {} : { port: Number(port) }),
    log: (line) => log.push(line),
  })
  process.once('SIGTERM', () => void server.stop())
  const { directory, adopted, ownerUrl } = server
  say({ kind: 'up', port: server.port, directory, adopted, ownerUrl, log })
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  say({ kind: 'refused', alreadyRunning: error instanceof AlreadyRunningError, message })
}
