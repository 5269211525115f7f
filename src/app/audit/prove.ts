import {
  type AuditProof,
  type IncludedEntry,
  type ProofKey,
  proofText,
} from '../../domain/log/audit-proof.ts'
import { textOf } from '../../domain/log/bytes.ts'
import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { readEntriesOf } from '../../storage/audit-read.repository.ts'
import type { Tx } from '../../storage/database.ts'
import {
  type LogHead,
  readCheckpoint,
  readCheckpointBehind,
  readKeys,
  readOrigin,
  readSealedEntries,
} from '../../storage/log.repository.ts'
import { type Committer, commit } from '../commit.ts'
import { aboutOf } from './about.ts'
import { sha256 } from './sha256.ts'
import { inclusionPaths } from './tree-hashes.ts'

export interface Proved {
  /** What was asked for, such as `run-42`. */
  readonly about: string
  readonly incidentId: string
  readonly entries: number
  /** False while some of its entries are not sealed, or where there are more than a proof holds. */
  readonly complete: boolean
  /** Entries that the checkpoint counts. */
  readonly size: number
  readonly origin: string
  /** `suture-proof-run-42.json`. */
  readonly fileName: string
  /** The file, in the form of docs/audit-format.md. */
  readonly text: string
  /** One sentence of what it proves. */
  readonly sentence: string
}

/** A story of more entries than these is exported, not proved one by one. */
const mostEntries = 2_000

/**
 * All entries about an incident, a run, a proposal or a request, each with its path to the newest signed root. Taking a proof is
 * an entry of the history itself.
 */
export const proveAbout = (
  app: Committer,
  caller: Pick<Caller, 'tenantId' | 'person' | 'via'>,
  about: string,
): Promise<Proved | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const scope = await aboutOf(tx, about)
    if (scope === null)
      return reject(
        'not_found',
        `There is nothing called ${about}.`,
        'Name an incident, a run, a proposal or a request, such as run-7.',
      )
    const [origin, head, found] = await Promise.all([
      readOrigin(tx),
      readCheckpoint(tx),
      readEntriesOf(tx, scope.incidentId, scope.subjects, mostEntries + 1),
    ])
    const entries = found.slice(0, mostEntries).flatMap(({ index, bytes }) =>
      // What is no text stands in no proof; the export has it.
      index === null || index >= (head?.size ?? 0) || textOf(bytes) === null ? [] : [{ index, bytes }],
    )
    if (origin === null || head === null || entries.length === 0)
      return reject(
        'not_found',
        `Nothing about ${about} is sealed yet.`,
        'It is within a second; if not, /v1/health says why.',
      )
    const complete = found.length <= mostEntries && entries.length === found.length
    const proof: AuditProof = {
      origin,
      keys: await keysOf(tx, head.size),
      checkpoint: head.note,
      entries: await withPaths(tx, entries, head),
      claim: { about, complete },
    }
    // Of the log, not of the incident: a proof is not part of the story that it proves.
    out.audit({
      event: 'audit_proved',
      actor: caller.person.id,
      subject: origin,
      details: { about, entries: entries.length, complete, size: head.size, via: caller.via },
    })
    return {
      about,
      incidentId: scope.incidentId,
      entries: entries.length,
      complete,
      size: head.size,
      origin,
      fileName: `suture-proof-${about}.json`,
      text: proofText(proof),
      sentence: sentenceOf(about, entries.length, head, complete),
    }
  })

const sentenceOf = (about: string, entries: number, head: LogHead, complete: boolean): string =>
  `${entries === 1 ? 'The one entry' : `The ${entries} entries`} about ${about}${complete ? '' : ' that are sealed so far'}, ${entries === 1 ? '' : 'each '}proved to stand in the history of ${head.size} entries that was signed at ${head.at.toString({ smallestUnit: 'second' })}.`

const withPaths = async (
  tx: Tx,
  entries: readonly { index: number; bytes: Buffer }[],
  { size }: LogHead,
): Promise<IncludedEntry[]> => {
  const inOrder = entries.toSorted((one, other) => one.index - other.index)
  const paths = await inclusionPaths(
    tx,
    inOrder.map(({ index }) => index),
    size,
    sha256,
  )
  return inOrder.map(({ index, bytes }, at) => ({ index, entry: bytes, path: paths[at] ?? [] }))
}

/** Each key with the entry that introduced it, proved under the checkpoint that the key before has signed. */
const keysOf = async (tx: Tx, size: number): Promise<ProofKey[]> => {
  const keys = (await readKeys(tx)).filter(({ fromSize }) => fromSize < size)
  return Promise.all(
    keys.map(async ({ vkey, fromSize }, at): Promise<ProofKey> => {
      if (at === 0) return { vkey, introduced: null }
      const [checkpoint, [entry]] = await Promise.all([
        readCheckpointBehind(tx, fromSize),
        readSealedEntries(tx, fromSize, fromSize + 1),
      ])
      if (checkpoint === null || entry?.bytes == null)
        throw new Error(
          `key ${vkey} of ${tx.tenantId}: the entry or the checkpoint that introduced it is gone`,
        )
      const [path = []] = await inclusionPaths(tx, [fromSize], checkpoint.size, sha256)
      return {
        vkey,
        introduced: { index: fromSize, entry: entry.bytes, path, checkpoint: checkpoint.note },
      }
    }),
  )
}
