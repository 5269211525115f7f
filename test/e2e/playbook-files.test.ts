import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readFiles } from '../../src/start/files.ts'

/** Playbooks as somebody might write them, by mistake or to do harm: read from a folder as a start does. */

const sound = `name: own-scale
version: 1
title: Add one instance
description: Adds one.
impact: medium
diagnoses: [saturation]
parameters:
  delta: { title: Instances, type: integer, min: 1, max: 3, default: 1 }
steps:
  - id: add
    action: scale_instances
    with: { delta: "\${{ parameters.delta }}" }
    rollback: { action: scale_instances, with: { delta: -1 } }
verify: { check: http_probe }
`

/** \`sound\` with one line, by its number, put in place of another. */
const withLine = (number: number, ...lines: string[]): string =>
  sound
    .split('\n')
    .toSpliced(number - 1, 1, ...lines)
    .join('\n')

const toldOf = async (content: string | Buffer): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'suture-playbooks-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'own.yaml'), content)
  const read = await readFiles(
    { catalogue: undefined, playbooks: folder, policy: undefined },
    600_000,
    Temporal.Now.instant(),
  )
  return read.ok ? [] : read.problems
}

const laughs = (levels: number): string =>
  Array.from(
    { length: levels },
    (_, at) => `a${at}: &a${at} [${at === 0 ? 'ha' : `*a${at - 1}, *a${at - 1}`}]`,
  ).join('\n')

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** A name, the file, the line that is named, and what is said there. */
const bad: readonly (readonly [string, string | Buffer, number, RegExp])[] = [
  ['an unknown action', withLine(11, '    action: rm_rf'), 11, /unknown action rm_rf\. Use one of /],
  [
    'an action named like a built-in',
    withLine(11, '    action: constructor'),
    11,
    /unknown action constructor/,
  ],
  [
    'a step that can be undone and isn’t',
    withLine(13, ''),
    10,
    /has no rollback, though scale_instances can be undone\. Add a rollback/,
  ],
  [
    'a default out of its own bounds',
    withLine(8, '  delta: { title: D, type: integer, min: 1, max: 3, default: 4 }'),
    8,
    /default 4 is out of bounds\. Use an integer from 1 to 3/,
  ],
  [
    'a default out of the action’s bounds',
    withLine(8, '  delta: { title: D, type: integer, default: 9 }'),
    8,
    /the default 9 is out of bounds/,
  ],
  [
    'bounds wider than the action’s',
    withLine(8, '  delta: { title: D, type: integer, min: 1, max: 99, default: 1 }'),
    12,
    /go beyond the action's/,
  ],
  [
    'a default of another type',
    withLine(8, '  delta: { title: D, type: integer, default: "1" }'),
    8,
    /the default "1" is out of bounds/,
  ],
  ['a literal out of bounds', withLine(12, '    with: { delta: 1000 }'), 12, /1000 is outside the bounds/],
  [
    'an expression',
    withLine(12, '    with: { delta: "${{ parameters.delta + 1 }}" }'),
    12,
    /whole-value reference/,
  ],
  ['a duplicate key', withLine(5, 'impact: medium', 'impact: low'), 6, /unique/],
  ['a duplicate key in another spelling', withLine(5, 'impact: medium', '"impact": low'), 6, /unique/],
  ['a duplicate key below', withLine(12, '    with: { delta: 1, delta: 2 }'), 12, /unique/],
  ['a billion laughs', `${laughs(40)}\n${sound}`, 1, /anchor &a0 is not allowed here\. /],
  [
    'a quadratic blow-up',
    `x: &x ${'y'.repeat(50_000)}\nl: [${'*x, '.repeat(5_000)}]\n${sound}`,
    2,
    /alias \*x is not allowed/,
  ],
  ['an alias of itself', withLine(12, '    with: &w { delta: *w }'), 12, /alias \*w/],
  ['an anchor alone', withLine(5, 'impact: &i medium'), 5, /anchor &i is not allowed here\. Remove it/],
  [
    'an alias',
    withLine(5, 'impact: &i medium', 'title2: *i'),
    6,
    /alias \*i is not allowed here\. Write the value out/,
  ],
  ['a merge key', withLine(12, '    with: { <<: { delta: 1 } }'), 12, /merge key << is not allowed/],
  ['an alias to nothing', withLine(5, 'impact: *nowhere'), 5, /alias/i],
  ['a tag', withLine(5, 'impact: !!js/function "function () {}"'), 5, /tag/i],
  ['a depth bomb', withLine(12, `    with: ${nested(1_000)}`), 12, /nested deeper than 50 levels/],
  [
    'a depth bomb that overflows a parser',
    withLine(12, `    with: ${nested(100_000)}`),
    12,
    /nested too deeply/,
  ],
  ['brackets that never close', '['.repeat(500_000), 1, /nested too deeply/],
  ['dashes without end', withLine(12, `    with: [${'- '.repeat(200_000)}]`), 12, /nested too deeply/],
  ['a thousand mistakes', withLine(12, ...Array.from({ length: 1_000 }, () => '    : ]')), 12, /./],
  [
    'more than a megabyte',
    `${sound}# ${'x'.repeat(1_000_000)}\n`,
    1,
    /at most 1000000 bytes, found \d+\. Split the file/,
  ],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(sound), Buffer.from([0x23, 0x20, 0xff, 0xfe, 0x0a])]),
    15,
    /no UTF-8\. Save the file as UTF-8/,
  ],
  ['Latin-1', Buffer.from(withLine(4, 'description: fügt eine hinzu'), 'latin1'), 4, /no UTF-8/],
  ['UTF-16', Buffer.from(`\ufeff${sound}`, 'utf16le'), 1, /no UTF-8/],
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00]), 1, /U\+001F|no UTF-8/],
  ['NUL', withLine(3, 'title: Add\0one'), 3, /U\+0000 can't be seen/],
  ['an escaped NUL', withLine(3, 'title: "Add\\0one"'), 3, /U\+0000/],
  ['half a surrogate pair', withLine(3, 'title: "\\ud83d"'), 3, /surrogate/],
  ['terminal control', withLine(3, 'title: Add\u001b[2J'), 3, /U\+001B/],
  ['a turned direction of writing', withLine(3, 'title: "Add \u202eone"'), 3, /U\+202E/],
  ['tabs as indentation', withLine(11, '\taction: scale_instances'), 11, /[Tt]ab/],
  [
    'several documents',
    `${sound}---\n${sound}`,
    16,
    /expected one document, found 2\. Put each into a file of its own/,
  ],
  ['nothing', '', 1, /expected object/],
  ['a list', '- a\n- b\n', 1, /expected object/],
  ['__proto__', withLine(12, '    with: { __proto__: { delta: 1 } }'), 12, /__proto__ is not allowed/],
  ['the same name as a built-in', sound.replace('own-scale', 'restart-service'), 1, /already declared/],
]

