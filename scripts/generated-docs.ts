import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { settings } from '../src/config.ts'
import { type ProjectFile, projectRoot } from './project-files.ts'
import { renderOperations } from './render-api.ts'
import { renderEnvExample, renderSettingsPage } from './render-settings.ts'
import { renderTransitions } from './render-transitions.ts'
import { replaceGenerated } from './replace-generated.ts'

const transitionTable = z.record(z.string(), z.array(z.string()).readonly())
const tableName = /^(\w+)Transitions$/

/** Every file, or file with a section, that comes from the code. `npm run docs` writes them, a test compares them. */
export async function generatedDocs(): Promise<ProjectFile[]> {
  const architecture = 'docs/architecture.md'
  const text = readFileSync(`${projectRoot}${architecture}`, 'utf8')
  const api = 'docs/api.md'
  const apiText = readFileSync(`${projectRoot}${api}`, 'utf8')
  return [
    { path: api, text: replaceGenerated(apiText, 'operations', renderOperations()) },
    { path: architecture, text: replaceGenerated(text, 'transitions', await transitionDiagrams()) },
    { path: 'docs/settings.md', text: renderSettingsPage(settings) },
    { path: '.env.example', text: renderEnvExample(settings) },
  ]
}

/** A diagram for every `<noun>Transitions` that a domain file exports, so that a new noun is drawn without being listed. */
async function transitionDiagrams(): Promise<string> {
  const folder = `${projectRoot}src/domain/`
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const modules = await Promise.all(files.map((name) => exportsOf(`${folder}${name}`)))
  const diagrams = modules
    .flatMap((exports) => Object.entries(exports))
    .flatMap(([name, value]) => {
      const noun = tableName.exec(name)?.[1]
      return noun === undefined ? [] : [renderTransitions(noun, transitionTable.parse(value))]
    })
  return diagrams.toSorted().join('\n\n')
}

async function exportsOf(file: string): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse({ ...(await import(file)) })
}
