import { renameSync, writeFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import type { TreeHead } from '../../src/domain/log/check-proof.ts'
import { parseCheckpoint, type SignedCheckpoint } from '../../src/domain/log/checkpoint.ts'
import { signatureChecks, type VerifierKey } from '../../src/domain/log/note.ts'
import type { Client } from '../client.ts'
import { CliFailure, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import { oneLine } from '../text.ts'

interface Given {
  readonly trust: string
  readonly entries?: true
}

const prefix = '/v1/audit/log/'
/** 256 entries of the largest size, with their lengths. */
const mostBytes = 256 * (2 + 65_535)

export const addAuditMonitor = (audit: Command, open: Open): void => {
  audit
    .command('monitor')
    .description(
      'checks that the log of the server has grown out of the checkpoint kept in a file, and keeps the newer one',
    )
    .argument('<file>', 'where the checkpoint is kept; made the first time')
    .requiredOption('--trust <key>', 'the public key of the log, or a file with one on each line')
    .option('--entries', 'also fetch every new entry and hash it; for an admin')
    .addHelpText('after', '\nRun it every few minutes, on a machine that whoever runs Suture cannot change.')
    .action(async (file: string, { trust, entries }: Given, command: Command) => {
      const session = open(command)
      // What reads files and hashes them is loaded only here.
      const [inputs, { signatureHolds }, { sha256 }, { checkEntries, checkGrowth }] = await Promise.all([
        import('../verify-inputs.ts'),
        import('../ed25519.ts'),
        import('../sha256.ts'),
        import('../../src/domain/log/growth.ts'),
      ])
      const trusted = inputs.readPinned(trust, '--trust')
      const read = (note: string, whose: string): SignedCheckpoint => {
        const parsed = parseCheckpoint(note)
        if (!parsed.ok) throw broken(`${whose} can't be read: ${parsed.problem}.`)
        requireSigned(parsed.value, trusted, whose, signatureHolds)
        return parsed.value
      }
      const kept = inputs.readKeptNote(file)
      const old = kept === null ? null : read(kept, `The checkpoint in ${file}`)
      const note = (await bytesOf(session.client, 'checkpoint')).toString('utf8')
      const head = read(note, 'The checkpoint of the server')
      if (old !== null && old.origin !== head.origin)
        throw broken(`${file} is of the log ${old.origin}; the server has ${head.origin}.`)
      const from: TreeHead = old ?? { size: 0, root: sha256() }
      const check = entries === true ? checkEntries : checkGrowth
      const problem = await check(from, head, (path) => bytesOf(session.client, path), sha256)
      if (problem !== null) throw broken(problem)
      keep(file, note)
      const { origin, size } = head
      session.show({ origin, size, before: old?.size ?? null, entriesChecked: entries === true }, () => [
        old === null
          ? `${size} entries of ${oneLine(origin)}: the first checkpoint is kept in ${file}.`
          : `${size} entries of ${oneLine(origin)}: the first ${old.size} are those that were kept, and ${size - old.size} were added.`,
        ...(entries === true
          ? [`Each of the ${size - from.size} entries since was fetched, and is what was signed.`]
          : []),
      ])
    })
}

const requireSigned = (
  checkpoint: SignedCheckpoint,
  trusted: readonly VerifierKey[],
  whose: string,
  holds: (check: ReturnType<typeof signatureChecks>[number]) => boolean,
): void => {
  const checks = signatureChecks(checkpoint.note, trusted)
  if (checks.length === 0)
    throw broken(
      `${whose} is signed by no key that you trust.`,
      'If the key was changed, verify an export under the old one: it says which is next. Then add that to --trust.',
    )
  if (!checks.every(holds)) throw broken(`${whose} has a signature that does not hold.`)
}

const broken = (
  detail: string,
  remedy = 'Keep the file as it is, take an export, and show both to somebody who did not run this server.',
): CliFailure => new CliFailure(exitCodes.failed, 'The history is not what it was', detail, remedy)

const bytesOf = async (client: Client, path: string): Promise<Buffer> => {
  const parts: Buffer[] = []
  let length = 0
  const body: Readable = await client.download(`${prefix}${path}`)
  for await (const part of body) {
    parts.push(Buffer.from(part as Uint8Array))
    length += (part as Uint8Array).length
    if (length > mostBytes) throw broken(`${path} is longer than any part of a log can be.`)
  }
  return Buffer.concat(parts)
}

/** Whole or not at all: whoever is cut off in the middle keeps the old one. */
const keep = (file: string, note: string): void => {
  const beside = `${file}.new`
  writeFileSync(beside, note, { mode: 0o600 })
  renameSync(beside, file)
}
