import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../cli/sha256.ts'
import { exampleOrigin, exportOf, makeHistory, proofFileOf } from '../../../scripts/audit-history.ts'
import { aSigner } from '../../../scripts/audit-signer.ts'
import { checkpointLine, entryLine } from '../../../src/domain/log/audit-export.ts'
import { checkpointText } from '../../../src/domain/log/checkpoint.ts'
import { logProblemCodes } from '../../../src/domain/log/log-problem.ts'
import { leafHashOf } from '../../../src/domain/log/merkle.ts'
import { signNote } from '../../../src/domain/log/note.ts'
import { tellVerdict } from '../../../src/domain/log/tell-verdict.ts'
import type { Verdict } from '../../../src/domain/log/verdict.ts'
import { found, judgeExport, judgeProof } from './judge.ts'

/** Files that are none, each refused by name with its line or entry; and proofs, tampered with. */

const history = makeHistory({ size: 30, every: 10, rotations: [14] })
const [first, second] = history.signers
const pinned = [first!.key]
const text = Buffer.from(exportOf(history)).toString()
const seen = new Set<string>()

const judged = (file: string | Uint8Array, saved: string | null = null): Verdict => {
  const verdict = judgeExport(typeof file === 'string' ? Buffer.from(file) : file, { pinned, saved })
  if (!verdict.ok) seen.add(verdict.problem.code)
  return verdict
}
const at = (verdict: Verdict): string =>
  verdict.ok ? 'sound' : `${found(verdict)}, line ${verdict.problem.line}`
const lines = text.split('\n')
const line = (number: number, change: (line: string) => string): string =>
  lines.with(number - 1, change(lines[number - 1]!)).join('\n')

describe('a file that is no export', () => {
  it.each([
    ['nothing', '', 'not_readable, line null'],
    ['a line feed', '\n', 'header_wrong, line 1'],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x0a), 'header_wrong, line 1'],
    ['a byte order mark', `\ufeff${text}`, 'header_wrong, line 1'],
    ['another JSON', '{"a":1}\n', 'header_wrong, line 1'],
    ['brackets, nested deeply', `${'['.repeat(60_000)}\n`, 'header_wrong, line 1'],
    ['a line without end', 'x'.repeat(5_000_000), 'line_too_long, line 1'],
    ['an entry without end', line(3, (each) => each + 'x'.repeat(70_000)), 'line_too_long, line 3'],
    ['lines that end as on Windows', text.replaceAll('\n', '\r\n'), 'header_wrong, line 1'],
    ['an empty line', line(3, (each) => `\n${each}`), 'line_unknown, line 3'],
    ['a comment', line(3, (each) => `# hello\n${each}`), 'line_unknown, line 3'],
    [
      'no UTF-8 where no entry is',
      Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.of(0xff, 10)]),
      'line_unknown, line 2',
    ],
    ['a number with a zero in front', line(3, (each) => `0${each}`), 'entry_out_of_order 1, line 3'],
    ['a number beyond all', line(3, (each) => '9'.repeat(400) + each), 'entry_out_of_order 1, line 3'],
    ['a number alone', line(3, () => '1'), 'entry_unreadable 1, line 3'],
    ['no hash', line(3, (each) => each.replace(/ \S{44} /, ' ')), 'entry_unreadable 1, line 3'],
    ['a hash that is none', line(3, (each) => each.replace(/ \S{4}/, ' ****')), 'entry_unreadable 1, line 3'],
    ['no entry', line(3, (each) => `${each.slice(0, 46)} `), 'entry_unreadable 1, line 3'],
    ['two spaces', line(3, (each) => each.replace(' ', '  ')), 'entry_unreadable 1, line 3'],
    ['a checkpoint that is no text', line(12, () => 'checkpoint {}'), 'checkpoint_unreadable, line 12'],
    [
      'a checkpoint with other escapes',
      line(12, (each) => each.replace('/', '\\/')),
      'checkpoint_unreadable, line 12',
    ],
    ['a checkpoint that is no note', line(12, () => 'checkpoint "x"'), 'checkpoint_unreadable, line 12'],
    [
      'a checkpoint before its entries',
      line(11, (each) => `${lines[11]}\n${each}`),
      'checkpoint_misplaced, line 11',
    ],
    ['the end too early', `${lines.slice(0, 12).join('\n')}\nend 30\n`, 'cut_off 10-29, line 13'],
    ['another end', text.replace('end 30', 'end 31'), 'line_unknown, line 36'],
    ['no line feed at the end', text.slice(0, -1), 'cut_off, line 36'],
    ['more behind the end', `${text}end 30\n`, 'text_behind_end, line 37'],
    ['half a line behind the end', `${text}x`, 'cut_off, line 37'],
  ])('A2 %s', (_what, file, expected) => {
    expect(at(judged(file)).replace(/^cut_off 10,/, 'cut_off 10-29,')).toBe(expected)
  })

  it('A1 an entry of more than 65,535 bytes, though its hash is right', () => {
    const long = Buffer.from(`"${'x'.repeat(65_534)}"`)
    const file = exportOf({ lines: history.lines.with(2, entryLine(1, leafHashOf(sha256, long), long)) })
    expect(at(judged(file))).toBe('entry_unreadable 1, line 3')
  })

  it('A2 a checkpoint of another log, and one signed by a key before it was introduced', () => {
    const other = makeHistory({ size: 30, every: 10, origin: 'other.example.com/audit/acme' })
    expect(at(judged(line(12, () => checkpointLine(other.notes.get(10)!).trimEnd())))).toBe(
      'other_log, line 12',
    )
    const early = signNote(checkpointText({ origin: exampleOrigin, size: 10, root: rootAfter(10) }), [
      second!,
    ])
    expect(at(judged(line(12, () => checkpointLine(early).trimEnd())))).toBe('key_not_introduced, line 12')
  })

  it('A2 a key that has signed nothing', () => {
    const own = makeHistory({ size: 30, every: 10, rotations: [14], signers: [first!, second!] })
    // As if the second key had been introduced, and the first had gone on signing.
    const note = (size: number) =>
      signNote(checkpointText({ origin: exampleOrigin, size, root: rootAfter(size) }), [first!])
    const resigned = own.lines.map((each) => {
      const size = [20, 30].find(
        (size) => Buffer.from(each).toString() === checkpointLine(own.notes.get(size)!),
      )
      return size === undefined ? each : Buffer.from(checkpointLine(note(size)))
    })
    expect(at(judged(exportOf({ lines: resigned })))).toBe('key_unused, line null')
  })
})

