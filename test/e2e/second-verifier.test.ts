import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../cli/sha256.ts'
import { exampleOrigin, exportOf, makeHistory, proofFileOf, proofOf } from '../../scripts/audit-history.ts'
import { aSigner } from '../../scripts/audit-signer.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import { proveAbout } from '../../src/app/audit/prove.ts'
import { checkpointLine, entryLine } from '../../src/domain/log/audit-export.ts'
import { proofText } from '../../src/domain/log/audit-proof.ts'
import { checkpointText } from '../../src/domain/log/checkpoint.ts'
import { leafHashOf } from '../../src/domain/log/merkle.ts'
import { parseVerifierKey, type Signer, signNote, type VerifierKey } from '../../src/domain/log/note.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { randomOf } from '../chaos/random.ts'
import { coreWorld } from '../db/core-world.ts'
import { noteOf, takeExport, vkeysOf } from '../db/seal-verify.ts'
import { aSigner as aLogSigner, keysInHand, sealerOf, write } from '../db/seal-world.ts'
import {
  type Agreement,
  hasPython,
  type Kept,
  runSecondVerifier,
  startAgreement,
} from '../support/second-verifier.ts'
import { treeHash } from '../unit/log/oracle.ts'

/** Whatever file they are given, the product and a verifier written from docs/audit-format.md alone say the same. */

const history = makeHistory({ size: 60, every: 20, rotations: [25] })
const [first, second] = history.signers as [Signer, Signer]
const stranger = aSigner(exampleOrigin, 9)
const pinned = [first.key]
const whole = Buffer.from(exportOf(history)).toString()
const note = (size: number): string => history.notes.get(size) ?? ''

