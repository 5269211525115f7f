import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * What `npm start` runs, and the one file that is plain JavaScript: with Node's cache turned on before it meets any
 * TypeScript, a warm start takes every file from there and never loads Node's TypeScript parser, which is 5 MB.
 */
process.env.NODE_COMPILE_CACHE ||= fileURLToPath(new URL('../node_modules/.cache/suture/', import.meta.url))
enableCompileCache()
await import('./main.ts')
