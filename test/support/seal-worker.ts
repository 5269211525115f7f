import { openSigningKeys } from '../../adapters/files/signing-keys.ts'
import type { App } from '../../src/app/app.ts'
import { createSealer } from '../../src/app/audit/seal-turn.ts'
import { openStore } from '../../src/storage/database.ts'

/** Seals without a pause until somebody kills it: what `url` and the key of `key` are for. Says a line once it has begun. */
const [url = '', key = ''] = process.argv.slice(2)
const quiet = () => undefined
const store = openStore({ url, maxConnections: 2, onError: quiet })
const app = {
  store,
  log: { info: quiet, warn: quiet, error: quiet },
  clock: { monotonicMs: () => performance.now() },
} as unknown as App
// Nothing stands for a leader here: that two of them seal at once is what is wanted.
const sealer = createSealer({ app, keys: openSigningKeys(key), host: 'suture.test', batch: 7 })
process.stdout.write('sealing\n')
for (;;) await sealer.turn()
