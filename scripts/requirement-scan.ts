import { sourceText } from './source-text.ts'

const states = ['works', 'part', 'not yet'] as const
type State = (typeof states)[number]

export interface Requirement {
  readonly id: string
  readonly capability: string
  readonly state: State
}

/** A test (or a group of tests) and the requirement ids at the start of its name. */
export interface NamedTest {
  readonly file: string
  readonly name: string
  readonly ids: readonly string[]
}

const row = /^\|\s*([A-Z]\d{1,2})\s*\|([^|]*)\|([^|]*)\|/
const leadingIds = /^(?:[A-Z]\d{1,2}\s+)+/
// `it('name', …)`, `it.each(table)('name', …)`: the name is what stands first inside the last parenthesis.
const namedCall = /(?:\b(?:it|test|describe)((?:\.\w+)*)|\))\s*\(\s*(?=['"`])/g

/** The rows of docs/requirements.md; a state outside `works | part | not yet` throws with its line. */
export function parseRequirements(markdown: string): Requirement[] {
  return markdown.split('\n').flatMap((line, index) => {
    const [, id, capability = '', cell = ''] = row.exec(line) ?? []
    if (id === undefined) return []
    const state = states.find((known) => known === cell.trim())
    if (state === undefined) {
      throw new Error(`line ${index + 1}, ${id}: state "${cell.trim()}" is none of ${states.join(', ')}`)
    }
    return [{ id, capability: capability.trim(), state }]
  })
}

/** Tests whose names begin with ids. A test in a comment, skipped or still to do shows nothing and is left out. */
export function namedTestsIn(file: string, source: string): NamedTest[] {
  const { bare, code } = sourceText(source)
  return [...bare.matchAll(namedCall)].flatMap((match) => {
    if (/\.(?:skip|todo)\b/.test(match[1] ?? '')) return []
    const name = literalAt(code, match.index + match[0].length)
    const ids = leadingIds.exec(name)?.[0].trim().split(/\s+/) ?? []
    return ids.length === 0 ? [] : [{ file, name, ids }]
  })
}

/** What makes `npm run requirements` fail, as sentences. */
export function requirementProblems(rows: readonly Requirement[], tests: readonly NamedTest[]): string[] {
  const known = new Set(rows.map(({ id }) => id))
  const shown = new Set(tests.flatMap(({ ids }) => ids))
  const unknown = tests.flatMap(({ file, name, ids }) =>
    ids.filter((id) => !known.has(id)).map((id) => `${file}: "${name}" names ${id}, which no row has`),
  )
  const untested = rows
    .filter(({ id, state }) => state === 'works' && !shown.has(id))
    .map(({ id }) => `${id} is said to work, yet no test's name begins with ${id}`)
  return [...untested, ...unknown]
}

/** Each id with its state, its capability and the tests that carry it, one test a line. */
export function describeRequirements(rows: readonly Requirement[], tests: readonly NamedTest[]): string {
  const lines = rows.flatMap(({ id, state, capability }) => [
    `${id.padEnd(4)}${state.padEnd(9)}${capability}`,
    ...tests.filter(({ ids }) => ids.includes(id)).map(({ file, name }) => `      ${name}  (${file})`),
  ])
  const counts = states.map((state) => `${rows.filter((one) => one.state === state).length} ${state}`)
  return [...lines, '', counts.join(', ')].join('\n')
}

function literalAt(code: string, at: number): string {
  const quote = code[at] ?? ''
  const [, text = ''] =
    new RegExp(`^${quote}((?:\\\\.|[^\\\\${quote}])*)${quote}`).exec(code.slice(at, at + 500)) ?? []
  return text.replaceAll(/\\(.)/g, '$1')
}
