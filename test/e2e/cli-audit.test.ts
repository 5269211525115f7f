import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exampleOrigin, exportOf, makeHistory, proofFileOf } from '../../scripts/audit-history.ts'
import { aSigner } from '../../scripts/audit-signer.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import { aHome, suture } from './cli-support.ts'

/** `suture audit verify`, as a process of its own: no server is there, and none is asked. */

const offline = { env: { SUTURE_URL: 'http://127.0.0.1:1' } }
const verify = (...args: string[]) => suture(['audit', 'verify', ...args], offline)
const examples = `${projectRoot}docs/examples/audit/`

describe('suture audit verify', () => {
  it('A2 an export and a proof, by a key in a file or as text: 0, and in words what it proves', async () => {
    const home = aHome()
    const history = makeHistory({ size: 1_000, rotations: [400] })
    const key = history.signers[0]!.key.vkey
    const files = {
      export: join(home, 'export.txt'),
      proof: join(home, 'proof.json'),
      key: join(home, 'key.txt'),
      saved: join(home, 'saved.txt'),
    }
    writeFileSync(files.export, exportOf(history))
    writeFileSync(files.proof, proofFileOf(history, [7, 8, 500]))
    writeFileSync(files.key, `# of Acme\n\n${key}\n`)
    // As it is copied out of a chat, without the last line feed.
    writeFileSync(files.saved, history.notes.get(700)!.trimEnd())
    const [whole, proof, unpinned] = await Promise.all([
      verify(files.export, '--key', files.key, '--checkpoint', files.saved),
      verify(files.proof, '--key', key, '--json'),
      verify(files.export),
    ])
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(whole.stdout.split('\n')).toEqual([
      'This is the history as it was sealed.',
      '  All 1,000 entries are there: none changed, missing, added or moved.',
      '  The first 700 are those that your saved checkpoint counted.',
      '  Signed by a newer key, which the history introduces under the key that you gave.',
      `  Log: ${exampleOrigin}`,
      '  Entries: 1,000',
      '  Checkpoints: 11',
      expect.stringMatching(/^ {2}Root: \S{44}$/),
      `  Signed by: ${history.signers[1]!.key.vkey}`,
      `  Under: ${key}`,
      '',
    ])
    expect(proof).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(proof.stdout)).toMatchObject({
      ok: true,
      kind: 'proof',
      size: 1_000,
      entries: [7, 8, 500],
      trust: { kind: 'introduced', introducer: key },
      claim: { about: 'run-7', complete: true },
    })
    expect(unpinned.code).toBe(0)
    expect(unpinned.stdout).toContain('Everything fits, but nobody said whose key it is.')
    expect(unpinned.stdout).toContain('compare the one below with one that you have from somebody you trust')
  })

  it('A2 what does not fit ends with 1, and names the first bad entry', async () => {
    const home = aHome()
    const history = makeHistory({ size: 60, every: 20 })
    const path = join(home, 'damaged.txt')
    const lines = Buffer.from(exportOf(history)).toString().split('\n')
    const damaged = lines.with(37, lines[37]!.replace('person_', 'parson_'))
    writeFileSync(path, damaged.join('\n'))
    const stranger = aSigner(exampleOrigin, 9).key.vkey
    const whole = join(home, 'whole.txt')
    writeFileSync(whole, exportOf(history))
    const [words, json, wrongKey] = await Promise.all([
      verify(path),
      verify(path, '--json'),
      verify(whole, '--key', stranger),
    ])
    expect(words).toMatchObject({ code: 1, stderr: '' })
    expect(words.stdout).toMatch(
      /^Entry 35 was changed\.\n {2}Entry 35 has the hash \S+ the file says \S+\n {2}First bad entry: 35\n {2}Line of the file: 38\n$/,
    )
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      kind: 'export',
      problem: { code: 'entry_changed', entry: 35, line: 38 },
    })
    expect(wrongKey.code).toBe(1)
    expect(wrongKey.stdout).toContain('No key that you gave vouches for this.')
  })

  it('A2 what cannot be judged ends with 2 and says what to correct', async () => {
    const home = aHome()
    const note = join(home, 'note.txt')
    const proof = join(home, 'proof.json')
    writeFileSync(note, 'text')
    writeFileSync(proof, proofFileOf(makeHistory({ size: 3 }), [1]))
    const [noFile, folder, badKey, noKey, notForProof] = await Promise.all([
      verify(join(home, 'nowhere')),
      verify(home),
      verify(note, '--key', 'name+00000000+AQ=='),
      verify(note, '--key', note),
      verify(proof, '--checkpoint', note),
    ])
    for (const ran of [noFile, folder, badKey, noKey, notForProof]) expect(ran.code).toBe(2)
    expect(noFile.stderr).toContain('Not readable:')
    expect(folder.stderr).toContain('Not readable:')
    expect(badKey.stderr).toContain('Not a key: name+00000000+AQ==: ')
    expect(noKey.stderr).toContain('Not a key: ')
    expect(notForProof.stderr).toContain('is a proof')
  })

  it('A2 the example files hold, as docs/audit-format.md says', async () => {
    const [whole, proof] = await Promise.all([
      verify(
        `${examples}export.txt`,
        '--key',
        `${examples}key.txt`,
        '--checkpoint',
        `${examples}checkpoint.txt`,
      ),
      verify(`${examples}proof.json`, '--key', `${examples}key.txt`),
    ])
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(proof).toMatchObject({ code: 0, stderr: '' })
  })
})
