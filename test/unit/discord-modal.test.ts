import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderPrompt } from '../../adapters/discord/modal.ts'
import type { FormField } from '../../src/domain/form.ts'
import { problemsOf } from '../support/discord-payloads.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    '\u200b',
    '@everyone',
    '**bold**',
    'x'.repeat(5_000),
    '*'.repeat(5_000),
    '😀'.repeat(80),
  ),
)
const problems = (data: object) => problemsOf('POST', '/interactions/1/token/callback', { type: 9, data })

const number: FormField = {
  name: 'by',
  label: 'Instances',
  hint: 'an integer from -3 to 3',
  value: '1',
  kind: { is: 'number', min: -3, max: 3 },
}
const anyField: fc.Arbitrary<FormField> = fc.record({
  name: fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,60}$/),
  label: anyText,
  hint: anyText,
  value: fc.constantFrom('', '1', 'on', 'x'.repeat(300)),
  kind: fc.oneof(
    fc.constant(number.kind),
    fc.record({ is: fc.constant('text' as const), maxLength: fc.integer({ min: 1, max: 5_000 }) }),
    fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 30 }).map((values) => ({
      is: 'choice' as const,
      options: values.map((value) => ({ value, label: value })),
    })),
  ),
})
const unique = (fields: readonly FormField[]): FormField[] =>
  fields.map((field, at) => ({ ...field, name: `${field.name}${at}` }))

describe('a form on Discord', () => {
  it('C2 any prompt fits what Discord takes', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, fc.boolean(), (title, label, about, required) => {
        expect(problems(renderPrompt({ title, label, about, required }, 'a-token'))).toEqual([])
      }),
    )
  })

  it('C2 it carries the token of its button and asks for one note', () => {
    const prompt = { title: 'Reject', label: 'Why?', about: 'Restart *checkout*', required: true }
    expect(renderPrompt(prompt, 'a-token')).toEqual({
      custom_id: 'prompt:a-token',
      title: 'Reject',
      components: [
        { type: 10, content: 'Restart \\*checkout\\*' },
        {
          type: 18,
          label: 'Why?',
          component: { type: 4, custom_id: 'note', style: 2, required: true, max_length: 1_000 },
        },
      ],
    })
  })

  it('C2 G8 any form with fields fits what Discord takes, and says of what it has no room for', () => {
    fc.assert(
      fc.property(fc.array(anyField, { minLength: 1, maxLength: 9 }), anyText, (fields, about) => {
        const data = renderPrompt(
          { title: 'Edit', label: '', about, required: true, fields: unique(fields) },
          't',
        )
        expect(problems(data)).toEqual([])
        expect((data as { components: unknown[] }).components.length).toBeLessThanOrEqual(5)
      }),
    )
    const six = Array.from({ length: 6 }, (_, at) => ({ ...number, name: `p${at}`, label: `Part ${at}` }))
    const data = renderPrompt({ title: 'Edit', label: '', about: '', required: true, fields: six }, 't')
    expect(JSON.stringify(data)).toContain('no room here for Part 4, Part 5')
  })
})
