import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { verifyFile } from '../../cli/verify-file.ts'
import { readSavedNote } from '../../cli/verify-inputs.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import type { VerifierKey } from '../../src/domain/log/note.ts'
import { found } from '../unit/log/judge.ts'

/** The verifier of test/verifier: another language, another hand, no code in common with the product. */

const program = 'python3'
const script = join(projectRoot, 'test/verifier/verify.py')

export const hasPython = spawnSync(program, ['--version']).status === 0

/** As a process of its own: the exit code, and what it says. */
export const runSecondVerifier = (...args: readonly string[]) => {
  const { status, stdout } = spawnSync(program, ['-B', script, ...args], { encoding: 'utf8' })
  return { code: status, stdout }
}

interface SecondVerdict {
  /** 0 right, 1 wrong, 2 not to be judged. */
  readonly code: number
  readonly sentence: string
  /** The first entry that is wrong or missing, where that is known. */
  readonly firstBad: number | null
}

/** One process for many files: starting Python for each would take most of the time. */
const startSecondVerifier = () => {
  const child = spawn(program, ['-B', script, '--batch'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    /** `args` are those of one call on the command line. One question at a time. */
    check: async (...args: readonly string[]): Promise<SecondVerdict> => {
      child.stdin.write(`${JSON.stringify(args)}\n`)
      const { value, done } = await answers.next()
      if (done === true) throw new Error(`the second verifier ended at ${args.join(' ')}`)
      const [code, sentence, firstBad] = JSON.parse(value) as [number, string, number | null]
      return { code, sentence, firstBad }
    },
    stop: () => child.stdin.end(),
  }
}

export interface Kept {
  readonly pinned?: readonly VerifierKey[]
  readonly saved?: string
}

export interface Agreement {
  /** Path of a new file. */
  readonly fileOf: (content: string | Uint8Array) => string
  /** What the product says, in short, where the second verifier says so too; otherwise the test fails. */
  readonly agreed: (content: string | Uint8Array, kept?: Kept) => Promise<string>
  readonly stop: () => void
}

/** By these the product names an entry of an export, or the first of those of which one is wrong. */
const namesAnEntry = /^(?:entry_\w+|tree_differs|cut_off) (\d+)/

export const startAgreement = (): Agreement => {
  const second = startSecondVerifier()
  const folder = mkdtempSync(join(tmpdir(), 'suture-second-'))
  let written = 0
  const fileOf = (content: string | Uint8Array): string => {
    written += 1
    const path = join(folder, String(written))
    writeFileSync(path, content)
    return path
  }
  const agreed = async (content: string | Uint8Array, { pinned = [], saved }: Kept = {}): Promise<string> => {
    const path = fileOf(content)
    const kept = saved === undefined ? null : fileOf(saved)
    const ours = verifyFile(path, { pinned, saved: kept === null ? null : readSavedNote(kept) })
    const theirs = await second.check(
      path,
      ...pinned.flatMap(({ vkey }) => ['--key', vkey]),
      ...(kept === null ? [] : ['--checkpoint', kept]),
    )
    const words = found(ours)
    const both = `the product: ${words}; the second verifier: ${theirs.sentence}`
    expect(theirs.code, both).toBe(ours.ok ? 0 : 1)
    const named = namesAnEntry.exec(words)?.[1]
    if (named !== undefined) expect(theirs.firstBad, both).toBe(Number(named))
    return words
  }
  return {
    fileOf,
    agreed,
    stop: () => {
      second.stop()
      rmSync(folder, { recursive: true })
    },
  }
}
