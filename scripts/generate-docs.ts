// `npm run docs`: writes what the docs take from the code. test/architecture/generated-docs.test.ts fails until it was run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { generatedDocs } from './generated-docs.ts'
import { projectRoot } from './project-files.ts'

for (const { path, text } of await generatedDocs()) {
  const file = `${projectRoot}${path}`
  const fresh = existsSync(file) && readFileSync(file, 'utf8') === text
  if (!fresh) writeFileSync(file, text)
  console.log(`${fresh ? 'same   ' : 'written'} ${path}`)
}
