import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { projectRoot } from '../../scripts/project-files.ts'
import { describeYamlProblem, readYamlDocuments } from '../../src/app/read-yaml.ts'
import { actionCatalogue } from '../../src/domain/actions/index.ts'
import { readCatalogue } from '../../src/domain/read-catalogue.ts'
import { Target } from '../../src/domain/service.ts'

it('R1 the examples of docs/targets.md are a catalogue, with every kind of target', () => {
  const text = readFileSync(`${projectRoot}docs/targets.md`, 'utf8')
  const example = /```yaml\n(services:[^`]*)```/.exec(text)?.[1] ?? ''
  const reading = readYamlDocuments(example, 'targets.md', (documents) =>
    readCatalogue(documents, actionCatalogue),
  )
  expect(reading.ok ? [] : reading.problems.map(describeYamlProblem)).toEqual([])
  const kinds = reading.ok
    ? reading.value.services.flatMap(({ targets }) => targets.map(({ kind }) => kind))
    : []
  expect(new Set(kinds)).toEqual(new Set(Target.options.map((option) => option.shape.kind.value)))
})
