import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { redactor } from '../../adapters/actions/redact.ts'
import { createEnvSecrets } from '../../adapters/actions/secrets.ts'
import { cleanText, createTextCleaner } from '../../adapters/actions/text.ts'

const clean = (text: string) => cleanText(Buffer.from(text))

describe('output as text', () => {
  test.each([
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a window title', '\x1b]0;owned\x07shell', 'shell'],
    ['a link', '\x1b]8;;http://x\x1b\\here\x1b]8;;\x1b\\', 'here'],
    ['a character set', '\x1b(Bplain', 'plain'],
    ['NUL, bell and backspace', 'a\0b\x07c\x08', 'abc'],
    ['Windows line ends', 'a\r\nb', 'a\nb'],
    ['a progress bar', '1%\r2%\r', '1%\n2%\n'],
    ['a direction override', 'user\u202etxt.exe', 'usertxt.exe'],
    ['an unended sequence', '\x1b]0;never ended\nnext', 'next'],
    ['tabs and other scripts', 'a\tb ünï 火 🔥', 'a\tb ünï 火 🔥'],
  ])('R1 %s', (_, raw, text) => expect(clean(raw)).toBe(text))

  test('R1 invalid UTF-8 becomes a replacement character', () =>
    expect(cleanText(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb'))

  test('R1 how the bytes are cut into chunks changes nothing, and nothing unprintable is left', () => {
    const piece = fc.constantFrom(
      '\x1b[31m',
      '\x1b]0;t\x07',
      '🔥',
      '\r\n',
      '\r',
      'a',
      '\0',
      '\x1b',
      'ü',
      '\n',
      '[',
      'm',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''))
        const cleaner = createTextCleaner()
        let text = ''
        for (let at = 0; at < bytes.length; at += size) text += cleaner.push(bytes.subarray(at, at + size))
        text += cleaner.end()
        expect(text).toBe(cleanText(bytes))
        expect(text).not.toMatch(/[^\P{Cc}\n\t]/u)
      }),
    )
  })
})

describe('secrets', () => {
  test('R1 a secret is read from its variable or from the file that one names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-secret-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'token')
    writeFileSync(file, 'from-file\n')
    const secrets = createEnvSecrets({
      SUTURE_SECRET_LAB_TOKEN: 'from-env',
      SUTURE_SECRET_OTHER_FILE: file,
      SUTURE_SECRET_GONE_FILE: join(folder, 'nowhere'),
      SUTURE_SECRET_EMPTY: '',
      PATH: '/bin',
    })
    expect(await secrets.read('lab-token')).toBe('from-env')
    expect(await secrets.read('other')).toBe('from-file')
    writeFileSync(file, 'rotated')
    expect(await secrets.read('other')).toBe('rotated')
    expect(await secrets.read('empty')).toBeNull()
    expect(await secrets.read('unset')).toBeNull()
    expect(await secrets.read('other-file')).toBeNull()
    expect(await secrets.read('../PATH')).toBeNull()
    await expect(secrets.read('gone')).rejects.toThrow(/SUTURE_SECRET_GONE_FILE names .*ENOENT/)
  })

  test('R1 a secret is redacted in every form in which it may be echoed', () => {
    const value = 's3cr/t"quoted+'
    const redact = redactor('lab-token', value)
    const forms = [
      value,
      JSON.stringify(value),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
    ]
    for (const form of forms) {
      const text = redact(`<${form}>`)
      expect(text).toContain('[secret lab-token]')
      expect(text).not.toContain('s3cr')
      expect(text).not.toContain(Buffer.from(value).toString('base64').slice(0, 12))
    }
  })
})
