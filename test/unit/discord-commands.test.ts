import { describe, expect, test } from 'vitest'
import { choicesFor, healCommand, wordsOf, wordsTyped } from '../../adapters/discord/commands.ts'
import { commandNames, parseChatCommand } from '../../src/domain/chat-command.ts'
import { problemsOf } from '../support/discord-payloads.ts'

const filled = (name: string, options: { name: string; value: string; focused?: boolean }[]) => ({
  name: 'heal',
  options: [{ name, type: 1, options }],
})

/** Those that stand under another word, too. */
const subcommands = healCommand.options.flatMap((option) => (option.type === 2 ? option.options : [option]))

describe('the command /heal', () => {
  test('C2 every word that Suture understands is a subcommand', () => {
    expect(subcommands.map(({ name }) => name).sort()).toEqual([...commandNames].sort())
  })

  test('C2 Discord takes it: its schema, and the rules that the schema does not hold', () => {
    expect(problemsOf('PUT', '/applications/1/guilds/2/commands', [healCommand])).toEqual([])
    const named = [
      healCommand,
      ...healCommand.options,
      ...subcommands,
      ...subcommands.flatMap(({ options }) => options),
    ]
    for (const { name, description } of named) {
      expect(name).toMatch(/^[-_\p{Ll}\p{N}]{1,32}$/u)
      expect(description.length).toBeGreaterThan(0)
      expect(description.length).toBeLessThanOrEqual(100)
    }
    expect(healCommand.options.length).toBeLessThanOrEqual(25)
    const text = named.reduce((all, { name, description }) => all + name.length + description.length, 0)
    expect(text).toBeLessThan(8_000)
    for (const { options } of subcommands) {
      const required = options.map((option) => option.required)
      expect(required).toEqual([...required].sort((one, other) => Number(other) - Number(one)))
      for (const option of options) expect('autocomplete' in option && 'choices' in option).toBe(false)
    }
  })

  test('C2 with its required fields filled every subcommand makes words that are understood', () => {
    const values: Readonly<Record<string, string>> = {
      incident: 'inc-7',
      run: 'run-7',
      proposal: 'prop-7',
      request: 'req-7',
      reason: 'too risky',
      question: 'what runs now?',
      about: 'run-7',
      until: '18:00',
      freeze: 'frz-7',
      silence: 'sil-7',
      values: 'instances=2',
      what: 'service=checkout',
      service: 'checkout',
      glass: 'bg-7',
      note: 'looked at run-3',
    }
    for (const { name, options } of subcommands) {
      const required = options.filter((option) => option.required)
      const words = wordsOf(
        filled(
          name,
          required.map((option) => ({ name: option.name, value: values[option.name] ?? '' })),
        ),
      )
      const asks = name === 'mode' || name === 'freeze'
      expect(parseChatCommand(words)).toMatchObject(asks ? { name: 'form', of: name } : { name })
    }
  })

  test('C2 what is not of ours asks for help', () => {
    expect(wordsOf({ name: 'other', options: [{ name: 'status', type: 1 }] })).toBe('')
    expect(wordsOf({ name: 'heal' })).toBe('')
    expect(wordsOf({ name: 'heal', options: [{ name: 'constructor', type: 1 }] })).toBe('')
  })
})

describe('completions', () => {
  test('C2 fields behind the one that is being filled do not count', () => {
    const typed = wordsTyped(
      filled('reject', [
        { name: 'reason', value: 'too risky' },
        { name: 'request', value: 're', focused: true },
      ]),
    )
    expect(typed).toEqual({ words: 'reject re', before: 'reject' })
  })

  test('C2 an empty field is a word that is about to begin', () => {
    expect(wordsTyped(filled('show', [{ name: 'incident', value: '', focused: true }])).words).toBe('show ')
  })

  test('C2 a choice is what fits into the field, once, and 25 at most', () => {
    const many = [...Array(30).keys()].map((n) => `show inc-${n}`)
    const choices = choicesFor({ before: 'show' }, ['show inc-0', '', `show ${'x'.repeat(101)}`, ...many])
    expect(choices).toHaveLength(25)
    expect(choices[0]).toEqual({ name: 'inc-0', value: 'inc-0' })
    expect(new Set(choices.map(({ value }) => value)).size).toBe(25)
  })
})
