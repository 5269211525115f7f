import { sourceText } from '../../scripts/source-text.ts'
import { lineOf } from './imports.ts'

/** What makes a result depend on more than its arguments, or reach outside. */
const impurities: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'the clock',
    pattern: /\bDate\.now\b|\bnew Date(?:\(\s*\)|(?!\s*\())|(?<!new )(?<![.\w$])Date\(\s*\)/g,
  },
  { what: 'the clock', pattern: /\bTemporal\.Now\b|\bperformance\.(?:now|timeOrigin)\b/g },
  { what: 'randomness', pattern: /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b/g },
  { what: 'the process', pattern: /(?<![.\w$])process\s*[.[]|(?<![.\w$])globalThis\b|\bimport\.meta\b/g },
  { what: 'the console', pattern: /(?<![.\w$])console\s*\./g },
  { what: 'the network', pattern: /(?<![.\w$])fetch\s*\(|\bnew WebSocket\b|\bnew EventSource\b/g },
  { what: 'a timer', pattern: /(?<![.\w$])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/g },
]

/** One sentence for each place where a pure room isn't pure; strings and comments don't count. */
export function impuritiesIn(file: string, source: string): string[] {
  const { bare } = sourceText(source)
  return impurities.flatMap(({ what, pattern }) =>
    [...bare.matchAll(pattern)].map(
      (match) =>
        `${file}:${lineOf(source, match.index)} reaches for ${what} (\`${match[0].trim()}\`); pass it in as an argument`,
    ),
  )
}
