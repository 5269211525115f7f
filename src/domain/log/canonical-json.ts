/**
 * RFC 8785 for what headers and proofs hold: texts, whole numbers, booleans, null, lists, mappings with ASCII keys. Whoever
 * reads them writes them again and compares, so that each thing can be said in one way only.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export const canonicalJson = (value: Json): string => {
  // Half a surrogate is no text: written as what it would become, it differs from what was read.
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
}

/** The value of a text that is its canonical form; undefined otherwise. */
export const parseCanonical = (text: string): Json | undefined => {
  try {
    const value = JSON.parse(text) as Json
    return canonicalJson(value) === text ? value : undefined
  } catch {
    // No JSON, or nested so deeply that nothing of ours can have written it.
    return undefined
  }
}

/** The fields of a mapping that has exactly these keys; undefined otherwise. */
export const fieldsOf = <K extends string>(
  value: Json | undefined,
  ...keys: readonly K[]
): Record<K, Json> | undefined => {
  if (value === undefined || value === null || typeof value !== 'object' || isList(value)) return undefined
  const found = Object.keys(value)
  return found.length === keys.length && keys.every((key) => Object.hasOwn(value, key))
    ? (value as Record<K, Json>)
    : undefined
}

/** The items of a list; undefined where it is none. */
export const itemsOf = (value: Json | undefined): readonly Json[] | undefined =>
  value !== undefined && isList(value) ? value : undefined

export const isCount = (value: Json): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
