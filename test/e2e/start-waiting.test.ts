import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenPort, takePort } from '../../src/start/listen.ts'
import { hasChromium, launchBrowser } from '../support/browser.ts'

describe('who comes while Suture is still starting', () => {
  let open: OpenPort
  beforeAll(async () => {
    open = await takePort('127.0.0.1', 0, false)
  })
  afterAll(() => open.close())
  const url = (): string => `http://127.0.0.1:${open.port}`

  it('H1 a program is told as a problem, with when to try again', async () => {
    const answer = await fetch(`${url()}/v1/incidents`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'unavailable', detail: 'Suture is starting.' })
  })

  it('C3 a sender of alerts is never answered with a page', async () => {
    const answer = await fetch(url(), { method: 'POST', headers: { accept: 'text/html' }, body: '{}' })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  it.skipIf(!hasChromium)('C3 a browser shows a page that waits, and then what was asked for', async () => {
    const browser = await launchBrowser()
    try {
      const page = await (await browser.newContext({ colorScheme: 'dark' })).newPage()
      await page.goto(`${url()}/incidents/inc-7`)
      await page.getByRole('heading', { name: 'Suture is starting' }).waitFor()
      open.handle((request, response) => {
        response.setHeader('content-type', 'text/html')
        response.end(`<h1>${request.url === '/incidents/inc-7' ? 'The incident' : 'Somewhere else'}</h1>`)
      })
      await page.getByRole('heading', { name: 'The incident' }).waitFor()
    } finally {
      await browser.close()
    }
  })
})
