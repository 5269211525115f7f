/**
 * The effects ever asked for, one JSON line each, in `<dir>/effects.jsonl`: an `intent` before acting, then
 * `done` or `failed`. It outlives the supervisor, so a key used before a crash is still known after it.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { OPERATIONS, SERVICE_NAMES } from './estate.ts'

const Line = z.object({
  phase: z.enum(['intent', 'done', 'failed']),
  at: z.string(),
  key: z.string(),
  service: z.enum(SERVICE_NAMES),
  operation: z.enum(OPERATIONS),
  /** The request as canonical text: the same key with another request is a mistake. */
  request: z.string(),
  result: z.record(z.string(), z.unknown()).optional(),
})
export type JournalLine = z.infer<typeof Line>

export type Journal = { readonly append: (line: JournalLine) => void; readonly close: () => void }

/** Closes a half-written line, so that the next effect starts on a line of its own. */
const TORN = '#torn'

/** @throws Error naming file and line when a line other than a torn last one can't be read. */
export function readJournal(file: string): JournalLine[] {
  if (!existsSync(file)) return []
  const texts = readFileSync(file, 'utf8').split('\n')
  return texts.flatMap((text, index) => {
    if (text === '') return []
    const line = parse(text)
    if (line) return [line]
    // A kill in the middle of a write leaves half a line. Nothing was acted on before its intent was whole.
    if (index === texts.length - 1 || text.endsWith(TORN)) return []
    throw new Error(
      `${file} line ${index + 1} is no effect of the lab: ${text.slice(0, 80)}. Repair or move the file away.`,
    )
  })
}

function parse(text: string): JournalLine | null {
  try {
    return Line.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

export function openJournal(file: string): Journal {
  const tail = existsSync(file) ? (readFileSync(file, 'utf8').split('\n').at(-1) ?? '') : ''
  const fd = openSync(file, 'a', 0o600)
  if (tail !== '') writeSync(fd, parse(tail) ? '\n' : `${TORN}\n`)
  return {
    append(line) {
      writeSync(fd, `${JSON.stringify(line)}\n`)
      fdatasyncSync(fd)
    },
    close: () => closeSync(fd),
  }
}
