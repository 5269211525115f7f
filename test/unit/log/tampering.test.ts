import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../cli/sha256.ts'
import { exampleOrigin, exportOf, type History, makeHistory } from '../../../scripts/audit-history.ts'
import { aSigner } from '../../../scripts/audit-signer.ts'
import { checkpointLine, entryLine } from '../../../src/domain/log/audit-export.ts'
import { canonicalJson, type Json } from '../../../src/domain/log/canonical-json.ts'
import { leafHashOf } from '../../../src/domain/log/merkle.ts'
import { found, judgeExport } from './judge.ts'

/** Histories of 1,000 entries, tampered with in every way; then no false alarm on those that were left alone. */

const size = 1_000
const history = makeHistory({ size, rotations: [400] })
const [first, second] = history.signers.map(({ key }) => key)
const pinned = [first!]
const places = [0, 1, 399, 499, 998, 999]

type Lines = Uint8Array[]
const tampered = (change: (lines: Lines) => Lines): string =>
  found(judgeExport(exportOf({ lines: change([...history.lines]) }), { pinned }))

const text = (line: Uint8Array | undefined): string => Buffer.from(line ?? []).toString()
const lineOf = (index: number): number =>
  history.lines.findIndex((line) => text(line.subarray(0, 12)).startsWith(`${index} `))
const withEntry = (index: number, entry: Uint8Array, leaf?: Uint8Array) => (lines: Lines) =>
  lines.with(lineOf(index), entryLine(index, leaf ?? leafHashOf(sha256, history.entries[index]!), entry))
/** The whole file told anew behind what was done to its entries, as far as can be done without a key. */
const renumbered = (lines: Lines): Lines => {
  let next = 0
  const told = lines.map((line) =>
    /^\d/.test(text(line.subarray(0, 1)))
      ? Buffer.from(text(line).replace(/^\d+/, () => String(next++)))
      : line,
  )
  return resized(told, next)
}
const resized = (lines: Lines, to: number): Lines =>
  lines
    .with(0, Buffer.from(text(lines[0]).replace(/"size":\d+/, `"size":${to}`)))
    .with(-1, Buffer.from(`end ${to}\n`))
const header = (change: (text: string) => string) => (lines: Lines) =>
  lines.with(0, Buffer.from(change(text(lines[0]))))
const note = (at: number): string => history.notes.get(at) ?? ''
const withNote = (at: number, changed: string) => (lines: Lines) =>
  lines.map((line) => (text(line) === checkpointLine(note(at)) ? Buffer.from(checkpointLine(changed)) : line))
/** The checkpoint interval that an entry lies in. */
const around = (index: number): string => {
  const sizes = [0, ...history.notes.keys()]
  const to = sizes.find((each) => each > index) ?? size
  return `${Math.max(...sizes.filter((each) => each <= index))}-${to - 1}`
}

const fieldsOf = (index: number): string[] => {
  const record = JSON.parse(text(history.entries[index])) as { details: object }
  return [...Object.keys(record), ...Object.keys(record.details).map((key) => `details.${key}`)]
}
const changed = (value: unknown): Json =>
  typeof value === 'number'
    ? value + 1
    : typeof value === 'boolean'
      ? !value
      : typeof value === 'string'
        ? `${value}x`
        : { other: true }
const edited = (index: number, field: string): Buffer => {
  const record = JSON.parse(text(history.entries[index])) as Record<string, Json>
  const [top = '', inner] = field.split('.')
  const details = record['details'] as Record<string, Json>
  const next =
    inner === undefined
      ? { ...record, [top]: changed(record[top]) }
      : { ...record, details: { ...details, [inner]: changed(details[inner]) } }
  return Buffer.from(canonicalJson(next))
}