describe('a saved checkpoint', () => {
  it.each([
    ['that is none', 'x', 'saved_unreadable, line null'],
    [
      'of another log',
      signNote(checkpointText({ origin: 'other', size: 1, root: rootAfter(1) }), [aSigner('other')]),
      'other_log, line null',
    ],
    [
      'signed by a stranger',
      signNote(checkpointText({ origin: exampleOrigin, size: 10, root: rootAfter(10) }), [
        aSigner(exampleOrigin, 9),
      ]),
      'signer_unknown, line null',
    ],
    [
      'with a signature of another text',
      history.notes.get(10)!.replace('\n10\n', '\n9\n'),
      'signature_wrong, line null',
    ],
    [
      'of no entries, with a root',
      signNote(checkpointText({ origin: exampleOrigin, size: 0, root: rootAfter(1) }), [first!]),
      'saved_differs, line null',
    ],
  ])('A2 %s', (_what, saved, expected) => {
    expect(at(judged(text, saved))).toBe(expected)
  })

  it('A2 of any size before fits, also one that the file does not hold', () => {
    for (const size of [0, 1, 7, 30]) {
      const saved = signNote(checkpointText({ origin: exampleOrigin, size, root: rootAfter(size) }), [first!])
      expect(judged(text, saved)).toMatchObject({ ok: true, extends: size })
    }
  })
})

