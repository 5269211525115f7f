import pino from 'pino'
import type { Log } from './app/app.ts'

/** JSON lines on standard error; standard output is for people. Headers and secrets never get here; these paths make sure. */
export const createLog = (level: string): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.authorization', '*.cookie', '*.secret', '*.key', '*.token'],
    },
    pino.destination({ dest: 2, sync: false }),
  )
