import { sourceText } from '../../scripts/source-text.ts'

export interface Import {
  /** As written; undefined for a computed `import(expression)`. */
  readonly specifier: string | undefined
  /** True only for `import type` and `export type`: the inline form `{ type A }` still loads the module. */
  readonly typeOnly: boolean
  readonly line: number
}

const fromClause =
  /\b(?:import|export)\s+(type\b(?!\s*from\b))?(?:(?!\b(?:import|export)\b)[\w$*\s{},])*?\bfrom\s*(?=['"])/g
const sideEffect = /\bimport\s*(?=['"])/g
const dynamic = /(?<![.\w$])import\s*\(\s*/g

/** Every import of a file: static, type-only, side effect, re-export and dynamic, in the order of their lines. */
export function importsOf(source: string): Import[] {
  const { bare, code } = sourceText(source)
  const found: Import[] = []
  const collect = (pattern: RegExp, typeOnly: (match: RegExpMatchArray) => boolean): void => {
    for (const match of bare.matchAll(pattern)) {
      const specifier = literalAt(code, match.index + match[0].length)
      found.push({ specifier, typeOnly: typeOnly(match), line: lineOf(source, match.index) })
    }
  }
  collect(fromClause, (match) => match[1] !== undefined)
  collect(sideEffect, () => false)
  collect(dynamic, () => false)
  return found.toSorted((a, b) => a.line - b.line)
}

function literalAt(code: string, at: number): string | undefined {
  return /^(['"`])([^'"`$]*)\1/.exec(code.slice(at, at + 300))?.[2]
}

export function lineOf(source: string, index: number): number {
  return source.slice(0, index).split('\n').length
}
