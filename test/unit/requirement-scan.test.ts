import { describe, expect, it } from 'vitest'
import { projectFiles } from '../../scripts/project-files.ts'
import {
  describeRequirements,
  namedTestsIn,
  parseRequirements,
  requirementProblems,
} from '../../scripts/requirement-scan.ts'

const namesIn = (source: string): string[] => namedTestsIn('a.test.ts', source).map(({ name }) => name)
const table = (...rows: string[]): string =>
  ['| id | capability | state | note |', '|---|---|---|---|', ...rows].join('\n')

describe('the scan of test names', () => {
  it('finds the ids in front of a name, one or several', () => {
    const source =
      "it('I3 a late fire stays closed', () => {})\ntest(\"G5 I2 fifty at once don't double\", run)"
    expect(namedTestsIn('a.test.ts', source)).toEqual([
      { file: 'a.test.ts', name: 'I3 a late fire stays closed', ids: ['I3'] },
      { file: 'a.test.ts', name: "G5 I2 fifty at once don't double", ids: ['G5', 'I2'] },
    ])
  })

  it('finds names behind tables, conditions and line breaks', () => {
    const names = ['I1 %s parses', 'R3 it shows steps', 'C3 the console', "L1 it's exact"]
    const source = [
      "it.each([['a', 1]])('I1 %s parses', f)",
      "it.skipIf(absent)(\n  'R3 it shows steps',\n  f)",
      'describe(`C3 the console`, f)',
      "it.for(rows)('L1 it\\'s exact', f)",
    ].join('\n')
    expect(namesIn(source)).toEqual(names)
  })

  it('leaves out comments, strings, plain names, and tests that are skipped or still to do', () => {
    const source = [
      "// it('I1 in a comment', f)",
      '/* it("I2 in a block", f) */',
      'const text = "it(\'I3 in a string\')"',
      "it('no id here', f)",
      "it('HTTP2 is no id', f)",
      "it.skip('I4 skipped', f)",
      "it.todo('I5 later')",
    ].join('\n')
    expect(namesIn(source)).toEqual([])
  })
})

describe('the list of requirements', () => {
  it('a row said to work without a test is a problem; part and not yet are not', () => {
    const rows = parseRequirements(
      table('| I1 | in | works | |', '| I2 | in | part | half |', '| I3 | in | not yet | |'),
    )
    expect(requirementProblems(rows, [])).toEqual([expect.stringContaining('I1 is said to work')])
    expect(requirementProblems(rows, namedTestsIn('a.test.ts', "it('I1 in', f)"))).toEqual([])
  })

  it('an id that no row has is a problem, told with its test', () => {
    const tests = namedTestsIn('a.test.ts', "it('Z9 a slip of the pen', f)")
    expect(requirementProblems([], tests)).toEqual([
      'a.test.ts: "Z9 a slip of the pen" names Z9, which no row has',
    ])
  })

  it('an unknown state is refused with its line', () => {
    expect(() => parseRequirements(table('| I1 | in | nearly | |'))).toThrow('line 3, I1: state "nearly"')
  })

  it('each row is printed with its tests', () => {
    const rows = parseRequirements(table('| I1 | takes alerts in | works | |'))
    const text = describeRequirements(rows, namedTestsIn('a.test.ts', "it('I1 an alert lands', f)"))
    expect(text.split('\n').slice(0, 2)).toEqual([
      'I1  works    takes alerts in',
      '      I1 an alert lands  (a.test.ts)',
    ])
  })

  it('docs/requirements.md holds to its own tests', () => {
    const [list] = projectFiles(['docs'], /^requirements\.md$/)
    const rows = parseRequirements(list?.text ?? '')
    const tests = projectFiles(['test'], /\.test\.ts$/).flatMap(({ path, text }) => namedTestsIn(path, text))
    expect(rows.length).toBeGreaterThan(60)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    expect(requirementProblems(rows, tests)).toEqual([])
  })
})
