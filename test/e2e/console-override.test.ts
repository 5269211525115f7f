import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { parseFiles } from '../../src/app/configuration/parse-files.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { createListener } from '../../src/http/listener.ts'
import { inTenant } from '../../src/storage/database.ts'
import { forgetConfiguration } from '../db/core-world.ts'
import { alwaysOpen } from '../support/always-open.ts'
import { catalogueAt, testTenant } from '../support/app.ts'
import { faultsOf, hasChromium, launchBrowser, type OpenPage, openPage } from '../support/browser.ts'
import { closedWindow, editablePlaybook } from '../support/closed-window.ts'
import { alertSecret, type TestHttp, testHttp } from '../support/http.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from '../support/payloads/read.ts'
import { startTarget, type TestTarget } from '../support/target.ts'
import { serveHere } from './cli-support.ts'

/** The console's pages over the real application and a real database; what Suture would do, the test has it do. */
describe.skipIf(!hasChromium)('overrides and edits in a browser', () => {
  let browser: Browser
  let target: TestTarget
  let server: TestHttp
  let url: string
  let open: OpenPage
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    target = await startTarget()
    server = await testHttp({
      targetUrl: target.url,
      deps: { consoleDir: join(import.meta.dirname, '../../console') },
    })
    url = await serveHere(createListener(server.http))
  })
  afterEach(async () => {
    await open.page.context().close()
    await server.close()
    await target.close()
  })

  const configure = async (policy: string) => {
    const parsed = parseFiles(
      {
        catalogue: { name: 'catalogue.yaml', text: catalogueAt(target.url) },
        playbooks: [{ name: 'sized.yaml', text: editablePlaybook }],
        policy: { name: 'policy.yaml', text: policy },
      },
      server.app.limits.runBudgetMs,
    )
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    await importFiles(server.app, testTenant, parsed.value)
    forgetConfiguration(server.app)
  }
  const incident = async (): Promise<string> => {
    target.healthy = false
    const posted = await server.ask('POST', '/v1/alerts/alertmanager', {
      body: anAlertmanagerPayload(
        anAlertmanagerAlert({ labels: { alertname: 'ServiceDown', service: 'checkout' } }),
      ),
      headers: { authorization: `Bearer ${alertSecret}` },
    })
    const [id = ''] = (posted.json as { incidents: string[] }).incidents
    await healIncident(server.app, testTenant, id)
    return id
  }
  const lastRun = () =>
    inTenant(server.app.store, testTenant, (tx) =>
      tx.db
        .selectFrom('run')
        .select(['id', 'status', 'requester_id'])
        .orderBy('created_at', 'desc')
        .executeTakeFirst(),
    )
  /** Undefined before there is any. */
  const lastStatus = async () => (await lastRun())?.status
  const goTo = async (path: string): Promise<Page> => {
    open = await openPage(browser, url + path)
    return open.page
  }
  const become = async (page: Page, name: string): Promise<void> => {
    await page
      .getByRole('button', { name: /^You are / })
      .first()
      .click()
    await page.getByRole('menuitemradio', { name: new RegExp(name) }).click()
    await page
      .getByRole('button', { name: new RegExp(`^You are ${name}`) })
      .first()
      .waitFor()
  }
  /** What was on its way when the person changed is answered 401, and asked anew; a browser tells of it all the same. */
  const complaints = () => open.complaints.filter((each) => !each.includes('401 (Unauthorized)'))
  const proposalIn = (page: Page) =>
    page.locator('article.kind-proposal').filter({ hasText: 'Add instances' })
  /** Desk and phone, light and dark, held to what whoever cannot see or has a small screen would stumble over. */
  const look = async (page: Page, name: string): Promise<void> => {
    await mkdir('.reports', { recursive: true })
    for (const [screen, width, height] of [
      ['desk', 1360, 1400],
      ['phone', 390, 1400],
    ] as const)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height })
        await page.emulateMedia({ colorScheme })
        expect(await faultsOf(page), `${name}, ${screen}, ${colorScheme}`).toEqual([])
        await page.screenshot({ path: `.reports/${name}-${screen}-${colorScheme}.png` })
      }
    await page.setViewportSize({ width: 1360, height: 860 })
    await page.emulateMedia({ colorScheme: 'light' })
  }

  it('G1 G7 G8 C3 outside the window the card says why and until when; an override with its reason, approved by another person with the role, runs', async () => {
    await configure(closedWindow())
    await inTenant(server.app.store, testTenant, (tx) =>
      tx.db
        .updateTable('person')
        .set({ roles: ['approver', 'override'] })
        .where('id', '=', 'person_chloe')
        .execute(),
    )
    const id = await incident()
    const page = await goTo(`/incidents/${id}`)
    await become(page, 'Ada')
    const card = proposalIn(page)
    await card.getByText(/12:00/).first().waitFor()
    await card.getByRole('button', { name: 'Request', exact: true }).click()
    // Under the buttons first, and on the card itself as soon as that has moved on.
    await card
      .getByText(/Request it again from/)
      .first()
      .waitFor()
    await expect.poll(lastStatus).toBe('blocked')
    await look(page, 'override-refused')
    await card.getByRole('button', { name: 'Ask for an override…' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Override: Add instances' })
    const why = dialog.getByRole('textbox', { name: 'Why can it not wait?' })
    await look(page, 'override-dialog')
    await dialog.getByRole('button', { name: 'Ask for an override' }).click()
    expect(
      await why.evaluate((area: { validity: { valueMissing: boolean } }) => area.validity.valueMissing),
    ).toBe(true)
    await why.fill('orders are lost')
    await dialog.getByRole('button', { name: 'Ask for an override' }).click()
    // A reload right after the press would cut it off.
    await expect.poll(lastStatus).toBe('pending_approval')
    await page.reload()
    await card.getByText('“orders are lost”').waitFor()
    await look(page, 'override-waiting')
    expect(target.paths).toEqual([])
    await become(page, 'Chloe')
    await card.getByRole('button', { name: 'Approve the override' }).click()
    await expect.poll(lastStatus).toBe('queued')
    target.healthy = true
    await performRun(server.app, testTenant, (await lastRun())?.id ?? '')
    expect(await lastStatus()).toBe('succeeded')
    await page.reload()
    await page.locator('article.kind-run').getByText('Succeeded').first().waitFor()
    expect(complaints()).toEqual([])
  })

  it('G4 G8 C3 parameters are edited in the page, held to their bounds, and somebody else approves what they are now', async () => {
    await configure(alwaysOpen.text)
    const id = await incident()
    const page = await goTo(`/incidents/${id}`)
    await become(page, 'Ada')
    await proposalIn(page).getByRole('button', { name: 'Edit…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit: Add instances' })
    const by = dialog.getByLabel('Instances', { exact: true })
    await look(page, 'edit-dialog')
    await by.fill('9')
    await dialog.getByRole('button', { name: 'Propose this' }).click()
    expect(await by.evaluate((input: { validity: { valid: boolean } }) => input.validity.valid)).toBe(false)
    await by.fill('2')
    await dialog.getByLabel('Flag').selectOption('fast')
    await dialog.getByRole('button', { name: 'Propose this' }).click()
    await expect.poll(lastStatus).toBe('pending_approval')
    await page.reload()
    const edited = proposalIn(page).filter({ hasText: 'Edited by' })
    await edited
      .getByText(/instead of/)
      .first()
      .waitFor()
    await look(page, 'edited')
    await become(page, 'Chloe')
    await edited.getByRole('button', { name: 'Approve', exact: true }).click()
    await expect
      .poll(async () => await lastRun())
      .toMatchObject({ status: 'queued', requester_id: 'person_ada' })
    expect(complaints()).toEqual([])
  })
})
