import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../cli/sha256.ts'
import { exampleOrigin, exportOf, makeHistory, proofFileOf } from '../../scripts/audit-history.ts'
import { aSigner } from '../../scripts/audit-signer.ts'
import { checkpointLine, endLine, entryLine, headerLine } from '../../src/domain/log/audit-export.ts'
import { checkpointText } from '../../src/domain/log/checkpoint.ts'
import { leafHashOf } from '../../src/domain/log/merkle.ts'
import { type Signer, signNote, verifierKey } from '../../src/domain/log/note.ts'
import { type Agreement, hasPython, type Kept, startAgreement } from '../support/second-verifier.ts'
import { treeHash } from '../unit/log/oracle.ts'

/** Forms that Suture never writes and somebody else may: both verifiers take the same ones. */

const first = aSigner(exampleOrigin, 1)
const second = aSigner(exampleOrigin, 2)
const stranger = aSigner(exampleOrigin, 9)
const pinned = [first.key]

describe.skipIf(!hasPython)('the second verifier, on what is rare', () => {
  let both: Agreement
  beforeAll(() => {
    both = startAgreement()
  })
  afterAll(() => both.stop())
  const agreed = (content: string | Uint8Array, kept: Kept = { pinned }) => both.agreed(content, kept)

  /** A file of one's own: its entries, and the notes that stand behind so many of them. */
  const made = (entries: readonly Uint8Array[], notes: Readonly<Record<number, string>>): Uint8Array => {
    const behind = (size: number) =>
      notes[size] === undefined ? [] : [Buffer.from(checkpointLine(notes[size]))]
    return Buffer.concat([
      Buffer.from(
        headerLine({
          origin: exampleOrigin,
          size: entries.length,
          keys: [{ vkey: first.key.vkey, introducedBy: null }],
        }),
      ),
      ...behind(0),
      ...entries.flatMap((entry, index) => [
        entryLine(index, leafHashOf(sha256, entry), entry),
        ...behind(index + 1),
      ]),
      Buffer.from(endLine(entries.length)),
    ])
  }
  const over = (entries: readonly Uint8Array[], ...signers: Signer[]): string => {
    const root = treeHash(entries.map((entry) => leafHashOf(sha256, entry)))
    return signNote(checkpointText({ origin: exampleOrigin, size: entries.length, root }), signers)
  }
  const alone = (entry: Uint8Array): Uint8Array => made([entry], { 1: over([entry], first) })
  const plain = Buffer.from('{}')
  const witness = (count: number, name = 'witness', bytes = 5): string =>
    `\u2014 ${name} ${Buffer.alloc(bytes).toString('base64')}\n`.repeat(count)
  const witnessed = (more: string): Uint8Array => made([plain], { 1: over([plain], first) + more })
  /** The same signature, with the order of the curve added to its second half. */
  const malleable = (given: string): string => {
    const [, base64 = ''] = /(\S+)\n$/.exec(given) ?? []
    const bytes = Buffer.from(base64, 'base64')
    let carry = 0
    for (const [place, digit] of Buffer.from(order, 'hex').reverse().entries()) {
      const sum = bytes[36 + place]! + digit + carry
      bytes[36 + place] = sum & 255
      carry = sum >> 8
    }
    return given.replace(base64, bytes.toString('base64'))
  }
  const order = '1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed'
  /** With a witness whose line makes the note so many characters long. */
  const noteOfLength = (characters: number): Uint8Array => {
    const left = characters - over([plain], first).length - witness(1, '', 0).length
    const name = 'w'.repeat((left % 4) + 4)
    return witnessed(witness(1, name, ((left - name.length) / 4) * 3))
  }

  it.each<[string, Uint8Array, RegExp, Kept?]>([
    [
      'a checkpoint of nothing before the first entry',
      made([plain], { 0: over([], first), 1: over([plain], first) }),
      /^sound/,
    ],
    ['an empty log of a stranger', made([], { 0: over([], first, stranger) }), /^sound/],
    [
      'an empty log, another key pinned',
      made([], { 0: over([], first) }),
      /^not_vouched/,
      { pinned: [stranger.key] },
    ],
    ['an entry that is not UTF-8', alone(Buffer.of(0xff, 0xfe)), /^sound/],
    ['an entry with CR, NUL and spaces', alone(Buffer.from(' \r\0  ')), /^sound/],
    ['an entry of 65,535 bytes', alone(Buffer.alloc(65_535, 'x')), /^sound/],
    ['an entry of 65,536 bytes', alone(Buffer.alloc(65_536, 'x')), /^entry_unreadable 0$/],
    ['an entry of 70,001 bytes', alone(Buffer.alloc(70_001, 'x')), /^line_too_long$/],
    ['an entry of no bytes', alone(Buffer.alloc(0)), /^entry_unreadable 0$/],
    ['witnesses, 16 signatures in all', witnessed(witness(15)), /^sound/],
    ['17 signatures', witnessed(witness(16)), /^checkpoint_unreadable$/],
    ['a witness with an id and no signature', witnessed(witness(1, 'w', 4)), /^checkpoint_unreadable$/],
    ['a witness with a plus', witnessed(witness(1, 'w+')), /^checkpoint_unreadable$/],
    ['a witness with a space of Ogham', witnessed(witness(1, 'w\u1680')), /^checkpoint_unreadable$/],
    ['a witness with a byte order mark', witnessed(witness(1, 'w\ufeff')), /^sound/],
    ['a witness with a zero-width space', witnessed(witness(1, 'w\u200b')), /^sound/],
    ['a witness with a next-line control', witnessed(witness(1, 'w\u0085')), /^checkpoint_unreadable$/],
    ['a witness of 512 characters', witnessed(witness(1, '\u{1f600}'.repeat(256))), /^sound/],
    [
      'a witness of 513 characters',
      witnessed(witness(1, `x${'\u{1f600}'.repeat(256)}`)),
      /^checkpoint_unreadable$/,
    ],
    ['a note of 16,384 characters', noteOfLength(16_384), /^sound/],
    ['a note of 16,385 characters', noteOfLength(16_385), /^checkpoint_unreadable$/],
    ['a note with DEL', witnessed(witness(1, 'w\u007f')), /^checkpoint_unreadable$/],
    [
      'a note that ends without LF',
      made([plain], { 1: over([plain], first).trimEnd() }),
      /^checkpoint_unreadable$/,
    ],
    ['a note with a second blank line', witnessed(`\n${witness(1)}`), /^checkpoint_unreadable$/],
    [
      'a size with a zero in front',
      made([plain], { 1: over([plain], first).replace('\n1\n', '\n01\n') }),
      /^checkpoint_unreadable$/,
    ],
    [
      'base64 with unused bits',
      made([plain], {
        1: over([plain], first)
          .replace(/=\n\n/, (end) => end)
          .replace(/(.)=\n\n/, (_all, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=\n\n`),
      }),
      /^checkpoint_unreadable$/,
    ],
    ['the same signature twice', witnessed(over([plain], first).split('\n\n')[1]!), /^sound/],
    [
      'one right signature and one wrong of the same key',
      witnessed(over([], first).split('\n\n')[1]!),
      /^signature_wrong$/,
    ],
    [
      'a signature of another scalar',
      made([plain], { 1: malleable(over([plain], first)) }),
      /^signature_wrong$/,
    ],
  ])('A1 what is rare: %s', async (_what, content, expected, kept) => {
    expect(await agreed(content, kept)).toMatch(expected)
  })

  it.each<[string, string, RegExp]>([
    [
      'white space and other keys',
      ' {"details": {"vkey": "KEY", "n": 1e999}, "event": "audit_key_rotated", "big": 123456789012345678901234567890} ',
      /^sound, introduced/,
    ],
    [
      'a key twice, the last counts',
      '{"event":"x","event":"audit_key_rotated","details":{"vkey":"KEY"}}',
      /^sound, introduced/,
    ],
    [
      'a key twice, the first does not',
      '{"event":"audit_key_rotated","event":"x","details":{"vkey":"KEY"}}',
      /^key_not_introduced 1/,
    ],
    ['a list of details', '{"event":"audit_key_rotated","details":["KEY"]}', /^key_not_introduced 1/],
    ['no details', '{"event":"audit_key_rotated","details":null}', /^key_not_introduced 1/],
    ['a list', '[{"event":"audit_key_rotated","details":{"vkey":"KEY"}}]', /^key_not_introduced 1/],
    ['NaN', '{"event":"audit_key_rotated","details":{"vkey":"KEY"},"n":NaN}', /^key_not_introduced 1/],
    [
      'a byte order mark',
      '\ufeff{"event":"audit_key_rotated","details":{"vkey":"KEY"}}',
      /^key_not_introduced 1/,
    ],
    [
      'half a surrogate elsewhere',
      '{"event":"audit_key_rotated","details":{"vkey":"KEY"},"s":"\\ud800"}',
      /^sound, introduced/,
    ],
    ['no JSON', 'audit_key_rotated KEY', /^key_not_introduced 1/],
  ])('A1 a key introduced by an entry with %s', async (_what, text, expected) => {
    const entries = [plain, Buffer.from(text.replace('KEY', second.key.vkey)), plain]
    const own = makeHistory({ size: 3, rotations: [1], entries, signers: [first, second] })
    expect(await agreed(exportOf(own))).toMatch(expected)
    // Where the history's maker sees no rotation, it can make no proof of one.
    if (text.includes('"event":"audit_key_rotated"'))
      expect(await agreed(proofFileOf(own, [0]))).toMatch(expected)
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['of no bytes', Buffer.alloc(0), /^proof_wrong$/],
    ['of 65,535 bytes', Buffer.alloc(65_535, 'x'), /^sound/],
    ['of 65,536 bytes', Buffer.alloc(65_536, 'x'), /^proof_wrong$/],
    ['with a line feed', Buffer.from('{\n}'), /^proof_wrong$/],
  ])('A1 a proof of an entry %s', async (_what, entry, expected) => {
    const own = makeHistory({ size: 2, entries: [plain, entry], signers: [first] })
    expect(await agreed(proofFileOf(own, [1]))).toMatch(expected)
  })

  const ones = 'ff'.repeat(30)
  it.each([
    ['of order 1', `01${'00'.repeat(31)}`, 'header_wrong'],
    ['of order 1 with a sign', `01${'00'.repeat(30)}80`, 'header_wrong'],
    ['of order 2', `ec${ones}7f`, 'header_wrong'],
    ['of order 4', '00'.repeat(32), 'header_wrong'],
    ['of order 4 with a sign', `${'00'.repeat(31)}80`, 'header_wrong'],
    ['of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'header_wrong'],
    [
      'of order 8, with a sign',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      'header_wrong',
    ],
    ['with a y of the prime', `ed${ones}7f`, 'header_wrong'],
    ['with a y of 2^255 - 1 and a sign', `ff${ones}ff`, 'header_wrong'],
    ['that is no point', `02${'00'.repeat(31)}`, 'signature_wrong'],
    ['with a y of the prime less 2', `eb${ones}7f`, 'signature_wrong'],
  ])('A1 a key %s signs nothing', async (_what, hex, expected) => {
    const key = verifierKey(exampleOrigin, Buffer.from(hex, 'hex'), sha256)
    // The base point and 1: by the equation alone, the neutral point "signs" everything with it.
    const signature = Buffer.from(`58${'66'.repeat(31)}01${'00'.repeat(31)}`, 'hex')
    const file = exportOf(makeHistory({ size: 1, signers: [{ key, sign: () => signature }] }))
    expect(await agreed(file, {})).toBe(expected)
  })
})