describe.skipIf(!hasPython)('the second verifier', () => {
  let both: Agreement
  beforeAll(() => {
    both = startAgreement()
  })
  afterAll(() => both.stop())
  const agreed = (content: string | Uint8Array, kept: Kept = { pinned }) => both.agreed(content, kept)

  it.each([0, 1, 2, 3, 255, 256, 257, 1_000])('A2 an untouched export of %d entries', async (size) => {
    const plain = makeHistory({ size, every: 100 })
    const saved = [...plain.notes.values()][0]!
    expect(await agreed(exportOf(plain), { pinned, saved })).toBe('sound, pinned')
    expect(await agreed(exportOf(plain), {})).toBe('sound, not_pinned')
    expect(await agreed(exportOf(plain), { pinned: [stranger.key] })).toMatch(/^not_vouched/)
    if (size < 3) return
    const rotated = exportOf(makeHistory({ size, every: 100, rotations: [0, size - 2] }))
    expect(await agreed(rotated)).toBe('sound, introduced')
    expect(await agreed(rotated, { pinned: [aSigner(exampleOrigin, 3).key] })).toBe('sound, pinned')
  })

  const lines = whole.split('\n')
  const at = (index: number): number => lines.findIndex((line) => line.startsWith(`${index} `))
  const edited = (line: string): string => line.replace('person_', 'parson_')
  /** The hash of what stands there now, as somebody writes it who knows how. */
  const rehashed = (line: string): string => {
    const [index, , ...rest] = line.split(' ')
    const entry = Buffer.from(rest.join(' '))
    return Buffer.from(entryLine(Number(index), leafHashOf(sha256, entry), entry))
      .toString()
      .trimEnd()
  }
  const renumbered = (all: readonly string[]): string => {
    let next = 0
    const told = all.map((line) => (/^\d/.test(line) ? line.replace(/^\d+/, () => String(next++)) : line))
    return told
      .join('\n')
      .replace(/"size":\d+/, `"size":${next}`)
      .replace(/end \d+/, `end ${next}`)
  }
  const without = lines.toSpliced(at(33), 1)
  const doubled = lines.toSpliced(at(33), 0, lines[at(32)]!)
  const swapped = lines.with(at(30), lines[at(31)]!).with(at(31), lines[at(30)]!)
  const toTheEnd = (size: number): string =>
    [...lines.slice(0, at(size)), `end ${size}`, ''].join('\n').replace(/"size":\d+/, `"size":${size}`)
  const withNote = (size: number, other: string): string =>
    whole.replace(checkpointLine(note(size)), () => checkpointLine(other))
  const rootOf = (size: number): Uint8Array =>
    treeHash(history.entries.slice(0, size).map((entry) => leafHashOf(sha256, entry)))
  const signedBy = (size: number, ...signers: Signer[]): string =>
    signNote(checkpointText({ origin: exampleOrigin, size, root: rootOf(size) }), signers)
  const forked = makeHistory({
    size: 60,
    every: 20,
    rotations: [25],
    entries: [...history.entries.slice(0, 50), ...makeHistory({ size: 60, salt: 'fork' }).entries.slice(50)],
  })

  it.each<[string, string | Uint8Array, RegExp, Kept?]>([
    ['edited', lines.with(at(33), edited(lines[at(33)]!)).join('\n'), /^entry_changed 33$/],
    [
      'edited and hashed anew',
      lines.with(at(33), rehashed(edited(lines[at(33)]!))).join('\n'),
      /^tree_differs 26-39$/,
    ],
    ['an entry deleted', without.join('\n'), /^entry_out_of_order 33$/],
    ['an entry deleted, the others numbered anew', renumbered(without), /^checkpoint_misplaced$/],
    ['an entry inserted', doubled.join('\n'), /^entry_out_of_order 33$/],
    ['an entry inserted, the others numbered anew', renumbered(doubled), /^checkpoint_misplaced$/],
    ['two in another order', swapped.join('\n'), /^entry_out_of_order 30$/],
    ['two in another order, numbered anew', renumbered(swapped), /^tree_differs 26-39$/],
    ['the last byte cut off', whole.slice(0, -1), /^cut_off$/],
    ['cut off within an entry', whole.slice(0, 9_000), /^cut_off \d+$/],
    ['cut off and ended', [...lines.slice(0, at(50)), 'end 60', ''].join('\n'), /^cut_off 50$/],
    ['cut off and counted anew', toTheEnd(50), /^not_vouched/],
    ['cut off at a checkpoint: genuine', toTheEnd(40), /^sound/],
    ['cut off at a checkpoint, a later one kept', toTheEnd(40), /^saved_longer/, { pinned, saved: note(60) }],
    ['a fork of the same key: genuine', exportOf(forked), /^sound/],
    ['a fork, a checkpoint kept from before it', exportOf(forked), /^sound/, { pinned, saved: note(40) }],
    [
      'a fork, a checkpoint kept from behind it',
      exportOf(forked),
      /^saved_differs/,
      { pinned, saved: note(60) },
    ],
    ['an old checkpoint shown as the last', withNote(60, note(40)), /^checkpoint_misplaced$/],
    ['a checkpoint twice', lines.toSpliced(-2, 0, lines.at(-3)!).join('\n'), /^checkpoint_misplaced$/],
    ['signed by a stranger', withNote(60, signedBy(60, stranger)), /^signer_unknown$/],
    ['signed by the old key too', withNote(60, signedBy(60, first, second)), /^sound/],
    [
      'signed by a key before its introduction',
      withNote(20, signedBy(20, first, second)),
      /^key_not_introduced$/,
    ],
    ['signed over its introduction by the new key alone', withNote(26, signedBy(26, second)), /^not_vouched/],
    ['all by another key', exportOf(makeHistory({ size: 60, signers: [stranger] })), /^not_vouched/],
    ['the key of another log pinned', whole, /^not_vouched/, { pinned: [aSigner('other', 1).key] }],
    ['only the new key pinned', whole, /^sound, pinned$/, { pinned: [second.key] }],
    ['header: the origin', whole.replace('"origin":"s', '"origin":"S'), /^header_wrong$/],
    ['header: the size', whole.replace('"size":60', '"size":61'), /^line_unknown$/],
    ['header: smaller', whole.replace('"size":60', '"size":59'), /^entry_out_of_order 59$/],
    ['header: the version', whole.replace('export":1', 'export":2'), /^header_wrong$/],
    ['header: a size as 60.0', whole.replace('"size":60', '"size":60.0'), /^header_wrong$/],
    ['header: white space', whole.replace('"size":60', '"size": 60'), /^header_wrong$/],
    ['header: another introduction', whole.replace('by":25', 'by":24'), /^key_not_introduced 24$/],
    ['header: a key less', whole.replace(/,\{"introduced_by":25,[^}]*\}/, ''), /^signer_unknown$/],
    [
      'header: the keys swapped',
      whole
        .replace(first.key.vkey, '*')
        .replace(second.key.vkey, first.key.vkey)
        .replace('*', second.key.vkey),
      /^key_not_introduced$/,
    ],
    ['header: no keys', whole.replace(/"keys":\[.*?\]/, '"keys":[]'), /^header_wrong$/],
    ['a line behind the end', `${whole}end 60\n`, /^text_behind_end$/],
    ['half a line behind the end', `${whole}x`, /^cut_off$/],
    ['nothing', '', /^not_readable$/],
    ['an empty line', whole.replace('\n', '\n\n'), /^line_unknown$/],
    ['lines as on Windows', whole.replaceAll('\n', '\r\n'), /^header_wrong$/],
    ['a saved checkpoint without its last line feed', whole, /^sound/, { pinned, saved: note(40).trimEnd() }],
    [
      'a saved checkpoint as an editor of Windows keeps it',
      whole,
      /^sound/,
      { pinned, saved: `\ufeff${note(40).replaceAll('\n', '\r\n')}\r\n\r\n` },
    ],
    [
      'a saved checkpoint of a stranger',
      whole,
      /^signer_unknown$/,
      { pinned, saved: signedBy(40, stranger) },
    ],
    ['a saved checkpoint that the file lacks', whole, /^sound/, { pinned, saved: signedBy(7, first) }],
    ['a saved checkpoint of nothing', whole, /^sound/, { pinned, saved: signedBy(0, first) }],
    [
      'a saved checkpoint with another size',
      whole,
      /^signature_wrong$/,
      { pinned, saved: note(40).replace('\n40\n', '\n39\n') },
    ],
  ])('A1 an export, %s', async (_what, content, expected, kept) => {
    expect(await agreed(content, kept)).toMatch(expected)
  })

  const proof = Buffer.from(proofFileOf(history, [3, 25, 59])).toString()
  const parts = proofOf(history, [3, 25, 59])
  const hashes = parts.entries.map(({ path }) => path.map((hash) => Buffer.from(hash).toString('base64')))
  it.each<[string, string, RegExp, Kept?]>([
    ['untouched', proof, /^sound, introduced$/],
    ['without a key', proof, /^sound, not_pinned$/, {}],
    ['the new key pinned', proof, /^sound, pinned$/, { pinned: [second.key] }],
    ['another key pinned', proof, /^not_vouched$/, { pinned: [stranger.key] }],
    ['an entry edited', proof.replace('\\"step\\":3', '\\"step\\":2'), /^not_included 3$/],
    ['a number edited', proof.replace('"index":3,', '"index":4,'), /^not_included 4$/],
    ['a number beyond the tree', proof.replace('"index":59,', '"index":60,'), /^not_included 60$/],
    ['a hash of the path edited', proof.replace(hashes[0]![0]!, hashes[1]![0]!), /^not_included 3$/],
    ['a hash of the path less', proof.replace(`"${hashes[0]![0]!}",`, ''), /^not_included 3$/],
    [
      'a hash of the path more',
      proof.replace(`"${hashes[0]![0]!}"`, (hash) => `${hash},${hash}`),
      /^not_included 3$/,
    ],
    ['an older checkpoint', proofText({ ...parts, checkpoint: note(40) }), /^not_included 3$/],
    ['a checkpoint of the old key', proofText({ ...parts, checkpoint: signedBy(60, first) }), /^key_unused$/],
    ['a checkpoint of both keys', proofText({ ...parts, checkpoint: signedBy(60, first, second) }), /^sound/],
    [
      'a checkpoint of a stranger',
      proofText({ ...parts, checkpoint: signedBy(60, stranger) }),
      /^signer_unknown$/,
    ],
    [
      'a wrong signature',
      proofText({ ...parts, checkpoint: note(60).replace(/\S+\n$/, /\S+\n$/.exec(note(40))![0]) }),
      /^signature_wrong$/,
    ],
    [
      'entries in another order',
      proofText({ ...parts, entries: parts.entries.toReversed() }),
      /^proof_wrong$/,
    ],
    ['no entries', proofText({ ...parts, entries: [] }), /^proof_wrong$/],
    [
      'an entry twice',
      proofText({ ...parts, entries: [parts.entries[0]!, ...parts.entries] }),
      /^proof_wrong$/,
    ],
    ['no keys', proofText({ ...parts, keys: [] }), /^proof_wrong$/],
    [
      'only the new key',
      proofText({ ...parts, keys: [{ ...parts.keys[1]!, introduced: null }] }),
      /^not_vouched$/,
    ],
    ['a key twice', proofText({ ...parts, keys: [...parts.keys, parts.keys[1]!] }), /^sound/],
    ['keys in another order', proofText({ ...parts, keys: parts.keys.toReversed() }), /^proof_wrong$/],
    ['another origin', proof.replace('"origin":"s', '"origin":"S'), /^proof_wrong$/],
    ['another claim, which proves nothing', proof.replace('run-7', 'run-8'), /^sound/],
    ['a claim that is half a surrogate', proof.replace('"run-7"', '"\\ud800"'), /^proof_wrong$/],
    ['white space', proof.replace(':', ': '), /^(proof_wrong|header_wrong)$/],
    ['a field more', proof.replace('"claim"', '"chaim":1,"claim"'), /^proof_wrong$/],
    ['no line feed', proof.trimEnd(), /^proof_wrong$/],
    ['two line feeds', `${proof}\n`, /^proof_wrong$/],
  ])('A1 a proof, %s', async (_what, content, expected, kept) => {
    expect(await agreed(content, kept)).toMatch(expected)
  })

  it('A1 bytes flipped at random', async () => {
    const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
    console.info(`SEED=${seed}`)
    const { between } = randomOf(seed)
    // Of a proof's claim alone nothing is said.
    const from = proof.indexOf('"claim":{')
    const claim = [from, proof.indexOf('}', from)] as const
    for (let round = 0; round < 50; round += 1) {
      const wrong = Buffer.from(round % 2 === 0 ? whole : proof)
      const place = between(0, wrong.length - 1)
      wrong[place]! ^= between(1, 255)
      const words = await agreed(wrong)
      const mayPass = round % 2 === 1 && place > claim[0] && place < claim[1]
      if (!mayPass) expect(words, `byte ${place}, SEED=${seed}`).not.toMatch(/^sound/)
    }
  })

  it('A2 what a real log writes: 1,000 entries, two keys, the file and the proof of a run', async () => {
    const world = await coreWorld()
    try {
      const keys = keysInHand()
      const sealer = sealerOf(world.app, keys.source)
      await sealer.turn()
      const saved = await noteOf(world.app)
      await write(world.app, 600)
      await sealer.turn()
      keys.set({ next: aLogSigner() })
      await sealer.turn()
      await sealer.turn()
      const { name } = world.take()
      const { runId } = await world.queued(name)
      await write(world.app, 400)
      await sealer.turn()
      expect(sealer.problems()).toEqual([])
      const kept = (await vkeysOf(world.app)).map(keyOf)
      expect(kept).toHaveLength(2)
      const file = await takeExport(world.app)
      expect(await agreed(file, { pinned: kept.slice(0, 1), saved })).toBe('sound, introduced')
      expect(await agreed(file, { pinned: kept.slice(1) })).toBe('sound, pinned')
      const proved = await proveAbout(world.app, await world.caller('Vera', ['viewer']), runId)
      if (isRejection(proved)) throw new Error(proved.detail)
      expect(await agreed(proved.text, { pinned: kept.slice(0, 1) })).toBe('sound, introduced')
    } finally {
      await world.close()
    }
  })

  it('A2 as a command: the example files, one sentence, and the exit code', () => {
    const example = (name: string): string => `${projectRoot}docs/examples/audit/${name}`
    const kept = ['--key', example('key.txt'), '--checkpoint', example('checkpoint.txt')]
    const right = runSecondVerifier(example('export.txt'), ...kept)
    expect(right.code).toBe(0)
    expect(right.stdout).toMatch(/^right: all 12 entries .*\n$/)
    const damaged = lines.with(at(33), edited(lines[at(33)]!)).join('\n')
    const wrong = runSecondVerifier(both.fileOf(damaged))
    expect(wrong.code).toBe(1)
    expect(wrong.stdout).toMatch(/^wrong: entry 33 was changed: .*\n$/)
    expect(runSecondVerifier(example('nowhere'))).toMatchObject({ code: 2 })
  })
})

const keyOf = (vkey: string): VerifierKey => {
  const key = parseVerifierKey(vkey, sha256)
  if (!key.ok) throw new Error(key.problem)
  return key.value
}
