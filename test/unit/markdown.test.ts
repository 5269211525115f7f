import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bold, plain } from '../../src/domain/card.ts'
import { escapeMarkdown, spansAsMarkdown } from '../../src/message/markdown.ts'
import { postmortem } from '../../src/message/postmortem.ts'
import type { PostmortemFacts } from '../../src/message/postmortem-facts.ts'
import { aRun, healed } from './support/postmortem-facts.ts'

const harmful = [
  '# Resolved',
  '## Summary',
  '- [x] done',
  '1. one',
  '1) one',
  '> quoted',
  '---',
  '===',
  '***',
  '+ plus',
  '```sh',
  '~~~',
  '**bold**',
  '__bold__',
  '_it_',
  '~~gone~~',
  '`code`',
  '``two``',
  '[here](https://evil.example)',
  '![p](//evil.example/p.png)',
  '[x]: https://evil.example',
  '[^1]',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- hidden -->',
  '<https://evil.example>',
  '&lt;b&gt;',
  '| a | b |',
  '|---|',
  '$x$',
  'https://evil.example/a_b',
  'http://evil.example`',
  '`https://evil.example',
  'www.evil.example',
  'evil.example',
  'mailto:a@evil.example',
  'a@evil.example',
  '@everyone',
  '<@1234>',
  '<!channel>',
  '#12',
  'acme/shop#12',
  'GH-12',
  '\\',
  '\\*',
  '\\`',
  'javascript:alert(1)',
  '\n\n# Forged\n\n',
  '\r## Forged',
  '\u2028# Forged',
  '\u202Egnp.exe',
  '\0',
  '    indented',
  '\tindented',
  '',
  ' ',
]
const outside = fc
  .array(
    fc.oneof(
      fc.constantFrom(...harmful),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(' ', '`', '\\', '*'),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))

/**
 * What a renderer may read as more than text: everything but pairs of a backslash and a mark, and code, by CommonMark's own rules
 * (a backslash takes the mark after it; code runs to the next fence of the same length).
 */
const beyondText = (line: string): string => {
  let rest = line
  let bare = ''
  while (rest !== '') {
    const taken = /^\\[!-/:-@[-`{-~]/.exec(rest)?.[0] ?? codeAt(rest)
    if (taken === null) bare += rest[0]
    rest = rest.slice(taken?.length ?? 1)
  }
  return bare
}

const codeAt = (text: string): string | null => {
  const fence = /^`+/.exec(text)?.[0]
  if (fence === undefined) return null
  const end = new RegExp(`(?<!\`)\`{${fence.length}}(?!\`)`).exec(text.slice(fence.length))
  return end === null ? null : text.slice(0, fence.length + end.index + fence.length)
}

const doesNothing = (text: string): void => {
  const bare = beyondText(text)
  expect(bare).not.toMatch(/[`*_{}[\]<>#|~&$\\]/)
  expect(bare).not.toMatch(/@|:\/\/|www\.|\w\.\p{L}{2,}|mailto:|javascript:/iu)
  expect(text).not.toMatch(/^(?:[-+=]|\d{1,9}[.)](?: |$)|\s)|[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u)
}

describe('text from outside as Markdown', () => {
  it.each([
    ['a *b* [c](d) <e>', 'a \\*b\\* \\[c\\](d) \\<e\\>'],
    ['# Resolved\n\nby https://evil.example/x', '\\# Resolved by `https://evil.example/x`'],
    ['- [x] done', '\\- \\[x\\] done'],
    ['1. one', '1\\. one'],
    ['ask @everyone at a`b@c', 'ask `@everyone` at ``a`b@c``'],
    ['a@b`', '`` a@b` ``'],
    ['3.5 of 4, e.g. inc-42: 91 %', '3.5 of 4, e.g. inc-42: 91 %'],
  ])('C8 %j reads as %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected)
  })

  it('C8 no text becomes anything but text: no block, emphasis, HTML, link, mention or second line', () => {
    fc.assert(
      fc.property(outside, (text) => doesNothing(escapeMarkdown(text))),
      { numRuns: 2_000 },
    )
  })

  it('C8 spans that are harmless alone are harmless side by side', () => {
    const pieces = ['http:', '//evil.example', 'a', '@b', '`', 'www', '.evil.example']
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), outside).map(plain), { minLength: 1, maxLength: 5 }),
        (spans) => doesNothing(spansAsMarkdown(spans, String).trim()),
      ),
    )
  })

  it('C8 whatever alerts, people and targets say, the draft has the lines, headings and boxes that it has without it', () => {
    const shape = (facts: PostmortemFacts): string[] =>
      postmortem(facts)
        .split('\n')
        .map((line) => /^(?:#+ .{8}|- \[ \]|- |$)/.exec(line)?.[0] ?? 'text')
    const plainShape = shape(saying('word'))
    fc.assert(
      fc.property(outside, (text) => {
        expect(shape(saying(text))).toEqual(plainShape)
      }),
    )
  })
})

/** The healed incident, with `text` wherever words come from outside. */
const saying = (text: string): PostmortemFacts => {
  const facts = healed()
  const run = aRun()
  return {
    ...facts,
    incident: { ...facts.incident, title: text, service: text },
    service: { owner: text, dependents: [text] },
    timeline: [{ at: facts.asOf, text: [plain('Alert '), bold(text), plain(` fired, ${text}`)] }],
    evidence: facts.evidence.map((each) => ({ ...each, summary: text })),
    hypotheses: facts.hypotheses.map((each) => ({ ...each, evidenceFor: [text], evidenceAgainst: [text] })),
    proposals: facts.proposals.map((each) => ({ ...each, title: text, service: text, odds: text })),
    refusals: facts.refusals.map((each) => ({ ...each, by: text, subject: text, detail: text })),
    runs: [
      {
        ...run,
        title: text,
        reason: `x${text}`,
        undone: [text],
        request: run.request && {
          ...run.request,
          requester: text,
          votes: run.request.votes.map((vote) => ({ ...vote, by: text, reason: `x${text}` })),
        },
      },
    ],
    missing: [text],
  }
}
