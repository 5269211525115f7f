import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandHelp, commandNames, parseChatCommand } from '../../src/domain/chat-command.ts'
import { cleanLines, cleanText } from '../../src/domain/clean-text.ts'
import { editDistance } from '../../src/domain/edit-distance.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(...commandNames, 'inc-7', 'REQ-3', 'prop-1', '‮', '​', '\u0000', '\ud800', ' ', '\n'),
    )
    .map((parts) => parts.join(' ')),
)

describe('C1 C2 the words after /heal', () => {
  it('C1 any text at all is one of the commands, the same each time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const command = parseChatCommand(text)
        expect([...commandNames, 'form', 'unknown', 'incomplete']).toContain(command.name)
        expect(parseChatCommand(text)).toEqual(command)
      }),
    )
  })

  it('C1 nothing that a command carries turns the writing, takes no room, or is half a character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const seen = JSON.stringify(parseChatCommand(text))
        expect(seen).not.toMatch(/\p{Bidi_Control}|[\u200b-\u200d\u2060\ufeff]|\\u0000|\\ud[89a-f]/u)
      }),
    )
  })

  it('C1 40,000 characters are cut, whatever they are', () => {
    for (const text of [
      'x'.repeat(40_000),
      `ask ${'why '.repeat(10_000)}`,
      '‮​'.repeat(20_000),
      '😀'.repeat(20_000),
    ])
      expect(JSON.stringify(parseChatCommand(text)).length).toBeLessThan(4_200)
    expect(parseChatCommand('‮​'.repeat(20_000))).toEqual({ name: 'help' })
  })

  it.each([
    ['', { name: 'help' }],
    ['  HELP me ', { name: 'help' }],
    ['/status', { name: 'status' }],
    ['show INC-7', { name: 'show', id: 'inc-7' }],
    ['show `#7`', { name: 'show', id: 'inc-7' }],
    ['take <inc-12>', { name: 'take', id: 'inc-12' }],
    ['approve 7', { name: 'approve', id: 'req-7', reason: '' }],
    ['approve prop-7 looks right', { name: 'approve', id: 'prop-7', reason: 'looks right' }],
    ['reject req-7 not in  the freeze', { name: 'reject', id: 'req-7', reason: 'not in the freeze' }],
    ['request prop-3', { name: 'request', id: 'prop-3', reason: '' }],
    ['override 3 it is down', { name: 'override', id: 'prop-3', reason: 'it is down' }],
    ['cancel run-3', { name: 'cancel', id: 'run-3' }],
    ['why RUN-7', { name: 'why', id: 'run-7' }],
    ['why prop-3', { name: 'why', id: 'prop-3' }],
    ['windows', { name: 'windows', service: null }],
    ['windows Checkout', { name: 'windows', service: 'checkout' }],
    ['freezes', { name: 'freezes' }],
    ['unfreeze FRZ-3', { name: 'unfreeze', id: 'frz-3' }],
    ['silences', { name: 'silences' }],
    ['unsilence #3', { name: 'unsilence', id: 'sil-3' }],
    [
      'silence service=checkout until 18:00 because deploy',
      {
        name: 'silence',
        matchers: [{ label: 'service', operator: '=', value: 'checkout' }],
        until: '18:00',
        reason: 'deploy',
      },
    ],
    [
      'maintenance checkout for 2h because upgrade of the database',
      {
        name: 'maintenance',
        matchers: [{ label: 'service', operator: '=', value: 'checkout' }],
        until: '2h',
        reason: 'upgrade of the database',
      },
    ],
    ['freeze until 2h', { name: 'freeze', what: '', until: '2h', reason: '' }],
    [
      'freeze prod until friday 18:00 because  the fair until noon',
      { name: 'freeze', what: 'prod', until: 'friday 18:00', reason: 'the fair until noon' },
    ],
    ['freeze checkout for 2h', { name: 'freeze', what: 'checkout', until: '2h', reason: '' }],
    ['mode', { name: 'form', of: 'mode' }],
    [' freeze ', { name: 'form', of: 'freeze' }],
    ['mode Observe', { name: 'mode', mode: 'observe', about: null }],
    ['mode auto for checkout', { name: 'mode', mode: 'auto', about: { kind: null, name: 'checkout' } }],
    ['mode auto `checkout`', { name: 'mode', mode: 'auto', about: { kind: null, name: 'checkout' } }],
    [
      'mode auto for Playbook restart',
      { name: 'mode', mode: 'auto', about: { kind: 'playbook', name: 'restart' } },
    ],
    ['mode checkout', { name: 'mode', mode: null, about: { kind: null, name: 'checkout' } }],
    ['mode service auto', { name: 'mode', mode: null, about: { kind: 'service', name: 'auto' } }],
    ['mode default for checkout', { name: 'mode', mode: 'default', about: { kind: null, name: 'checkout' } }],
    ['stop it goes wrong', { name: 'stop', reason: 'it goes wrong' }],
    ['resume', { name: 'resume', reason: '' }],
    ['break-glass', { name: 'break-glass', glass: { what: 'list' } }],
    ['break-glass end 7', { name: 'break-glass', glass: { what: 'end', id: 'bg-7' } }],
    [
      'break-glass `checkout` for 30m because the shop is down',
      {
        name: 'break-glass',
        glass: { what: 'open', service: 'checkout', forMs: 1_800_000, reason: 'the shop is down' },
      },
    ],
    [
      'break-glass All for 1h because it burns',
      { name: 'break-glass', glass: { what: 'open', service: null, forMs: 3_600_000, reason: 'it burns' } },
    ],
    ['review BG-7 looked at run-3', { name: 'review', id: 'bg-7', note: 'looked at run-3' }],
    ['ask what happened to checkout?', { name: 'ask', question: 'what happened to checkout?' }],
    ['link', { name: 'link', code: null }],
    ['link abcde-fghjk', { name: 'link', code: 'abcde-fghjk' }],
    ['ap​prove req-7', { name: 'approve', id: 'req-7', reason: '' }],
  ] as const)('C1 %j is understood', (text, command) => {
    expect(parseChatCommand(text)).toEqual(command)
  })

  it.each([
    'show',
    'show run-7',
    'approve inc-7',
    'reject req-7',
    'cancel 1.5e3x',
    'freeze prod',
    'freeze prod until',
    'freeze until because why',
    'unfreeze',
    'unfreeze run-3',
    'silence',
    'silence checkout',
    'silence checkout until 18:00',
    'maintenance for 2h because why',
    'unsilence',
    'mode full throttle',
    'mode auto for',
    'mode default',
    'break-glass checkout',
    'break-glass checkout for 30m',
    'break-glass checkout for a while because why',
    'break-glass end inc-7',
    'review bg-7',
    'review inc-7 fine',
    'mode auto for the whole shop',
    'ask',
    'request req-1',
  ])('C1 %j says what is missing', (text) => {
    expect(parseChatCommand(text)).toMatchObject({ name: 'incomplete' })
  })

  it.each([
    ['aprove', 'approve'],
    ['stauts', 'status'],
    ['incident', 'incidents'],
    ['hlep', 'help'],
    ['xyzzy', null],
    ['x'.repeat(5_000), null],
  ])('C1 %j is near %j', (text, nearest) => {
    expect(parseChatCommand(text)).toMatchObject({ name: 'unknown', nearest })
  })

  it('C1 help has a line for every command', () => {
    expect(new Set(commandHelp.map(({ name }) => name))).toEqual(new Set(commandNames))
  })
})

describe('C1 text that people and platforms send', () => {
  it('C1 is never longer than asked, never half a character, and clean text stays as it is', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, most) => {
        for (const clean of [cleanText, cleanLines]) {
          const once = clean(text, most)
          expect(once.length).toBeLessThanOrEqual(most)
          expect(once.isWellFormed()).toBe(true)
          expect(clean(once, most)).toBe(once)
        }
        expect(cleanText(text, most)).not.toContain('\n')
      }),
    )
  })

  it('C1 distance counts letters that are added, taken, exchanged or swapped', () => {
    expect(editDistance('approve', 'aprove')).toBe(1)
    expect(editDistance('status', 'stauts')).toBe(1)
    expect(editDistance('', 'link')).toBe(4)
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
        expect(editDistance(one, other)).toBe(editDistance(other, one))
        expect(editDistance(one, one)).toBe(0)
        expect(editDistance(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length))
      }),
    )
  })
})
