import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedDocs } from '../../scripts/generated-docs.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import { renderEnvExample, renderSettingsPage } from '../../scripts/render-settings.ts'
import { renderTransitions } from '../../scripts/render-transitions.ts'
import { replaceGenerated } from '../../scripts/replace-generated.ts'

const docs = await generatedDocs()

describe('the generated docs', () => {
  it.each(docs)('$path is what `npm run docs` writes', ({ path, text }) => {
    const file = `${projectRoot}${path}`
    expect(existsSync(file) ? readFileSync(file, 'utf8') : `${path} is missing`).toBe(text)
  })

  it('draw every transition table of the domain', () => {
    const architecture = docs.find(({ path }) => path === 'docs/architecture.md')?.text
    for (const noun of ['Approval', 'Incident', 'Permit', 'Run', 'Step']) {
      expect(architecture).toContain(`### ${noun}\n\n\`\`\`mermaid\nstateDiagram-v2\n  [*] --> `)
    }
  })

  it('a table becomes a diagram with a start and ends', () => {
    expect(
      renderTransitions('permit', { issued: ['used', 'revoked'], used: [], revoked: [] }).split('\n'),
    ).toEqual([
      '### Permit',
      '',
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> issued',
      '  issued --> used',
      '  issued --> revoked',
      '  used --> [*]',
      '  revoked --> [*]',
      '```',
    ])
  })

  it('a section is replaced between its markers, and a lost marker is an error', () => {
    const page = 'before\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nafter'
    expect(replaceGenerated(page, 'x', 'new')).toBe(
      'before\n<!-- generated:x -->\n\nnew\n\n<!-- /generated:x -->\nafter',
    )
    expect(() => replaceGenerated('no markers', 'x', 'new')).toThrow('generated:x')
  })

  it('a secret has no value in the example, a pipe does not break the table', () => {
    const settings = [
      { name: 'TOKEN', description: 'Opens | shuts.', default: 'hush', secret: true },
      { name: 'WORDS', description: 'Said aloud.', default: 'two words' },
    ]
    expect(renderEnvExample(settings)).toContain(
      '# Opens | shuts.\n#TOKEN=\n\n# Said aloud.\n#WORDS="two words"\n',
    )
    expect(renderSettingsPage(settings)).toContain('| `TOKEN` | none | Opens \\| shuts. Secret')
  })
})
