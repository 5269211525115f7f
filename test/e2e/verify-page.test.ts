import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportOf, makeHistory, proofFileOf } from '../../scripts/audit-history.ts'
import { projectRoot } from '../../scripts/project-files.ts'
import { readConsoleFile } from '../../src/http/static-files.ts'
import { faultsOf, hasChromium, launchBrowser, openPage } from '../support/browser.ts'

/** console/verify.html, opened from the disk in a real browser that has no network to use. */

const url = `file://${projectRoot}console/verify.html`
const history = makeHistory({ size: 1_000, rotations: [400] })
const key = history.signers[0]!.key.vkey
const folder = mkdtempSync(join(tmpdir(), 'suture-verify-'))
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const good = file('good.txt', exportOf(history))
const proof = file('proof.json', proofFileOf(history, [7, 8, 9]))
const lines = Buffer.from(exportOf(history)).toString().split('\n')
const damaged = file('damaged.txt', lines.with(600, lines[600]!.replace('person_', 'parson_')).join('\n'))
// Right in all but the last signature, which only Ed25519 can tell.
const last = history.notes.get(1_000)!
const other = history.notes.get(900)!
const signature = (note: string): string => note.slice(note.lastIndexOf(' ') + 1, -1)
const forged = file(
  'forged.txt',
  Buffer.from(exportOf(history)).toString().replace(signature(last), signature(other)),
)

describe.skipIf(!hasChromium)('the page that verifies', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  it('A2 judges exports and proofs from the disk, and says so in words, on a phone too', async () => {
    for (const { width, colorScheme } of [
      { width: 1280, colorScheme: 'light' },
      { width: 390, colorScheme: 'dark' },
    ] as const) {
      const { page, complaints } = await openPage(browser, url, { width, colorScheme })
      const verdict = page.locator('#verdict:not([hidden])')
      const judged = async (path: string, headline: string): Promise<string> => {
        await page.locator('#file').setInputFiles(path)
        await page.locator('#verdict:not([hidden]) h2', { hasText: headline }).waitFor()
        return verdict.innerText()
      }
      expect(await page.locator('#lack').isVisible()).toBe(false)
      expect(await judged(good, 'Everything fits, but nobody said whose key it is.')).toContain(
        history.signers[1]!.key.vkey,
      )
      await page.locator('#key').fill(key)
      expect(await judged(good, 'This is the history as it was sealed.')).toContain(
        'All 1,000 entries are there',
      )
      expect(await judged(proof, 'These entries are in the history as it was sealed.')).toContain('7, 8, 9')
      expect(await judged(damaged, 'Entry 593 was changed.')).toMatch(
        /First bad entry\s+593\s+Line of the file\s+601/,
      )
      expect(await judged(forged, 'A signature does not hold.')).toMatch(/Line of the file\s+1012/)
      expect(await faultsOf(page)).toEqual([])
      expect(complaints).toEqual([])
      await page.context().close()
    }
  })

  it('A2 a mistyped key and a kept checkpoint are judged as they are typed', async () => {
    const { page, complaints } = await openPage(browser, url)
    await page.locator('#file').setInputFiles(good)
    await page.locator('#key').fill(key.replace('+', '-'))
    await page.locator('#key-error', { hasText: 'Not a key: ' }).waitFor()
    expect(await page.locator('#verdict').isVisible()).toBe(false)
    await page.locator('#key').fill(key)
    await page.locator('h2', { hasText: 'This is the history as it was sealed.' }).waitFor()
    await page.locator('summary').click()
    await page.locator('#saved').fill(history.notes.get(700)!.trim())
    await page.locator('#sentences', { hasText: 'The first 700 are those' }).waitFor()
    const fork = makeHistory({ size: 1_000, rotations: [400], salt: 'another' })
    await page.locator('#saved').fill(fork.notes.get(300)!)
    await page
      .locator('h2', { hasText: 'This is not the history that your checkpoint was made of.' })
      .waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('A2 a browser without Ed25519 gets no verdict, and is told why', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.addInitScript(() => {
      const { subtle } = globalThis.crypto
      subtle.importKey = () => Promise.reject(new Error('unknown algorithm'))
    })
    await page.goto(url)
    await page.locator('#lack', { hasText: 'does not know Ed25519' }).waitFor()
    await page.locator('#key').fill(key)
    await page.locator('#file').setInputFiles(good)
    await page.locator('h2', { hasText: 'The tree fits. The signatures were not checked.' }).waitFor()
    await page.locator('#file').setInputFiles(damaged)
    await page.locator('h2', { hasText: 'Entry 593 was changed.' }).waitFor()
    await context.close()
  })

  it('A2 is in docs/audit-format.md by its SHA-256, can reach nothing, and a server hands it out as a file', async () => {
    const page = readFileSync(`${projectRoot}console/verify.html`, 'utf8')
    expect(page).toContain(`content="default-src 'none'; script-src 'sha256-`)
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
    const served = await readConsoleFile(`${projectRoot}console`, '/assets/verify.html', null)
    expect(served?.headers.get('content-disposition')).toBe('attachment; filename="suture-verify.html"')
  })
})
