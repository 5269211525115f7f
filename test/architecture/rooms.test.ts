import { describe, expect, it } from 'vitest'
import { projectFiles } from '../../scripts/project-files.ts'
import { importsOf } from './imports.ts'
import { impuritiesIn } from './purity.ts'
import { violationsIn } from './rooms.ts'

const codeFolders = ['src', 'adapters', 'jobs', 'cli', 'migrations', 'lab', 'bench', 'scripts', 'test']
const code = projectFiles(codeFolders, /\.ts$/)
const pure = projectFiles(['src/domain', 'src/message', 'src/query'], /\.ts$/)

describe('the rooms', () => {
  it('import only whom the table allows', () => {
    expect(code.length).toBeGreaterThan(100)
    expect(code.flatMap(({ path, text }) => importsOf(text).map(() => path)).length).toBeGreaterThan(200)
    expect(code.flatMap(({ path, text }) => violationsIn(path, text))).toEqual([])
  })

  it.each([
    ['src/domain/alert.ts', "import { readFileSync } from 'node:fs'"],
    ['src/domain/alert.ts', "import type { Tables } from '../storage/database.ts'"],
    ['src/domain/policy/freeze.ts', "const late = await import('../../app/propose.ts')"],
    ['src/message/card.ts', "export { run } from '../app/start-run.ts'"],
    ['src/query/parse.ts', "import {\n  a,\n  type B,\n} from '../storage/run.repository.ts'"],
    ['src/storage/database.ts', "import { card } from '../message/card.ts'"],
    ['src/storage/database.ts', "import { z } from 'zod'"],
    ['src/app/propose.ts', "import '../http/app.ts'"],
    ['src/app/propose.ts', "import { sql } from 'kysely'"],
    ['src/app/propose.ts', 'await import(`../http/app.ts`)'],
    ['src/app/propose.ts', 'await import(name)'],
    ['src/http/app.ts', "import { openContext } from '../context.ts'"],
    ['src/http/app.ts', "import { database } from '../storage/database.ts'"],
    ['jobs/run.ts', "import { slack } from '../adapters/slack/client.ts'"],
    ['cli/main.ts', "import { propose } from '../src/app/propose.ts'"],
    ['cli/main.ts', "import { app } from '../src/http/app.ts'"],
    ['lab/checkout.ts', "import { alert } from '../src/domain/alert.ts'"],
    ['adapters/slack/render.ts', "import { limits } from '../discord/limits.ts'"],
    ['adapters/slack/render.ts', "import { clock } from '../../src/app/ports.ts'"],
    ['adapters/slack/render.ts', "import { type Clock } from '../../src/app/ports.ts'"],
    ['adapters/slack/render.ts', "import type { Propose } from '../../src/app/propose.ts'"],
    ['adapters/postgres/pool.ts', "import { findRun } from '../../src/storage/run.repository.ts'"],
    ['migrations/0001-first.ts', "import { states } from '../src/domain/run.ts'"],
    ['src/context.ts', "import { main } from './main.ts'"],
    ['test/e2e/start.test.ts', "import { main } from '../../src/main.ts'"],
    ['src/helpers/misc.ts', ''],
  ])('a planted violation is found: %s, %s', (path, text) => {
    expect(violationsIn(path, text)).toHaveLength(1)
  })

  it.each([
    ['src/domain/policy/freeze.ts', "import { z } from 'zod'\nimport { alert } from '../alert.ts'"],
    ['src/domain/alert.ts', "// import { x } from 'node:fs'\nconst text = 'import { x } from \"node:fs\"'"],
    [
      'src/app/propose.ts',
      "import type { Transaction } from 'kysely'\nimport { find } from '../storage/run.repository.ts'",
    ],
    [
      'src/http/routes/runs.ts',
      "import type { Context } from '../../context.ts'\nimport { Hono } from 'hono'",
    ],
    ['cli/main.ts', "import { runSchema } from '../src/http/schemas/run.ts'"],
    [
      'adapters/slack/render.ts',
      "import type { Clock } from '../../src/app/ports.ts'\nimport { x } from './limits.ts'",
    ],
    ['src/context.ts', "import { client } from '../adapters/slack/client.ts'"],
  ])('an allowed import is left alone: %s, %s', (path, text) => {
    expect(violationsIn(path, text)).toEqual([])
  })

  it('every kind of import is seen, with its line', () => {
    const text = [
      "import a, { type B } from './a.ts'",
      "import type { C } from './c.ts'",
      "export type { D } from './d.ts'",
      "export * as e from './e.ts'",
      "import './f.ts'",
      "const g = `${await import('./g.ts')} import './no.ts'`",
      "const quote = /['\"]/ // import './no.ts'",
      "type H = import('./h.ts').H",
      "export const from = 'x'",
    ].join('\n')
    expect(importsOf(text)).toEqual([
      { specifier: './a.ts', typeOnly: false, line: 1 },
      { specifier: './c.ts', typeOnly: true, line: 2 },
      { specifier: './d.ts', typeOnly: true, line: 3 },
      { specifier: './e.ts', typeOnly: false, line: 4 },
      { specifier: './f.ts', typeOnly: false, line: 5 },
      { specifier: './g.ts', typeOnly: false, line: 6 },
      { specifier: './h.ts', typeOnly: false, line: 8 },
    ])
  })
})

describe('the pure rooms', () => {
  it('reach for no clock, randomness, process or network', () => {
    expect(pure.length).toBeGreaterThan(30)
    expect(pure.flatMap(({ path, text }) => impuritiesIn(path, text))).toEqual([])
  })

  it.each([
    'const now = Date.now()',
    'const now = new Date()',
    'const now = new Date',
    'const now = Temporal.Now.instant()',
    'const p = Math.random()',
    'const id = crypto.randomUUID()',
    'const home = process.env.HOME',
    "const home = process['env']",
    "const page = await fetch('http://localhost')",
    'const text = `at ${Date.now()}`',
    'setTimeout(() => {}, 1)',
  ])('a planted impurity is found: %s', (text) => {
    expect(impuritiesIn('src/domain/planted.ts', text)).toHaveLength(1)
  })

  it('a word in a comment or a string is no impurity', () => {
    const text =
      "// Date.now() is passed in\nconst help = 'process.env is read by config'\nconst at = new Date(0)"
    expect(impuritiesIn('src/domain/planted.ts', text)).toEqual([])
  })
})

describe('every file', () => {
  it('stays within 400 lines', () => {
    // Built out of files that are counted here.
    const built = 'console/verify.html'
    const written = projectFiles(['console'], /\.(?:js|css|html)$/).filter(({ path }) => path !== built)
    const files = [...code, ...written]
    const long = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > 400)).toEqual([])
  })
})
