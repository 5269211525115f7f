import type { Browser, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasChromium, launchBrowser, openPage } from '../support/browser.ts'
import { startConsoleStub } from '../support/console-stub.ts'

describe.skipIf(!hasChromium)('becoming somebody else in the console', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('C3 waits for what is under way, and what is asked meanwhile is asked as the new person', async () => {
    const stub = await startConsoleStub()
    onTestFinished(stub.close)
    const { page, complaints } = await openPage(browser, stub.url)
    await page.getByRole('button', { name: /^You are Ada/ }).waitFor()

    const told: string[] = []
    const name = (route: Route): string =>
      `${route.request().method()} ${new URL(route.request().url()).pathname}`
    const [held, switching] = [Promise.withResolvers<Route>(), Promise.withResolvers<Route>()]
    await page.route('**/v1/**', async (route) => {
      told.push(name(route))
      if (name(route) === 'GET /v1/queue') return held.resolve(route)
      if (name(route) === 'POST /v1/lab/persona') return switching.resolve(route)
      await route.continue()
    })
    stub.emit('run', 'run-7')
    const slow = await held.promise
    await page.getByRole('button', { name: /^You are Ada/ }).click()
    await page.getByRole('menuitemradio', { name: /Ben/ }).click()
    // Something changes while the answer of the one before is still awaited.
    stub.emit('approval', 'req-1')
    expect(told).not.toContain('POST /v1/lab/persona')
    await slow.continue()
    const change = await switching.promise
    stub.emit('governance', 'main')
    // By the time this is answered the page has heard of it.
    await page.evaluate("fetch('/health')")
    await change.continue()
    await page.getByRole('button', { name: /^You are Ben/ }).waitFor()
    const changed = told.indexOf('POST /v1/lab/persona')
    expect(told[changed + 1]).toBe('GET /v1/me')
    expect(complaints).toEqual([])
  })
})
