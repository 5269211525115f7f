import { z } from 'zod'
import { Playbook } from '../src/domain/playbook.ts'
import { PolicyDocument } from '../src/domain/policy/document.ts'
import { PolicyCases } from '../src/domain/policy/policy-case.ts'
import { Catalogue } from '../src/domain/service.ts'
import type { ProjectFile } from './project-files.ts'

const published = [
  { path: 'docs/schemas/playbook.schema.json', title: 'Suture playbook', schema: Playbook },
  { path: 'docs/schemas/catalogue.schema.json', title: 'Suture service catalogue', schema: Catalogue },
  { path: 'docs/schemas/policy.schema.json', title: 'Suture policy', schema: PolicyDocument },
  { path: 'docs/schemas/policy-cases.schema.json', title: 'Cases of a Suture policy', schema: PolicyCases },
]

/** JSON Schemas of the files people write, for their editors. `io: 'input'`: as written, with defaults left out. */
export const renderSchemas = (): ProjectFile[] =>
  published.map(({ path, title, schema }) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
    return { path, text: `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n` }
  })
