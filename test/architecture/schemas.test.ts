import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectRoot } from '../../scripts/project-files.ts'
import { renderSchemas } from '../../scripts/render-schemas.ts'
import { playbookFiles } from '../unit/support/playbooks.ts'

const read = (path: string): string => readFileSync(`${projectRoot}${path}`, 'utf8')
const json = (text: string): z.core.JSONSchema.JSONSchema => JSON.parse(text) as z.core.JSONSchema.JSONSchema
const playbookSchema = 'docs/schemas/playbook.schema.json'

describe('the published schemas', () => {
  it.each(renderSchemas())(
    'R2 I6 $path is what `node scripts/generate-schemas.ts` writes',
    ({ path, text }) => {
      expect(json(read(path))).toEqual(json(text))
    },
  )

  it.each(playbookFiles())('R2 %s is valid under the published schema', (file) => {
    const schema = z.fromJSONSchema(json(read(playbookSchema)))
    expect(schema.safeParse(parse(read(`playbooks/${file}`))).error).toBeUndefined()
  })

  it.each([{ timeout: 'soon' }, { timeout: 3 }, { timeoutt: '3s' }])('R2 a step with %o is not', (over) => {
    const schema = z.fromJSONSchema(json(read(playbookSchema)))
    const playbook = parse(read('playbooks/restart-service.yaml')) as { steps: object[] }
    const changed = { ...playbook, steps: [{ ...playbook.steps[0], ...over }] }
    expect(schema.safeParse(changed).success).toBe(false)
  })
})
