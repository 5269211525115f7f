import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml'
import type { FileProblem, Reader } from '../domain/reading.ts'
import { pathInWords } from '../domain/reading.ts'
import { maxDepth, nestedTooDeeply, unreadableText } from './yaml-text.ts'

/** Text of a YAML file into a typed value, or every problem at once with file, line and remedy. Never throws for bad text. */

export const maxYamlBytes = 1_000_000
const maxAliases = 100
/** One bracket too few can break every line behind it. */
const mostSyntaxProblems = 10

export interface YamlProblem extends FileProblem {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

export type YamlReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] }

/** Reads all documents at once: a problem names its document by position. */
export type DocumentsReader<T> = (
  documents: readonly unknown[],
) =>
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly (FileProblem & { readonly document: number })[] }

/** `plain`: every value stands where it is used. Then aliases, anchors and merge keys are refused. */
export interface YamlOptions {
  readonly plain?: boolean
}

/** A file of exactly one document. */
export const readYamlFile = <T>(
  text: string,
  file: string,
  read: Reader<T>,
  options: YamlOptions = {},
): YamlReading<T> => readYamlDocuments(text, file, oneDocument(read), options)

const oneDocument =
  <T>(read: Reader<T>): DocumentsReader<T> =>
  (documents) => {
    const [only, second] = documents
    if (documents.length > 1)
      return {
        ok: false,
        problems: [
          {
            document: second === undefined ? 0 : 1,
            path: [],
            problem: `expected one document, found ${documents.length}`,
            remedy: 'Put each into a file of its own.',
          },
        ],
      }
    const reading = read(only)
    return reading.ok
      ? reading
      : { ok: false, problems: reading.problems.map((problem) => ({ ...problem, document: 0 })) }
  }

/** A file of one or more documents parted by `---`; empty ones are passed over. */
export const readYamlDocuments = <T>(
  text: string,
  file: string,
  read: DocumentsReader<T>,
  options: YamlOptions = {},
): YamlReading<T> => {
  const bytes = Buffer.byteLength(text)
  if (bytes > maxYamlBytes)
    return refuse(file, `expected at most ${maxYamlBytes} bytes, found ${bytes}`, 'Split the file.')
  const unreadable = unreadableText(text)
  if (unreadable !== null) return { ok: false, problems: [{ file, path: [], ...unreadable }] }
  const lines = new LineCounter()
  const documents = parse(text, lines)
  if (documents === null) return refuse(file, nestedTooDeeply.problem, nestedTooDeeply.remedy)
  const problems = documents.flatMap((document) => syntaxProblems(document, file, lines, options))
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, mostSyntaxProblems) }
  const values = documents.map((document) => document.toJS({ maxAliasCount: maxAliases }) as unknown)
  const reading = read(values)
  if (reading.ok) return reading
  return {
    ok: false,
    problems: reading.problems
      .map(({ document, ...problem }) => ({
        ...problem,
        file,
        ...placeOf(documents[document], problem.path, lines),
      }))
      .sort((one, other) => one.line - other.line || one.column - other.column),
  }
}

/** Where in a text that was read before its problems stand that were found later. */
export const placeProblems = (
  text: string,
  file: string,
  problems: readonly FileProblem[],
): YamlProblem[] => {
  if (problems.length === 0) return []
  const lines = new LineCounter()
  const [document] = parse(text, lines) ?? []
  return problems.map((problem) => ({ ...problem, file, ...placeOf(document, problem.path, lines) }))
}

/** `catalogue.yaml:12:3 services[0].timeZone: expected ... Remedy.` */
export const describeYamlProblem = ({ file, line, column, path, problem, remedy }: YamlProblem): string =>
  `${file}:${line}:${column} ${path.length === 0 ? '' : `${pathInWords(path)}: `}${problem}. ${remedy}`

type Parsed = Document.Parsed

const parse = (text: string, lineCounter: LineCounter): Parsed[] | null => {
  try {
    const parsed = parseAllDocuments(text, { lineCounter, uniqueKeys: true, prettyErrors: false })
    const documents = (Array.isArray(parsed) ? parsed : []) as Parsed[]
    const filled = documents.filter((document) => document.contents !== null || document.errors.length > 0)
    return filled.length > 0 ? filled : documents.slice(0, 1)
  } catch (error) {
    // The parser recurses, so a file of brackets overflows the stack.
    if (error instanceof RangeError) return null
    throw error
  }
}