describe('tampering with 1,000 entries is found', () => {
  it('A1 as it was sealed, nothing is', () => {
    expect(tampered((lines) => lines)).toBe('sound, introduced')
  })

  it.each(places)('A1 each field of entry %d edited: that entry, by its number', (index) => {
    const fields = fieldsOf(index)
    expect(fields.length).toBeGreaterThan(11)
    for (const field of fields)
      expect(tampered(withEntry(index, edited(index, field))), field).toBe(`entry_changed ${index}`)
  })

  it.each(places)('A1 entry %d edited and hashed anew: one of those since the checkpoint before', (index) => {
    const entry = edited(index, 'actor')
    expect(tampered(withEntry(index, entry, leafHashOf(sha256, entry)))).toBe(`tree_differs ${around(index)}`)
  })

  it.each(places)('A1 entry %d deleted', (index) => {
    const cut = (lines: Lines) => lines.toSpliced(lineOf(index), 1)
    const next = index + 1
    // Behind the last entry of an interval stands the checkpoint, which then counts one too many.
    expect(tampered(cut)).toMatch(
      history.notes.has(next) ? /^checkpoint_misplaced/ : new RegExp(`^entry_out_of_order ${index}$`),
    )
    expect(tampered((lines) => renumbered(cut(lines)))).toMatch(/^(tree_differs|checkpoint_misplaced)/)
  })

  it.each(places)('A1 an entry inserted before %d, or one there twice', (index) => {
    const forged = edited(index, 'subject')
    const insert = (lines: Lines) =>
      lines.toSpliced(lineOf(index), 0, entryLine(index, leafHashOf(sha256, forged), forged))
    const twice = (lines: Lines) => lines.toSpliced(lineOf(index), 0, history.lines[lineOf(index)]!)
    expect(tampered(insert)).toBe(`entry_out_of_order ${index + 1}`)
    expect(tampered(twice)).toBe(`entry_out_of_order ${index + 1}`)
    // Where the next key was introduced at 400, it is no longer.
    const late = /^(tree_differs|checkpoint_misplaced|key_not_introduced 400)/
    expect(tampered((lines) => renumbered(insert(lines)))).toMatch(late)
    expect(tampered((lines) => renumbered(twice(lines)))).toMatch(late)
  })

  it.each([
    [0, 1],
    [100, 101],
    [5, 940],
    [499, 500],
  ])('A1 entries %d and %d changed places', (one, other) => {
    const swap = (lines: Lines) =>
      lines.with(lineOf(one), history.lines[lineOf(other)]!).with(lineOf(other), history.lines[lineOf(one)]!)
    expect(tampered(swap)).toBe(`entry_out_of_order ${one}`)
    expect(tampered((lines) => renumbered(swap(lines)))).toBe(`tree_differs ${around(one)}`)
  })

  it('A1 the tail cut off: what is missing, by its number', () => {
    const whole = exportOf(history)
    for (const bytes of [1, 2, 8, 200, 50_000])
      expect(found(judgeExport(whole.subarray(0, whole.length - bytes), { pinned }))).toMatch(/^cut_off/)
    const cut = (keep: number) => (lines: Lines) => [...lines.slice(0, lineOf(keep)), lines.at(-1)!]
    expect(tampered(cut(950))).toBe('cut_off 950')
    expect(tampered((lines) => resized(cut(950)(lines), 950))).toBe('not_vouched 900')
  })

  it('A1 cut off at a checkpoint it is an older export, and a later checkpoint shows it', () => {
    const older = resized([...history.lines.slice(0, lineOf(900)), history.lines.at(-1)!], 900)
    const file = exportOf({ lines: older })
    expect(found(judgeExport(file, { pinned }))).toBe('sound, introduced')
    expect(found(judgeExport(file, { pinned, saved: note(800) }))).toBe('sound, introduced')
    expect(found(judgeExport(file, { pinned, saved: note(1_000) }))).toBe('saved_longer 900')
  })

  it('A1 a fork: another history under the same key, shown by a checkpoint of the first', () => {
    const fork = forkAt(500)
    expect(found(judgeExport(exportOf(fork), { pinned }))).toBe('sound, introduced')
    expect(found(judgeExport(exportOf(fork), { pinned, saved: note(500) }))).toBe('sound, introduced')
    expect(found(judgeExport(exportOf(fork), { pinned, saved: note(600) }))).toBe('saved_differs 0-599')
    expect(found(judgeExport(exportOf(history), { pinned, saved: fork.notes.get(600)! }))).toBe(
      'saved_differs 0-599',
    )
  })

  it('A1 an old checkpoint shown again', () => {
    expect(tampered(withNote(1_000, note(900)))).toBe('checkpoint_misplaced')
    expect(tampered(withNote(500, note(300)))).toBe('checkpoint_misplaced')
    expect(tampered((lines) => lines.toSpliced(-1, 0, Buffer.from(checkpointLine(note(1_000)))))).toBe(
      'checkpoint_misplaced',
    )
  })

  it('A1 signed with another key', () => {
    const forged = makeHistory({ size, signers: [aSigner(exampleOrigin, 9)], salt: 'forged' })
    expect(found(judgeExport(exportOf(forged), { pinned }))).toBe('not_vouched 0')
    expect(found(judgeExport(exportOf(forged)))).toBe('sound, not_pinned')
    expect(tampered(withNote(1_000, forged.notes.get(1_000)!))).toBe('tree_differs 900-999')
    const resigned = makeHistory({
      size,
      rotations: [400],
      signers: [aSigner(exampleOrigin, 1), aSigner(exampleOrigin, 9)],
    })
    expect(tampered(withNote(1_000, resigned.notes.get(1_000)!))).toMatch(/^(tree_differs|signer_unknown)/)
    const elsewhere = aSigner('other.example.com/audit/acme', 1).key
    expect(found(judgeExport(exportOf(history), { pinned: [elsewhere] }))).toBe('not_vouched 0')
  })

  it('A1 keys swapped: in the header, in their introduction, under checkpoints', () => {
    const [one, other] = [first!.vkey, second!.vkey]
    const swapped = header((line) => line.replace(one, '*').replace(other, one).replace('*', other))
    expect(tampered(swapped)).toMatch(/^key_not_introduced/)
    expect(tampered(header((line) => line.replace('"introduced_by":400', '"introduced_by":401')))).toBe(
      'key_not_introduced 401',
    )
    expect(tampered(header((line) => line.replace('"introduced_by":400', '"introduced_by":null')))).toBe(
      'header_wrong',
    )
    const stranger = aSigner(exampleOrigin, 9).key.vkey
    expect(tampered(header((line) => line.replace(other, stranger)))).toBe('key_not_introduced 400')
    // The same text, but each signature under the name of the other key.
    const ids = (line: string) => line.slice(line.lastIndexOf(' ') + 1)
    expect(tampered(withNote(500, note(500).replace(ids(note(500)), ids(note(300)))))).toBe('signature_wrong')
  })

  it.each([
    ['origin', '"origin":"suture', '"origin":"future', 'header_wrong'],
    ['size, larger', '"size":1000', '"size":1001', 'line_unknown'],
    ['size, smaller', '"size":1000', '"size":999', 'entry_out_of_order 999'],
    ['version', '"suture_audit_export":1', '"suture_audit_export":2', 'header_wrong'],
    ['a field more', '"origin"', '"note":"x","origin"', 'header_wrong'],
    ['white space', '"size":1000', '"size": 1000', 'header_wrong'],
    ['a key less', /,\{"introduced_by":400,[^}]*\}/, '', 'signer_unknown'],
    [
      'a key more',
      '}],"origin"',
      `},{"introduced_by":500,"vkey":"${aSigner(exampleOrigin, 9).key.vkey}"}],"origin"`,
      'key_not_introduced 500',
    ],
    ['a key twice', /("keys":\[)(.*?\})/, '$1$2,$2', 'header_wrong'],
    ['the id of a key', '+35a42ca9+', '+35a42ca8+', 'header_wrong'],
  ])('A1 the header edited: %s', (_what, from, to, expected) => {
    const line = text(history.lines[0])
    expect(line.replace(from, to)).not.toBe(line)
    expect(tampered(header((each) => each.replace(from, to)))).toBe(expected)
  })

  it('A1 any byte changed, of a small file all of them', () => {
    const small = makeHistory({ size: 4, every: 2, rotations: [1] })
    const file = exportOf(small)
    const key = [small.signers[0]!.key]
    expect(found(judgeExport(file, { pinned: key }))).toBe('sound, introduced')
    for (const at of file.keys()) {
      const wrong = new Uint8Array(file)
      wrong[at]! ^= 1
      expect(judgeExport(wrong, { pinned: key }).ok, `byte ${at}`).toBe(false)
    }
  })

  it('A1 any byte of the thousand changed, taken away or doubled', () => {
    const file = exportOf(history)
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(2), (at, mask, how) => {
        const parts = [
          [file.subarray(0, at), Uint8Array.of(file[at]! ^ mask), file.subarray(at + 1)],
          [file.subarray(0, at), file.subarray(at + 1)],
          [file.subarray(0, at + 1), file.subarray(at)],
        ][how]!
        const wrong = Buffer.concat(parts)
        fc.pre(!wrong.equals(file))
        expect(judgeExport(wrong, { pinned }).ok).toBe(false)
      }),
      { numRuns: 100 },
    )
  })
})

