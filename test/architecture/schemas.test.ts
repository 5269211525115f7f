import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectRoot } from '../../scripts/project-files.ts'
import { renderSchemas } from '../../scripts/render-schemas.ts'
import { playbookFiles } from '../unit/support/playbooks.ts'

const read = (path: string): string => readFileSync(`${projectRoot}${path}`, 'utf8')
const json = (text: string): z.core.JSONSchema.JSONSchema => JSON.parse(text) as z.core.JSONSchema.JSONSchema
const policySchema = 'docs/schemas/policy.schema.json'
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

  it('G8 the example policy and its cases are valid under the published schemas', () => {
    const policy = z.fromJSONSchema(json(read(policySchema)))
    expect(policy.safeParse(parse(read('docs/examples/policy.yaml'))).error).toBeUndefined()
    const cases = z.fromJSONSchema(json(read('docs/schemas/policy-cases.schema.json')))
    expect(cases.safeParse(parse(read('docs/examples/policy.cases.yaml'))).error).toBeUndefined()
  })

  it.each([
    { overrun: 'maybe' },
    { windowz: [] },
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the file
    { rules: [{ id: 'r', then: {} }] },
    { limits: { duplicateWithin: 'soon' } },
    { trust: { review: 2 } },
  ])('G8 a policy with %o is not', (policy) => {
    expect(z.fromJSONSchema(json(read(policySchema))).safeParse(policy).success).toBe(false)
  })
})