const refuse = (file: string, problem: string, remedy: string): { ok: false; problems: YamlProblem[] } => ({
  ok: false,
  problems: [{ file, line: 1, column: 1, path: [], problem, remedy }],
})

/** Broken syntax, duplicate and dangerous keys, and what could blow up when it is unfolded. */
const syntaxProblems = (
  document: Parsed,
  file: string,
  lines: LineCounter,
  { plain = false }: YamlOptions,
): YamlProblem[] => {
  const at = (offset: number, problem: string, remedy: string): YamlProblem => ({
    file,
    ...lineAndColumn(lines, offset),
    path: [],
    problem,
    remedy,
  })
  const problems = [...document.errors, ...document.warnings].map((error) =>
    at(error.pos[0], firstLine(error.message), 'Correct the YAML here.'),
  )
  let aliases = 0
  let anchors = 0
  visit(document, (_key, node, ancestors) => {
    const offset = startOf(node)
    if (isAlias(node)) {
      aliases += 1
      if (plain && aliases === 1)
        problems.push(at(offset, `alias *${node.source} is not allowed here`, 'Write the value out.'))
      if (isRecursive(node.source, ancestors))
        problems.push(at(offset, `alias *${node.source} contains itself`, 'Write the value out.'))
      if (aliases === maxAliases + 1)
        problems.push(at(offset, `more than ${maxAliases} aliases`, 'Write the values out.'))
    }
    if (plain && isNode(node) && 'anchor' in node && node.anchor !== undefined) {
      anchors += 1
      if (anchors === 1)
        problems.push(
          at(offset, `anchor &${node.anchor} is not allowed here`, 'Remove it, and write values out.'),
        )
    }
    if (plain && isPair(node) && isScalar(node.key) && node.key.value === '<<')
      problems.push(at(startOf(node.key), 'the merge key << is not allowed here', 'Write the fields out.'))
    if (
      isScalar(node) &&
      typeof node.value === 'string' &&
      (node.value.includes('\0') || !node.value.isWellFormed())
    )
      problems.push(
        at(offset, 'a text holds U+0000 or half a surrogate pair, which nothing can store', 'Remove it.'),
      )
    if (isPair(node) && isScalar(node.key) && node.key.value === '__proto__')
      problems.push(at(startOf(node.key), 'the key __proto__ is not allowed', 'Remove it.'))
    if (ancestors.length > maxDepth && ancestors.filter(isCollection).length > maxDepth) {
      problems.push(at(offset, `nested deeper than ${maxDepth} levels`, 'Flatten it.'))
      return visit.BREAK
    }
    return undefined
  })
  if (problems.length === 0 && aliases > 0) problems.push(...unfoldProblems(document, at))
  return problems
}

const isRecursive = (source: string, ancestors: readonly unknown[]): boolean =>
  ancestors.some(
    (node) => typeof node === 'object' && node !== null && 'anchor' in node && node.anchor === source,
  )

/** Few aliases of aliases can still unfold into billions of nodes; the library counts, and throws. */
const unfoldProblems = (
  document: Parsed,
  at: (offset: number, problem: string, remedy: string) => YamlProblem,
): YamlProblem[] => {
  try {
    document.toJS({ maxAliasCount: maxAliases })
    return []
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return [at(0, firstLine(error.message), 'Write the values out instead of repeating them by alias.')]
  }
}

const firstLine = (message: string): string => message.split('\n')[0]?.replace(/[.:]$/, '') ?? message

/** Where the path leads, or as far along it as the file goes: a missing field is reported at its parent. */
const placeOf = (
  document: Parsed | undefined,
  path: FileProblem['path'],
  lines: LineCounter,
): { line: number; column: number } => {
  let node: unknown = document?.contents
  let offset = startOf(node)
  for (const key of path) {
    if (isAlias(node) && document !== undefined) node = node.resolve(document)
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined
    if (pair !== undefined) {
      // At a plain value itself; at the key when a block hangs below it, or when the value is missing.
      offset = startOf(isScalar(pair.value) && pair.value.range !== null ? pair.value : pair.key)
      node = pair.value
    } else {
      node = hasItems(node) ? node.items[Number(key)] : undefined
      if (node === undefined) break
      offset = startOf(node)
    }
  }
  return lineAndColumn(lines, offset)
}

const hasItems = (node: unknown): node is { items: readonly unknown[] } =>
  typeof node === 'object' && node !== null && 'items' in node && !isMap(node)

const startOf = (node: unknown): number => {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : null
  return range?.[0] ?? 0
}

const lineAndColumn = (lines: LineCounter, offset: number): { line: number; column: number } => {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
