import { readFile } from 'node:fs/promises'
import type { SecretSource } from '../../src/app/ports.ts'
import type { KnownSecret } from './redact.ts'

const nameable = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}$/

/** The variable that holds secret `lab-token`: `SUTURE_SECRET_LAB_TOKEN`. */
export const secretVariable = (name: string): string =>
  `SUTURE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`

/**
 * Reads `SUTURE_SECRET_<NAME>`, or the file that `SUTURE_SECRET_<NAME>_FILE` names, on every call, so that a rotated
 * file needs no restart. One line end at the end is not part of a value; an empty value is no secret.
 * @throws Error when the file can't be read: that is a fault of the set-up, not an unset secret.
 */
export function createEnvSecrets(env: Readonly<Record<string, string | undefined>>): SecretSource {
  return {
    read: async (name) => {
      // `x-file` would name the variable that holds the path of secret `x`, and yield a path as a secret.
      if (!nameable.test(name) || /[-_]file$/i.test(name)) return null
      const variable = secretVariable(name)
      const path = env[`${variable}_FILE`]
      const value = env[variable] || (path ? await readSecretFile(variable, path) : '')
      return value.replace(/\r?\n$/, '') || null
    },
  }
}

const declared = /^SUTURE_SECRET_([A-Z0-9_]+?)(?:_FILE)?$/

/**
 * Every secret that `createEnvSecrets` could read now, and the values of the settings in `secretSettings`: what must not
 * stand in any output. A file that can't be read has no value to hide. Values of less than four characters are left out:
 * they would blacken words. Of a URL its password counts too.
 */
export async function listEnvSecrets(
  env: Readonly<Record<string, string | undefined>>,
  secretSettings: readonly string[] = [],
): Promise<KnownSecret[]> {
  const source = createEnvSecrets(env)
  const names = new Set(
    Object.keys(env).flatMap(
      (variable) => declared.exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-') ?? [],
    ),
  )
  const named = await Promise.all(
    [...names].map(async (name) => ({ name, value: (await source.read(name).catch(() => null)) ?? '' })),
  )
  const set = secretSettings.flatMap((name) => {
    const value = env[name] ?? ''
    const password = passwordIn(value)
    return [
      { name, value },
      { name, value: password.length >= 8 ? password : '' },
    ]
  })
  return [...named, ...set].filter(({ value }) => value.length >= 4)
}

function passwordIn(url: string): string {
  const written = URL.parse(url)?.password ?? ''
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}

async function readSecretFile(variable: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new Error(
      `${variable}_FILE names ${path}, which can't be read (${code}); mend the path or its rights`,
      { cause },
    )
  }
}
