import { parseCheckpoint } from '../../domain/log/checkpoint.ts'
import { parseVerifierKey, signatureChecks } from '../../domain/log/note.ts'
import { fails, passes, type SelfFinding } from '../../domain/self-test.ts'
import { inTenant } from '../../storage/database.ts'
import {
  type LogHead,
  type LogKey,
  readCheckpoint,
  readKeys,
  readSealingLag,
} from '../../storage/log.repository.ts'
import { damagedEntry } from '../audit/seal.ts'
import { sha256 } from '../audit/sha256.ts'
import { signatureHolds } from '../audit/verify-signature.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

const lateMs = 30_000
const seeLog = 'Take an export with suture audit export, and verify it before anything is trusted.'

/** The history is sealed in time, and its newest checkpoint holds under the newest key. */
export const sealerCheck = ({ app, tenantId }: SelfTestScope): SelfCheck => ({
  name: 'sealed history',
  shows: 'the history is sealed in time, and its newest checkpoint bears a signature that holds',
  look: async () => {
    const [lag, { head, keys }] = await Promise.all([
      readSealingLag(app.store),
      inTenant(
        app.store,
        tenantId,
        async (tx) => {
          const [newest, known] = await Promise.all([readCheckpoint(tx), readKeys(tx)])
          return { head: newest, keys: known }
        },
        { readOnly: true },
      ),
    ])
    if (lag.damaged?.tenantId === tenantId) return fails(damagedEntry(tenantId, lag.damaged.seq), seeLog)
    if (lag.waiting > 0 && lag.oldestMs > lateMs)
      return fails(
        `${lag.waiting} entries wait to be sealed, the oldest for ${Math.round(lag.oldestMs / 1_000)} s`,
        'See that a process with the role worker and the log’s key runs; the health page says what keeps it.',
      )
    return head === null ? passes('nothing is sealed yet, and nothing has waited long') : signedBy(head, keys)
  },
})

const signedBy = (head: LogHead, keys: readonly LogKey[]): SelfFinding => {
  const checkpoint = parseCheckpoint(head.note)
  if (!checkpoint.ok) return fails(`the newest checkpoint cannot be read: ${checkpoint.problem}`, seeLog)
  const { size, root, note } = checkpoint.value
  if (size !== head.size || Buffer.compare(root, head.root) !== 0)
    return fails('the newest checkpoint was signed for another root than is stored', seeLog)
  const [key] = keys.toReversed().flatMap(({ vkey, fromSize }) => {
    const parsed = parseVerifierKey(vkey, sha256)
    return parsed.ok && fromSize < head.size ? [parsed.value] : []
  })
  const checks = key === undefined ? [] : signatureChecks(note, [key])
  return checks.length > 0 && checks.every(signatureHolds)
    ? passes(`${head.size} entries are signed for by the key ${key?.keyId}`)
    : fails('the newest checkpoint bears no signature of the log’s key that holds', seeLog)
}
