import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signatureHolds as holds } from '../../../cli/ed25519.ts'
import { aSigner, signerOf } from '../../../scripts/audit-signer.ts'
import { fromBase64, isBase64Of, sameBytes, toBase64, utf8 } from '../../../src/domain/log/bytes.ts'
import { checkpointText, parseCheckpoint } from '../../../src/domain/log/checkpoint.ts'
import {
  noteText,
  type Parsed,
  parseNote,
  parseVerifierKey,
  signatureChecks,
  signNote,
  verifierKey,
} from '../../../src/domain/log/note.ts'
import { leafOf, sha256 } from './oracle.ts'

/** The example of Go's golang.org/x/mod/sumdb/note, where the format comes from. */
const go = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
}

const problemOf = <T>(parsed: Parsed<T>): string => (parsed.ok ? 'none' : parsed.problem)

const origin = 'suture.example.com/audit/acme'

describe('signed notes', () => {
  it("A2 are those of Go's note: the same key, the same bytes, and its signature holds", () => {
    const signer = signerOf('PeterNeumann', go.seed)
    expect(signer.key.vkey).toBe(go.vkey)
    expect(parseVerifierKey(go.vkey, sha256)).toEqual({ ok: true, value: signer.key })
    const note = `${go.text}\n${go.signature}`
    expect(signNote(go.text, [signer])).toBe(note)
    const parsed = parseNote(note)
    const checks = parsed.ok ? signatureChecks(parsed.value, [signer.key]) : []
    expect(checks.map(holds)).toEqual([true])
  })

  it('A2 a changed text, name, id or signature holds no longer', () => {
    const signer = aSigner(origin)
    const note = signNote('text\n', [signer])
    const verdict = (changed: string): boolean => {
      const parsed = parseNote(changed)
      const checks = parsed.ok ? signatureChecks(parsed.value, [signer.key]) : []
      return checks.length > 0 && checks.every(holds)
    }
    expect(verdict(note)).toBe(true)
    const characters = Array.from(note)
    for (const at of characters.keys())
      expect(
        verdict(characters.with(at, characters[at] === 'A' ? 'B' : 'A').join('')),
        `character ${at}`,
      ).toBe(false)
  })

  it('A2 signatures of keys that nobody knows are left aside, such as those of witnesses', () => {
    const [ours, witness] = [aSigner(origin), aSigner('witness.example.org', 2)]
    const parsed = parseNote(signNote('text\n', [witness, ours]))
    expect(parsed.ok && signatureChecks(parsed.value, [ours.key]).map(holds)).toEqual([true])
    const impostor = aSigner(origin, 3)
    const forged = parseNote(signNote('text\n', [impostor]))
    expect(forged.ok && signatureChecks(forged.value, [ours.key])).toEqual([])
  })

  it('A2 a text may hold empty lines; it ends before the last one', () => {
    const signed = signNote('one\n\ntwo\n', [aSigner(origin)])
    const parsed = parseNote(signed)
    expect(parsed.ok && parsed.value.text).toBe('one\n\ntwo\n')
    expect(parsed.ok && noteText(parsed.value)).toBe(signed)
  })

  const good = signNote('text\n', [aSigner(origin)])
  it.each([
    ['nothing', '', 'expected a text, a blank line'],
    ['no signature', 'text\n', 'expected a text, a blank line'],
    ['no text', good.slice(4), 'expected a text, a blank line'],
    ['no line feed at the end', good.slice(0, -1), 'expected a text, a blank line'],
    ['a carriage return', good.replace('\n\n', '\r\n\n'), 'without control characters'],
    ['half a surrogate', good.replace('text', 't\ud800'), 'without control characters'],
    ['a hyphen for the dash', good.replace('\u2014', '-'), 'signature 1 is not'],
    ['two spaces', good.replace('\u2014 ', '\u2014  '), 'signature 1 is not'],
    ['a word too many', good.replace(/\n$/, ' x\n'), 'signature 1 is not'],
    ['broken base64', good.replace(/=\n$/, '\n'), 'signature 1 is not'],
    [
      'a signature of no bytes',
      `text\n\n\u2014 name ${toBase64(Uint8Array.of(1, 2, 3, 4))}\n`,
      'signature 1',
    ],
    [
      'seventeen signatures',
      `text\n\n${good.split('\n')[2]}\n`.replace(/\u2014.*\n/, '$&'.repeat(17)),
      'at most 16',
    ],
    ['too much', `${'x'.repeat(16_400)}\n${good}`, 'at most 16384 characters'],
  ])('A2 no note: %s', (_what, note, problem) => {
    expect(problemOf(parseNote(note))).toContain(problem)
  })

  it.each([
    ['', 'expected a key such as'],
    ['name', 'expected a key such as'],
    [go.vkey.replace('PeterNeumann', ''), 'expected a key such as'],
    [go.vkey.replace('PeterNeumann', 'Peter Neumann'), 'expected a key such as'],
    [go.vkey.replace('c74f20a3', 'C74F20A3'), 'expected a key such as'],
    [go.vkey.replace('c74f20a3', 'c74f20a4'), "the key's id is c74f20a3, not c74f20a4"],
    [go.vkey.slice(0, -1), 'the public key is not base64'],
    [go.vkey.slice(0, -4), 'expected an Ed25519 key'],
    [go.vkey.replace('+ARpc', '+BRpc'), 'expected an Ed25519 key'],
    [go.vkey.replace('ARpc', 'ARpd'), "the key's id is"],
  ])('A2 no key: %s', (vkey, problem) => {
    expect(problemOf(parseVerifierKey(vkey, sha256))).toContain(problem)
  })

  it('A2 a key needs a name that a note can hold, and 32 bytes', () => {
    expect(() => verifierKey('a b', new Uint8Array(32), sha256)).toThrow('no spaces, no plus')
    expect(() => verifierKey('a\u2003b', new Uint8Array(32), sha256)).toThrow('no spaces, no plus')
    expect(() => verifierKey('a+b', new Uint8Array(32), sha256)).toThrow('no spaces, no plus')
    expect(() => verifierKey('ab', new Uint8Array(31), sha256)).toThrow('expected 32 bytes, found 31')
  })
})

