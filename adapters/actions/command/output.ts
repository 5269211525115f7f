import type { Readable } from 'node:stream'
import type { OutputChunk } from '../../../src/app/ports.ts'
import { cleanText, createTextCleaner } from '../text.ts'

export const STREAM_LIMIT = 1024 * 1024
export const TAIL_LIMIT = 64 * 1024

/** Passes on the first megabyte as it comes; of the rest the last 64 KB, at the end. Memory stays bounded by that. */
export interface OutputCollector {
  readonly read: (stream: 'stdout' | 'stderr', from: Readable) => void
  /** Drops what comes from here on. */
  readonly mute: () => void
  /** Call once, when nothing more comes. */
  readonly finish: () => void
  /** The last line that says something; of stderr where it has one and `preferErrors`. */
  readonly lastLine: (preferErrors: boolean) => string
}

export function createOutputCollector(onOutput: (chunk: OutputChunk) => void): OutputCollector {
  let passed = 0
  let muted = false
  const withheld = createTail()
  const tails = { stdout: createTail(), stderr: createTail() }
  const cleaners = { stdout: createTextCleaner(), stderr: createTextCleaner() }

  const pass = (stream: OutputChunk['stream'], text: string) => {
    if (text !== '') onOutput({ stream, text })
  }
  const take = (stream: 'stdout' | 'stderr', chunk: Buffer) => {
    if (muted) return
    tails[stream].push(chunk)
    const room = Math.max(0, STREAM_LIMIT - passed)
    const now = chunk.subarray(0, room)
    passed += now.length
    pass(stream, cleaners[stream].push(now))
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
      pass('stdout', cleaners.stdout.end())
      pass('stderr', cleaners.stderr.end())
      const end = withheld.bytes()
      const leftOut = withheld.total() - end.length
      if (leftOut > 0) pass('note', `${leftOut} bytes of output left out here\n`)
      pass('stdout', cleanText(end))
    },
    lastLine: (preferErrors) => {
      const lines = { stdout: lastLineOf(tails.stdout), stderr: lastLineOf(tails.stderr) }
      return preferErrors ? lines.stderr || lines.stdout : lines.stdout || lines.stderr
    },
  }
}

/** The last 64 KB of what was pushed. */
function createTail() {
  const chunks: Buffer[] = []
  let kept = 0
  let total = 0
  return {
    push: (chunk: Buffer) => {
      chunks.push(chunk)
      kept += chunk.length
      total += chunk.length
      for (let first = chunks[0]; first && kept - first.length >= TAIL_LIMIT; first = chunks[0]) {
        kept -= first.length
        chunks.shift()
      }
    },
    bytes: () => Buffer.concat(chunks).subarray(-TAIL_LIMIT),
    /** Bytes ever pushed. */
    total: () => total,
  }
}

const lastLineOf = (tail: { bytes(): Buffer }): string =>
  cleanText(tail.bytes())
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim() ?? ''
