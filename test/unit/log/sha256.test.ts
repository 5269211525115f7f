import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 as ofTheCommandLine } from '../../../cli/sha256.ts'
import { sha256 as ofThePage } from '../../../src/domain/log/sha256.ts'
import { hex } from './oracle.ts'

const reference = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each([
  ['the page', ofThePage],
  ['the command line', ofTheCommandLine],
])('SHA-256 of %s', (_where, sha256) => {
  it('A2 has the results of FIPS 180-4', () => {
    expect(hex(sha256())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hex(sha256(Buffer.from('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('A2 is that of node:crypto for every length around a block, and for long messages', () => {
    for (const length of [...Array(200).keys(), 4_095, 65_535, 65_536, 65_537, 1_000_003]) {
      const bytes = new Uint8Array(length).map((_, at) => at * 31)
      expect(hex(sha256(bytes)), `${length} bytes`).toBe(reference(bytes))
    }
  })

  it('A2 does not care how a message is cut into parts', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 6 }), (parts) => {
        expect(hex(sha256(...parts))).toBe(reference(Buffer.concat(parts)))
      }),
      { numRuns: 300 },
    )
  })
})
