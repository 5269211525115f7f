import { registerHooks } from 'node:module'

/**
 * Loaded ahead of Suture (`--import`), it takes the writing of the history out: no entry is made, hashed, sent or sealed. What a
 * commit tells live views it still tells. Suture itself has no such switch.
 */
const withoutAudit = `
import { notifyChanges } from '../storage/notify.ts'
export const writeAudit = (_app, tx, _entries, changes) => notifyChanges(tx, changes)
`

registerHooks({
  load: (url, context, next) =>
    url.endsWith('/src/app/write-audit.ts')
      ? { format: 'module', source: withoutAudit, shortCircuit: true }
      : next(url, context),
})
