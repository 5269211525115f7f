import { describe, expect, it } from 'vitest'
import { problemsOf } from '../support/discord-payloads.ts'

const text = (content: string) => ({ type: 10, content })
const button = (more: object = {}) => ({ type: 2, style: 1, custom_id: 'act:a', label: 'Go', ...more })
const row = (...components: object[]) => ({ type: 1, components })
const message = (...components: object[]) => ({
  flags: 1 << 15,
  components,
  allowed_mentions: { parse: [] },
})
const problems = (body: object) => problemsOf('POST', '/channels/1/messages', body).join('\n')

describe('the gate that holds every payload against what Discord accepts', () => {
  it('C2 a good message passes', () => {
    expect(problems(message({ type: 17, accent_color: 0xff, components: [text('hi'), row(button())] }))).toBe(
      '',
    )
  })

  it.each([
    ['an unknown key', { ...message(text('a')), compnents: [] }, 'does not know'],
    ['a label of 81 characters', message(row(button({ label: 'x'.repeat(81) }))), '<=80'],
    [
      '6 buttons in a row',
      message(row(...Array.from({ length: 6 }, (_, at) => button({ custom_id: `${at}` })))),
      '<=5',
    ],
    [
      '41 components over two levels',
      message(
        { type: 17, components: Array.from({ length: 20 }, () => text('a')) },
        ...Array.from({ length: 20 }, () => text('a')),
      ),
      '41 components',
    ],
    ['4001 characters in two texts', message(text('x'.repeat(4_000)), text('x')), '4001 characters'],
    ['a custom_id twice', message(row(button(), button())), 'stands twice'],
    ['a link without address', message(row({ type: 2, style: 5, label: 'a' })), 'a link button'],
    [
      'a script as a link',
      message(row({ type: 2, style: 5, label: 'a', url: 'javascript:alert(1)' })),
      'a link button',
    ],
    ['a message that could ping', { ...message(text('a')), allowed_mentions: { parse: ['users'] } }, 'ping'],
    ['components V2 without their flag', { ...message(text('a')), flags: 0 }, 'flag'],
    [
      '2001 characters of content',
      { content: 'x'.repeat(2_001), allowed_mentions: { parse: [] } },
      '2000 fit',
    ],
    ['an empty message', { allowed_mentions: { parse: [] } }, 'empty'],
  ])('C2 %s does not', (_, body, problem) => {
    expect(problems(body)).toContain(problem)
  })

  it('C2 a request that has no schema is told, not passed', () => {
    expect(problemsOf('POST', '/channels/1/pins', {})).toEqual([
      'POST /channels/1/pins: no schema is known for it',
    ])
  })
})
