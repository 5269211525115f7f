import { open } from 'node:fs/promises'
import type { AuditSink } from '../../src/app/ports.ts'

/** Appends to the file and waits for the disk. It is opened for every batch: it may be moved away at any time. */
export const createJsonLinesSink =
  (path: string): AuditSink =>
  async (records) => {
    const file = await open(path, 'a+', 0o600)
    try {
      const lines = records.map(({ json }) => `${json}\n`).join('')
      // Whoever was killed in the middle of a line has left it half: the next one begins on a line of its own.
      await file.appendFile((await endsInLine(file)) ? lines : `\n${lines}`)
      await file.datasync()
    } finally {
      await file.close()
    }
  }

const endsInLine = async (file: Awaited<ReturnType<typeof open>>): Promise<boolean> => {
  const { size } = await file.stat()
  if (size === 0) return true
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === 0x0a
}
