import pino, { type LoggerOptions } from 'pino'
import type { Log } from './app/app.ts'
import { secretNames } from './domain/secret-names.ts'

const redacted = secretNames.map((name) => `*.${name}`)

/**
 * JSON lines, to standard error or to a file: standard output is for people. Headers and secrets never get here; the
 * redacted paths make sure of it.
 */
export const createLog = (level: string, file?: string): Log => {
  const to = destination(file)
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
  }
  const redacting = pino({ ...options, redact: redacted }, to)
  const flat = pino(options, to)
  // Every redacted path leads into an object. The lines of requests hold none, and looking is most of what a line costs.
  const forLine = (details: object) =>
    Object.values(details).some((value) => typeof value === 'object' && value !== null) ? redacting : flat
  return {
    info: (details, message) => forLine(details).info(details, message),
    warn: (details, message) => forLine(details).warn(details, message),
    error: (details, message) => forLine(details).error(details, message),
  }
}

/** Lines that wait to be written, at most; beyond that the newest are dropped. */
const waitingBytes = 1024 * 1024

const destination = (file: string | undefined) => {
  const opened = pino.destination({ dest: file ?? 2, sync: false, mkdir: true, maxLength: waitingBytes })
  // A full disk or a closed terminal must not end the process that heals.
  opened.on('error', () => undefined)
  return opened
}