describe('checkpoints', () => {
  const checkpoint = { origin, size: 20_852_163, root: leafOf('root') }
  const note = (text: string): string => `${text}\n${go.signature}`

  it('A2 are three lines that read back as they were written', () => {
    const text = checkpointText(checkpoint)
    expect(text).toBe(`${origin}\n20852163\n${toBase64(checkpoint.root)}\n`)
    expect(parseCheckpoint(note(text))).toMatchObject({ ok: true, value: checkpoint })
  })

  it('A2 the example of tlog-checkpoint is read', () => {
    const parsed = parseCheckpoint(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
    )
    expect(parsed).toMatchObject({
      ok: true,
      value: { size: 20_852_163, note: { signatures: [{ keyId: '033de0ae' }] } },
    })
  })

  const text = checkpointText(checkpoint)
  it.each([
    ['two lines', 'a\n1\n', 'expected three lines'],
    ['an extension line', `${text}more\n`, 'expected three lines'],
    ['a space in the origin', text.replace('acme', 'ac me'), 'the origin'],
    ['no origin', text.replace(origin, ''), 'the origin'],
    ['a leading zero', text.replace('20852163', '020852163'), 'the size'],
    ['a minus', text.replace('20852163', '-1'), 'the size'],
    ['an exponent', text.replace('20852163', '1e3'), 'the size'],
    ['a size beyond 2^53', text.replace('20852163', '9007199254740992'), 'the size'],
    ['a short root', text.replace(/.{4}\n$/, '\n'), 'the root'],
    ['a root with a space', text.replace(/\n$/, ' \n'), 'the root'],
  ])('A2 no checkpoint: %s', (_what, changed, problem) => {
    expect(problemOf(parseCheckpoint(note(changed)))).toContain(problem)
  })

  it('A2 one that nobody could read is not written', () => {
    expect(() => checkpointText({ ...checkpoint, origin: 'a b' })).toThrow('the origin')
    expect(() => checkpointText({ ...checkpoint, root: new Uint8Array(31) })).toThrow('the root')
  })
})

describe('base64', () => {
  it('A2 agrees with another one, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64')
        expect(toBase64(bytes)).toBe(text)
        const back = fromBase64(text)
        expect(back !== null && sameBytes(back, bytes)).toBe(true)
        const inside = utf8(`--${text}--`)
        expect(isBase64Of(bytes, inside, 2)).toBe(true)
        if (text !== '') expect(isBase64Of(bytes, inside.with(3, 42), 2)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('A2 knows one way to write the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const bytes = fromBase64(text)
        expect(bytes === null || toBase64(bytes) === text).toBe(true)
      }),
      { numRuns: 500 },
    )
    for (const odd of [
      'A',
      'AA',
      'AA=',
      'AB==',
      'AAB=',
      'A===',
      '====',
      'AA==AA==',
      'AAA\n',
      'AA-_',
      'AAA\u00e9',
    ])
      expect(fromBase64(odd), odd).toBeNull()
  })
})
