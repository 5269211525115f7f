import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CliFailure, exitCodes } from './failure.ts'

/** Where `suture login` keeps one server and its key. Readable by its owner alone. */

const Saved = z.strictObject({ url: z.url({ protocol: /^https?$/ }), key: z.string().min(1) })
export type Saved = z.infer<typeof Saved>

export const configPath = (env: Readonly<Record<string, string | undefined>>): string => {
  const base = env['XDG_CONFIG_HOME']
  return join(
    base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.config') : base,
    'suture',
    'config.json',
  )
}

/** Null when there is none. */
export const readSaved = (path: string): Saved | null => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return null
    throw new CliFailure(
      exitCodes.usage,
      'Settings cannot be read',
      `${path} could not be read: ${String(error)}.`,
      'Check its owner and permissions.',
      { cause: error },
    )
  }
  const parsed = Saved.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new CliFailure(
    exitCodes.usage,
    'Settings are damaged',
    `${path} should hold one JSON object with url and key; it does not.`,
    'Run `suture login` to write it anew, or remove it.',
  )
}

export const writeSaved = (path: string, saved: Saved): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 })
  // `mode` above counts only for a new file.
  chmodSync(path, 0o600)
}

/** True when others than the owner may read the file. */
export const isExposed = (path: string): boolean => {
  try {
    return (statSync(path).mode & 0o077) !== 0
  } catch {
    return false
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
