// `node scripts/generate-schemas.ts`: writes docs/schemas/ from the zod schemas. test/architecture/schemas.test.ts fails until it was run.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { projectRoot } from './project-files.ts'
import { renderSchemas } from './render-schemas.ts'

const files = renderSchemas().map(({ path, text }) => {
  const file = `${projectRoot}${path}`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`written ${path}`)
  return file
})
// In the house's format, so that `npm run check` has nothing to change.
execFileSync(
  process.execPath,
  [`${projectRoot}node_modules/@biomejs/biome/bin/biome`, 'format', '--write', ...files],
  {
    cwd: projectRoot,
  },
)