describe('no false alarm', () => {
  const plans = fc.record({
    size: fc.nat(300),
    every: fc.integer({ min: 1, max: 120 }),
    pieces: fc.integer({ min: 1, max: 5_000 }),
    salt: fc.string({ unit: 'binary', maxLength: 20 }),
    turns: fc.uniqueArray(fc.nat(250), { maxLength: 3 }),
    at: fc.nat(),
  })

  it('A1 on an untouched export of any length, by any of its keys, against any of its checkpoints', () => {
    fc.assert(
      fc.property(plans, ({ size: count, every, pieces, salt, turns, at }) => {
        const rotations = turns.filter((turn) => turn < count - 1).sort((one, other) => one - other)
        const untouched = makeHistory({ size: count, every, salt: salt.toWellFormed(), rotations })
        const file = exportOf(untouched)
        const saved = [...untouched.notes.values()][at % untouched.notes.size]!
        for (const { key } of untouched.signers)
          expect(judgeExport(file, { pinned: [key], saved, pieces })).toMatchObject({ ok: true, size: count })
        expect(found(judgeExport(file, { pieces }))).toBe('sound, not_pinned')
      }),
      { numRuns: 25 },
    )
  })

  it('A1 where checkpoints in the middle were left out', () => {
    const kept = [note(401), note(1_000)].map(checkpointLine)
    const lines = history.lines.filter(
      (line) => !text(line).startsWith('checkpoint') || kept.includes(text(line)),
    )
    expect(lines).toHaveLength(1 + size + 2 + 1)
    expect(found(judgeExport(exportOf({ lines }), { pinned, saved: note(700) }))).toBe('sound, introduced')
  })
})

/** Another history that shares its first entries with ours: the same plan, other words from there on. */
const forkAt = (index: number): History => {
  const other = makeHistory({ size, rotations: [400], salt: 'fork' })
  const ours = history.entries.slice(0, index)
  return makeHistory({ size, rotations: [400], entries: [...ours, ...other.entries.slice(index)] })
}
