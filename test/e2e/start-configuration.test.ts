import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { dataFolder } from '../support/embedded.ts'
import { adminKeyOf, ask, startedSuture } from '../support/suture.ts'

const within = { timeout: 60_000, interval: 50 }

it('I6 a changed catalogue comes into force without a restart; a bad one leaves the last good in force, and log and health say so', async () => {
  const dataDir = dataFolder()
  mkdirSync(dataDir)
  const catalogue = join(dataDir, '..', 'catalogue.yaml')
  const write = (...lines: string[]) => writeFileSync(catalogue, `services:\n${lines.join('\n')}\n`)
  write('  - name: shop')
  const suture = await startedSuture({
    dataDir,
    env: { SUTURE_LAB: 'off', SUTURE_PORT: '0', SUTURE_CATALOGUE: catalogue },
  })
  const key = adminKeyOf(suture)
  const configuration = async () => {
    const { json } = await ask(suture.url(), '/v1/health', { key })
    return (json['checks'] as Record<string, { status: string; detail: string }>)['configuration']
  }
  const services = async () => {
    const { json } = await ask(suture.url(), '/v1/services', { key })
    return (json['items'] as { name: string }[]).map(({ name }) => name)
  }
  expect(await services()).toEqual(['shop'])
  expect(await configuration()).toEqual({
    status: 'pass',
    detail: expect.stringMatching(/^1 services and \d+ playbooks are in force$/) as string,
  })

  write('  - name: shop', '  - name: bank')
  await vi.waitFor(async () => expect(await services()).toEqual(['shop', 'bank']), within)

  write('  - name: shop', '    timeZone: Mars/Olympus')
  await vi.waitFor(async () => expect((await configuration())?.status).toBe('warn'), within)
  expect((await configuration())?.detail).toMatch(
    /a changed file is not valid; the version of \S+Z stays in force\. \S+catalogue\.yaml:3:\d+ .*Mars\/Olympus/,
  )
  expect(await services()).toEqual(['shop', 'bank'])
  expect(suture.stderr()).toContain('the last good version stays in force')
  // Only the first of the two words is for machines: nothing is wrong with answering.
  expect((await ask(suture.url(), '/health')).status).toBe(200)

  write('  - name: bank')
  await vi.waitFor(async () => expect((await configuration())?.status).toBe('pass'), within)
  expect(await services()).toEqual(['bank'])
  expect(await suture.stop()).toBe(0)
})
