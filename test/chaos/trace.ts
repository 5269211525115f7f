import { appendFileSync } from 'node:fs'

/** With CHAOS_TRACE=<file>: what each case begins, waits for and ends with, a line each with its time. */
export const trace = (what: string, details: unknown = ''): void => {
  const path = process.env['CHAOS_TRACE']
  if (path === undefined) return
  appendFileSync(
    path,
    `${new Date().toISOString()} ${what} ${details === '' ? '' : JSON.stringify(details)}\n`,
  )
}

/** No wait here is without an end: rejects with what was waited for, so that a case that can't go on says so. */
export const within = async <T>(ms: number, what: string, wait: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms / 1_000} s for ${what}`)), ms)
  })
  try {
    return await Promise.race([wait, late])
  } finally {
    clearTimeout(timer)
  }
}
