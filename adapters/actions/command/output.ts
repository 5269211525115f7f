import type { Readable } from 'node:stream'
import type { OutputChunk } from '../../../src/app/ports.ts'
import { type Redaction, redactionOf } from '../redact.ts'
import { cleanText, createTextCleaner } from '../text.ts'

export const STREAM_LIMIT = 1024 * 1024
export const TAIL_LIMIT = 64 * 1024

/**
 * Passes on the first megabyte as it comes; of the rest the last 64 KB, at the end. Memory stays bounded by that. Known
 * secrets are replaced by their names, also where a chunk or a limit cuts one in two.
 */
export interface OutputCollector {
  readonly read: (stream: 'stdout' | 'stderr', from: Readable) => void
  /** Drops what comes from here on. */
  readonly mute: () => void
  /** Call once, when nothing more comes. */
  readonly finish: () => void
  /** The last line that says something; of stderr where it has one and `preferErrors`. */
  readonly lastLine: (preferErrors: boolean) => string
}

export function createOutputCollector(
  onOutput: (chunk: OutputChunk) => void,
  redaction: Redaction = redactionOf([]),
): OutputCollector {
  let passed = 0
  let muted = false
  // A character of UTF-8 has at most four bytes.
  const margin = redaction.longest * 4
  const withheld = createTail(TAIL_LIMIT + margin)
  const tails = { stdout: createTail(TAIL_LIMIT + margin), stderr: createTail(TAIL_LIMIT + margin) }
  const shown = { stdout: createShown(redaction), stderr: createShown(redaction) }

  const pass = (stream: OutputChunk['stream'], text: string) => {
    if (text !== '') onOutput({ stream, text })
  }
  const take = (stream: 'stdout' | 'stderr', chunk: Buffer) => {
    if (muted) return
    tails[stream].push(chunk)
    const room = Math.max(0, STREAM_LIMIT - passed)
    const now = chunk.subarray(0, room)
    passed += now.length
    pass(stream, shown[stream].push(now))
    const rest = chunk.subarray(room)
    if (rest.length === 0) return
    if (withheld.total() === 0)
      pass('note', 'more than 1 MB of output: what follows is held back, its end is shown at the end\n')
    withheld.push(rest)
  }
  return {
    read: (stream, from) => {
      from.on('data', (chunk: Buffer) => take(stream, chunk))
      // A pipe that breaks is seen by the end of the process.
      from.on('error', () => undefined)
    },
    mute: () => {
      muted = true
    },
    finish: () => {
      const isCut = withheld.total() > 0
      // At the cut what is held back may be the first half of a secret, of which nobody sees the second.
      const [out, errors] = [shown.stdout.end(), shown.stderr.end()]
      if (!isCut) {
        pass('stdout', out)
        pass('stderr', errors)
        return
      }
      const end = endOf(withheld, redaction)
      const leftOut = withheld.total() - Buffer.byteLength(end)
      if (leftOut > 0) pass('note', `${leftOut} bytes of output left out here\n`)
      pass('stdout', end)
    },
    lastLine: (preferErrors) => {
      const lines = {
        stdout: lastLineOf(endOf(tails.stdout, redaction)),
        stderr: lastLineOf(endOf(tails.stderr, redaction)),
      }
      return preferErrors ? lines.stderr || lines.stdout : lines.stdout || lines.stderr
    },
  }
}

function createShown(redaction: Redaction) {
  const cleaner = createTextCleaner()
  const stream = redaction.stream()
  return {
    push: (bytes: Uint8Array) => stream.push(cleaner.push(bytes)),
    end: () => stream.push(cleaner.end()) + stream.end(),
  }
}

type Tail = ReturnType<typeof createTail>

/** The last `limit` bytes of what was pushed. */
function createTail(limit: number) {
  const chunks: Buffer[] = []
  let kept = 0
  let total = 0
  return {
    push: (chunk: Buffer) => {
      chunks.push(chunk)
      kept += chunk.length
      total += chunk.length
      for (let first = chunks[0]; first && kept - first.length >= limit; first = chunks[0]) {
        kept -= first.length
        chunks.shift()
      }
    },
    bytes: () => Buffer.concat(chunks).subarray(-limit),
    /** Bytes ever pushed. */
    total: () => total,
  }
}

/** At most 64 KB of text. Where bytes are missing before it, its first characters may be the second half of a secret. */
function endOf(tail: Tail, redaction: Redaction): string {
  const bytes = tail.bytes()
  const stream = redaction.stream()
  const text = stream.push(cleanText(bytes)) + stream.end()
  const isWhole = bytes.length === tail.total()
  const safe = isWhole ? text : text.slice(redaction.longest)
  return Buffer.byteLength(safe) <= TAIL_LIMIT ? safe : cleanText(Buffer.from(safe).subarray(-TAIL_LIMIT))
}

const lastLineOf = (text: string): string =>
  text
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim() ?? ''
