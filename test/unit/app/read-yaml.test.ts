import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeYamlProblem, readYamlFile } from '../../../src/app/read-yaml.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { playbookReader } from '../../../src/domain/read-playbook.ts'
import { readWith } from '../../../src/domain/reading.ts'

const anything = readWith(z.unknown())
const told = (text: string, reader = anything as ReturnType<typeof readWith>): string[] => {
  const reading = readYamlFile(text, 'a.yaml', reader)
  return reading.ok ? [] : reading.problems.map(describeYamlProblem)
}

describe('reading a YAML file', () => {
  it('I6 reports every problem at once, with file, line, column and remedy', () => {
    const text = `name: Restart
version: 1
title: Restart
impact: severe
diagnoses: [service_down, haunted]
stepz: []
steps:
  - id: a
    action: restart_service
    timeout: 3 days
verify: { check: ping }
`
    expect(told(text, playbookReader(actionCatalogue))).toEqual([
      'a.yaml:1:1 description: missing; expected string. Add description.',
      expect.stringMatching(/^a\.yaml:1:7 name: lower-case letters.*, found "Restart"\. Correct name\.$/),
      expect.stringMatching(/^a\.yaml:4:9 impact: .*"low".*found "severe"\./),
      expect.stringMatching(/^a\.yaml:5:27 diagnoses\[1\]: .*found "haunted"\./),
      'a.yaml:6:1 stepz: unknown field "stepz". Remove it, or correct its spelling.',
      expect.stringMatching(
        /^a\.yaml:10:14 steps\[0\]\.timeout: expected a duration such as 30s .*found "3 days"\./,
      ),
      expect.stringMatching(/^a\.yaml:11:18 verify\.check: /),
    ])
  })

  it('I6 a duplicate key is refused with its line', () => {
    expect(told('a: 1\nb: 2\na: 3\n')).toEqual([expect.stringMatching(/^a\.yaml:3:1 .*unique/)])
  })

  it('I6 broken syntax is refused with its line', () => {
    expect(told('a: 1\nb: [1, 2\nc: 3\n')[0]).toMatch(/^a\.yaml:[23]:\d+ /)
    expect(told('a: "x\n').length).toBeGreaterThan(0)
    expect(told('a: !!evil x\n').length).toBeGreaterThan(0)
  })

  it('I6 __proto__ is no key', () => {
    expect(told('a:\n  __proto__: { x: 1 }\n')).toEqual([
      'a.yaml:2:3 the key __proto__ is not allowed. Remove it.',
    ])
  })

  it('I6 an alias bomb is refused, an honest alias is not', () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) =>
        `l${index + 1}: &l${index + 1} [${Array.from({ length: 9 }, () => `*l${index}`).join(', ')}]`,
    )
    expect(told(['l0: &l0 [x]', ...levels].join('\n')).length).toBeGreaterThan(0)
    expect(told('a: &a [*a]\n').length).toBeGreaterThan(0)
    expect(told(`a: &a x\nb: [${Array.from({ length: 101 }, () => '*a').join(', ')}]`)[0]).toContain(
      'more than 100 aliases',
    )
    expect(told('a: &a { x: 1 }\nb: *a\n')).toEqual([])
    expect(told('b: *missing\n').length).toBeGreaterThan(0)
  })

  it('I6 a depth bomb is refused in words', () => {
    expect(told('['.repeat(60) + ']'.repeat(60))[0]).toContain('nested deeper than 50 levels')
    expect(told('['.repeat(100_000)).length).toBeGreaterThan(0)
    expect(told(`${'['.repeat(100_000)}${']'.repeat(100_000)}`).length).toBeGreaterThan(0)
  })

  it('I6 more than a megabyte is refused before it is parsed', () => {
    expect(told('x'.repeat(1_000_001))).toEqual([
      'a.yaml:1:1 expected at most 1000000 bytes, found 1000001. Split the file.',
    ])
  })

  it('I6 a second document is refused where one is expected, an empty file is told as missing', () => {
    expect(told('a: 1\n---\nb: 2\n')).toEqual([
      'a.yaml:3:1 expected one document, found 2. Put each into a file of its own.',
    ])
    expect(told('', playbookReader(actionCatalogue))).toEqual([
      expect.stringMatching(/^a\.yaml:1:1 .*expected object/),
    ])
  })

  it('I6 a problem behind an alias is reported where the value stands', () => {
    const schema = readWith(z.strictObject({ base: z.unknown(), use: z.strictObject({ n: z.number() }) }))
    expect(told('base: &b\n  n: text\nuse: *b\n', schema)[0]).toMatch(/^a\.yaml:2:6 use\.n: /)
  })
})
