import { exportOf, makeHistory, proofFileOf } from './audit-history.ts'
import type { ProjectFile } from './project-files.ts'

/** What docs/audit-format.md points to, for whoever writes a verifier of their own. */
export const exampleAuditFiles = (): ProjectFile[] => {
  const history = makeHistory({ size: 12, every: 5, rotations: [7] })
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
  const file = (name: string, content: string): ProjectFile => ({
    path: `docs/examples/audit/${name}`,
    text: content,
  })
  return [
    file('export.txt', text(exportOf(history))),
    file('proof.json', text(proofFileOf(history, [3, 10]))),
    file('key.txt', `${history.signers[0]?.key.vkey ?? ''}\n`),
    file('checkpoint.txt', history.notes.get(5) ?? ''),
  ]
}
