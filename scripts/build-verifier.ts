import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { posix } from 'node:path'
import { projectRoot } from './project-files.ts'

/**
 * console/verify.html: one file with everything in it, from the code that the command line verifies with. Types are stripped, and
 * each module becomes a function around its own names; nothing is minified, so that it can be read where it runs.
 */

const folder = 'console/verifier/'
const read = (path: string): string => readFileSync(`${projectRoot}${path}`, 'utf8')

export const buildVerifier = (): string => {
  const script = `\n'use strict'\n${bundle(`${folder}page.js`)}`
  const mark = read('console/mark.svg').trim()
  const style = [read('console/styles/tokens.css'), read(`${folder}page.css`)].join('\n')
  // 'none' for everything else: the page could not send anything if it wanted to.
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const parts: Readonly<Record<string, string>> = {
    policy,
    icon: Buffer.from(mark).toString('base64'),
    mark,
    style: `\n${style}`,
    script,
  }
  return read(`${folder}page.html`).replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name]
    if (part === undefined) throw new Error(`${folder}page.html: there is no part {{${name}}}`)
    return part
  })
}

/** Hex SHA-256 of the file, as releases publish it. */
export const digestOfVerifier = (page: string): string => createHash('sha256').update(page).digest('hex')

export const renderVerifier = (page: string): string =>
  `\`\`\`\n${digestOfVerifier(page)}  console/verify.html\n\`\`\``

const importLine = /^import \{([^}]*)\} from '(\.[^']+)'\n/gm
const exportWord = /^export (?=(?:async function|function|const|class) (\w+))/gm

/** Every module that `entry` needs, in an order in which each stands behind what it needs. */
const bundle = (entry: string): string => {
  const done = new Map<string, string>()
  const add = (path: string): void => {
    if (done.has(path)) return
    const code = plain(path)
    const needs = [...code.matchAll(importLine)].map(([, , from = '']) => resolve(path, from))
    for (const need of needs) add(need)
    if ([...done.keys()].some((other) => nameOf(other) === nameOf(path)))
      throw new Error(`${path}: another module of the page has this name`)
    done.set(path, wrapped(path, code))
  }
  add(entry)
  return [...done.values()].join('\n')
}

const plain = (path: string): string => {
  const text = read(path)
  if (!path.endsWith('.ts')) return text
  return withoutGaps(text, stripTypeScriptTypes(text, { mode: 'strip' }))
    .replace(/^import \{[\s,]*\} from .*\n/gm, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^;\n/gm, '')
    .replace(/\n{3,}/g, '\n\n')
}

/** Types are stripped into spaces, so that every other character stays where it was; here these spaces go. */
const withoutGaps = (typed: string, stripped: string): string => {
  const mask = Array.from({ length: stripped.length }, (_, at) =>
    stripped[at] !== ' ' ? '.' : typed[at] === ' ' ? ' ' : 'x',
  ).join('')
  let kept = ''
  let from = 0
  for (const { index, 0: gap } of mask.matchAll(/x(?: *x)*/g)) {
    kept += stripped.slice(from, index)
    from = index + gap.length
  }
  return kept + stripped.slice(from)
}

const wrapped = (path: string, code: string): string => {
  const body = code
    .replace(importLine, (_, names: string, from: string) => {
      const given = names.split(',').map((name) => name.trim().replace(/ as /, ': '))
      return `const { ${given.filter((name) => name !== '').join(', ')} } = ${nameOf(resolve(path, from))}\n`
    })
    .replace(exportWord, '')
  const exported = [...code.matchAll(exportWord)].map(([, name]) => name)
  if (/^(?:import|export) /m.test(body)) throw new Error(`${path}: an import or export that can't be bundled`)
  const result = exported.length === 0 ? '' : `\nreturn { ${exported.join(', ')} }\n`
  return `// ${path}\nconst ${nameOf(path)} = (() => {\n${body.trim()}\n${result}})()\n`
}

const resolve = (path: string, from: string): string => posix.join(posix.dirname(path), from)
const nameOf = (path: string): string =>
  posix
    .basename(path)
    .replace(/\.\w+$/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) + '$'
