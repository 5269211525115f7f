import { fromBase64, toBase64 } from './bytes.ts'
import { hashLength } from './merkle.ts'
import { isKeyName, type Parsed, parseNote, type SignedNote } from './note.ts'

/** Checkpoints as in C2SP tlog-checkpoint: which log, how many entries, which root. Without extension lines. */

export interface Checkpoint {
  /** The log's name, such as `suture.example.com/audit/acme`; its keys bear the same. */
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

/** A checkpoint with the note it was read from. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote
}

/** What is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string => {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`
  const parsed = parseCheckpointText(text)
  if (!parsed.ok) throw new RangeError(`a checkpoint that nobody could read: ${parsed.problem}`)
  return text
}

/** Reads note and checkpoint. Says nothing of the signatures: they are to be checked with keys one trusts. */
export const parseCheckpoint = (note: string): Parsed<SignedCheckpoint> => {
  const signed = parseNote(note)
  if (!signed.ok) return signed
  const checkpoint = parseCheckpointText(signed.value.text)
  return checkpoint.ok ? { ok: true, value: { ...checkpoint.value, note: signed.value } } : checkpoint
}

const parseCheckpointText = (text: string): Parsed<Checkpoint> => {
  const lines = text.split('\n')
  const [origin = '', digits = '', base64 = '', end] = lines
  if (lines.length !== 4 || end !== '')
    return { ok: false, problem: 'expected three lines: origin, size, root' }
  if (!isKeyName(origin)) return { ok: false, problem: 'the origin holds a space, a plus or a control' }
  const size = Number(digits)
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(digits) || !Number.isSafeInteger(size))
    return { ok: false, problem: `the size ${JSON.stringify(digits.slice(0, 40))} is no whole number` }
  const root = fromBase64(base64)
  if (root === null || root.length !== hashLength)
    return { ok: false, problem: 'the root is not the base64 of 32 bytes' }
  return { ok: true, value: { origin, size, root } }
}
