import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Where it all begins. Node keeps the stripped and compiled code of every file for the next start, which then takes about
 * half the time. That works for what is imported after it was turned on, and through the environment for the processes
 * that are started from here. A folder that can't be written is no reason to stop.
 */
process.env['NODE_COMPILE_CACHE'] ||= fileURLToPath(
  new URL('../node_modules/.cache/suture/', import.meta.url),
)
enableCompileCache()
await import('./start/command.ts')
flushCompileCache()