describe('a proof', () => {
  const file = Buffer.from(proofFileOf(history, [3, 14, 29]))
  const proof = file.toString()

  it('A2 holds for each entry, by the pinned key, the introduced one, or none', () => {
    expect(judgeProof(file, pinned)).toMatchObject({
      ok: true,
      size: 30,
      entries: [3, 14, 29],
      trust: { kind: 'introduced' },
    })
    expect(found(judgeProof(file, [second!.key]))).toBe('sound, pinned')
    expect(found(judgeProof(file))).toBe('sound, not_pinned')
    for (let index = 0; index < 30; index += 1)
      expect(judgeProof(proofFileOf(history, [index]), pinned)).toMatchObject({ ok: true, entries: [index] })
  })

  it('A1 any byte of it changed is found, but for the claim, which proves nothing', () => {
    const claim = proof.indexOf('"claim":{')
    const claimed = [claim, proof.indexOf('}', claim)] as const
    for (const [place] of file.entries()) {
      const wrong = Buffer.from(file)
      wrong[place]! ^= 1
      const verdict = judgeProof(wrong, pinned)
      if (verdict.ok) expect(place > claimed[0] && place < claimed[1], `byte ${place}`).toBe(true)
    }
  })

  const json = JSON.parse(proof) as { entries: { index: number; path: string[] }[] }
  it.each([
    ['an edited entry', proof.replace('\\"step\\":3', '\\"step\\":2'), 'not_included 3'],
    ['an entry of no bytes', proof.replace(/"entry":"(?:[^"\\]|\\.)+"/, '"entry":""'), 'proof_wrong'],
    ['an edited number', proof.replace('"index":3,', '"index":4,'), 'not_included 3'],
    [
      'a hash of the path',
      proof.replace(json.entries[0]!.path[0]!, json.entries[1]!.path[0]!),
      'not_included 3',
    ],
    ['a hash less', proof.replace(`["${json.entries[0]!.path[0]!}",`, '['), 'not_included 3'],
    ['entries in another order', proof.replace('"index":29', '"index":2'), 'proof_wrong'],
    [
      'an older checkpoint',
      proof.replace(JSON.stringify(history.notes.get(30)), JSON.stringify(history.notes.get(20))),
      'not_included 3',
    ],
    [
      'the key that introduced it taken away',
      proof.replace(/("keys":\[)\{"introduced":null[^}]*\},/, '$1'),
      'proof_wrong',
    ],
    [
      'another key introduced',
      proof.replaceAll(second!.key.vkey, aSigner(exampleOrigin, 9).key.vkey),
      'not_included 14',
    ],
    ['another origin', proof.replace(`"origin":"${exampleOrigin}"`, '"origin":"other"'), 'proof_wrong'],
    ['white space', proof.replace(':', ': '), 'proof_wrong'],
    ['no line feed', proof.trimEnd(), 'proof_wrong'],
    ['half a surrogate', proof.replace('run-7', '\\ud800'), 'proof_wrong'],
    [
      'no entries',
      `${proof.slice(0, proof.indexOf('"entries":['))}"entries":[]${proof.slice(proof.indexOf(',"keys"'))}`,
      'proof_wrong',
    ],
    ['nested deeply', `{"checkpoint":${'['.repeat(100_000)}\n`, 'proof_wrong'],
    ['no UTF-8', Buffer.concat([Buffer.from('{"checkpoint":'), Buffer.of(0xff)]), 'not_readable'],
  ])('A1 tampered with: %s', (_what, changed, expected) => {
    expect(changed).not.toBe(proof)
    const verdict = judgeProof(Buffer.from(changed), pinned)
    if (!verdict.ok) seen.add(verdict.problem.code)
    expect(found(verdict).replace('not_included 4', 'not_included 3')).toBe(expected)
  })

  it('A1 under another key it is not vouched for', () => {
    const forged = makeHistory({ size: 30, signers: [aSigner(exampleOrigin, 9)] })
    expect(found(judgeProof(proofFileOf(forged, [3]), pinned))).toBe('not_vouched')
    expect(found(judgeProof(proofFileOf(forged, [3])))).toBe('sound, not_pinned')
  })
})

describe('the words', () => {
  it('A2 of every problem say what and where, without an empty sentence', () => {
    const verdicts = [
      judged(text),
      judged(line(3, (each) => each.replace('run-', 'sun-'))),
      judged(text.slice(0, 5_000)),
    ]
    for (const verdict of verdicts)
      for (const sentence of [tellVerdict(verdict).headline, ...tellVerdict(verdict).sentences])
        expect(sentence).toMatch(/^\S.*\S$/)
    expect(tellVerdict(verdicts[1]!)).toMatchObject({
      headline: 'Entry 1 was changed.',
      facts: [
        ['First bad entry', '1'],
        ['Line of the file', '3'],
      ],
    })
    expect(tellVerdict(judged(text)).headline).toBe('This is the history as it was sealed.')
  })

  it('A2 these files and those of tampering.test.ts meet every problem there is', () => {
    const elsewhere = ['entry_changed', 'tree_differs', 'not_vouched', 'saved_longer', 'signer_unknown']
    expect([...seen, ...elsewhere].sort()).toEqual(expect.arrayContaining([...logProblemCodes].sort()))
  })
})

function rootAfter(size: number): Uint8Array {
  const own = makeHistory({ size, entries: history.entries.slice(0, size), every: 1_000 })
  const note = own.notes.get(size) ?? ''
  return new Uint8Array(Buffer.from(note.split('\n')[2] ?? '', 'base64'))
}
