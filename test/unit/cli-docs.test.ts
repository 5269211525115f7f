import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../cli/failure.ts'
import { createProgram } from '../../cli/program.ts'
import { painter, table, width } from '../../cli/text.ts'
import { relative, toSecond } from '../../cli/when.ts'

const text = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
const quiet = { write: () => true }
const program = createProgram(
  { env: {}, stdout: quiet, stderr: quiet, now: () => Temporal.Instant.from('2026-11-22T14:00:00Z') },
  () => undefined,
)

const leaves = (command: Command, path: readonly string[] = []): { path: string; command: Command }[] =>
  command.commands.flatMap((each) => {
    const here = [...path, each.name()]
    return each.commands.length === 0 ? [{ path: here.join(' '), command: each }] : leaves(each, here)
  })

describe('H8 docs/cli.md', () => {
  it('H8 has a row for every command, with every option, and no other rows', () => {
    const rows = text.split('\n').filter((line) => /^\| `[a-z]/.test(line))
    const commands = leaves(program)
    expect(commands.length).toBeGreaterThan(15)
    for (const { path, command } of commands) {
      const row = rows.find((line) =>
        [`${path}\``, `${path} <`, `${path} [`].some((start) => line.startsWith(`| \`${start}`)),
      )
      expect(row, `a row for ${path}`).toBeDefined()
      for (const option of command.options) expect(row, `${option.long} of ${path}`).toContain(option.long)
    }
    expect(rows).toHaveLength(commands.length)
  })

  it('H8 has every global option and every exit code', () => {
    for (const option of program.options)
      if (option.long !== '--version') expect(text).toContain(`| \`${option.long}\` |`)
    for (const code of Object.values(exitCodes)) expect(text).toContain(`| ${code} |`)
  })
})

describe('H8 text for a terminal', () => {
  const now = Temporal.Instant.from('2026-11-22T14:00:00Z')

  it.each([
    ['2026-11-22T14:00:00.400Z', 'just now'],
    ['2026-11-22T13:59:18Z', '42 s ago'],
    ['2026-11-22T13:57:00Z', '3 min ago'],
    ['2026-11-22T16:59:00Z', 'in 2 h'],
    ['2026-11-20T13:00:00Z', '2 d ago'],
  ])('H8 %s is %s', (instant, words) => expect(relative(instant, now)).toBe(words))

  it('Q1 a time to the second shows the day only when it is another', () => {
    expect(toSecond(now.subtract({ seconds: 3 }).toString(), now)).toMatch(/^\d\d:\d\d:57$/)
    expect(toSecond('2026-11-20T13:00:07.9Z', now)).toMatch(/^2026-11-2[01] \d\d:\d\d:07$/)
  })

  it('H8 colour adds nothing to the width of a column', () => {
    const rows = [
      [{ text: 'critical', style: 'red' as const }, 'x'],
      ['low', 'y'],
    ]
    const colored = table(painter(true), ['SEVERITY', 'T'], rows).map((line) =>
      stripVTControlCharacters(line),
    )
    expect(colored).toEqual(table(painter(false), ['SEVERITY', 'T'], rows))
  })

  it.each([
    ['abc', 3],
    ['決済', 4],
    ['🔥', 2],
    ['e\u0301', 1],
  ])('H8 %s is %i columns wide', (value, columns) => expect(width(value)).toBe(columns))
})