/** The steps of a playbook are a list that runs from its first to its last, and values refer to parameters alone. */
const cycles: readonly (readonly [string, string, number, RegExp])[] = [
  [
    'steps that need one another',
    withLine(10, '  - id: add', '    needs: [add]'),
    11,
    /unknown field "needs"/,
  ],
  [
    'a step that depends on another',
    withLine(10, '  - id: add', '    dependsOn: add'),
    11,
    /unknown field "dependsOn"/,
  ],
  ['a playbook that calls itself', withLine(11, '    action: own-scale'), 11, /action/],
  [
    'a rollback of a rollback',
    withLine(13, '    rollback: { action: scale_instances, with: { delta: -1 }, rollback: {} }'),
    13,
    /unknown field "rollback"/,
  ],
  [
    'a parameter made of itself',
    withLine(8, '  delta: { title: D, type: integer, default: "${{ parameters.delta }}" }'),
    8,
    /default .* is out of bounds/,
  ],
  [
    'an output as an input',
    withLine(12, '    with: { delta: "${{ steps.add.output }}" }'),
    12,
    /whole-value reference/,
  ],
]

describe('a playbook file', () => {
  it('R2 that is sound is read', async () => expect(await toldOf(sound)).toEqual([]))

  it.each([...bad, ...cycles])(
    'G4 with %s is refused with file, line and remedy',
    async (_name, content, line, said) => {
      const told = await toldOf(content)
      const here = told.filter((problem) => new RegExp(`own\\.yaml:${line}:\\d+ `).test(problem))
      expect(here.join('\n'), told.join('\n').slice(0, 2_000)).toMatch(said)
      for (const problem of told) expect(problem).toMatch(/^\S+:\d+:\d+ .+[^.]\. \S.*\.$/s)
      expect(told.length).toBeLessThan(20)
    },
  )

  it('G4 that leads to a device without end does not hold the start up', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'suture-playbooks-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await symlink('/dev/zero', join(folder, 'endless.yaml'))
    const read = await readFiles(
      { catalogue: undefined, playbooks: folder, policy: undefined },
      600_000,
      Temporal.Now.instant(),
    )
    expect(read.ok ? [] : read.problems).toEqual([expect.stringMatching(/endless\.yaml is no file/)])
  })
})
