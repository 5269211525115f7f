import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderMessage as renderForDiscord } from '../../adapters/discord/render.ts'
import { renderMessage as renderForSlack } from '../../adapters/slack/render.ts'
import { createWitnessWebhook } from '../../adapters/witness/webhook.ts'
import { showCheckpoints } from '../../src/app/audit/witness.ts'
import type { Card } from '../../src/domain/card.ts'
import { inTenant } from '../../src/storage/database.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { noteOf, takeExport, verifyFile, vkeysOf } from './seal-verify.ts'
import { keysInHand, sealAll, write } from './seal-world.ts'

const hourMs = 3_600_000

describe('witnesses of the history', () => {
  let world: TestApp
  const keys = keysInHand()
  beforeAll(async () => {
    world = await testApp()
  })
  afterAll(() => world.close())

  const grow = async (entries = 2): Promise<string> => {
    await write(world.app, entries)
    await sealAll(world, keys.source)
    return noteOf(world.app)
  }
  const cards = () =>
    inTenant(world.app.store, testTenant, (tx) =>
      tx.db.selectFrom('card').select(['id', 'channel', 'body']).orderBy('position').execute(),
    )

  it('A1 a webhook has the newest checkpoint to the byte, is tried again when it fails, and can tell what was cut off', async () => {
    const got: string[] = []
    let status = 500
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        if (status === 200) got.push(body)
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    try {
      const { port } = server.address() as AddressInfo
      const webhook = createWitnessWebhook(`http://127.0.0.1:${port}/secret-token`)
      const show = () => showCheckpoints(world.app, { channel: null, everyMs: hourMs, webhook })
      const note = await grow()
      const [problem = ''] = await show()
      expect(problem).toContain('could not be posted to SUTURE_AUDIT_WITNESS_URL: it answered 500')
      expect(problem).not.toContain('secret-token')
      status = 200
      expect(await show()).toEqual([])
      expect(got).toEqual([])
      world.shift(5_001)
      expect(await show()).toEqual([])
      expect(got).toEqual([note])
      // Nothing new, or too soon: nothing is posted.
      world.shift(11_000)
      await show()
      const newer = await grow()
      await Promise.all([show(), show(), show()])
      expect(got).toEqual([note, newer])
      await grow()
      await show()
      expect(got).toHaveLength(2)
      expect(
        verifyFile(await takeExport(world.app), { pinned: await vkeysOf(world.app), saved: newer }),
      ).toMatchObject({
        ok: true,
      })
    } finally {
      await new Promise((closed) => server.close(closed))
    }
  })

  it('A1 a channel has one an hour at most, and the last one of each day', async () => {
    const show = () => showCheckpoints(world.app, { channel: 'audit', everyMs: hourMs, webhook: null })
    const before = (await cards()).length
    const shown = async () => (await cards()).slice(before)
    const note = await grow()
    await show()
    expect(await shown()).toMatchObject([{ channel: 'audit' }])
    // All that the note says is there to be read, and to be put together again.
    const body = JSON.stringify((await shown())[0]?.body)
    for (const line of note
      .trimEnd()
      .split('\n')
      .filter((each) => each !== ''))
      expect(body).toContain(line)
    await grow()
    await show()
    world.shift(hourMs / 2)
    await show()
    expect(await shown()).toHaveLength(1)
    // At midnight the last one of the day is shown, however short ago another was, and what is new afterwards waits its hour.
    const last = await grow()
    const now = await inTenant(world.app.store, testTenant, async (tx) => tx.now)
    const midnight = now.toZonedDateTimeISO('UTC').startOfDay().add({ days: 1 }).toInstant()
    world.shift(Number(midnight.epochMilliseconds - now.epochMilliseconds) + 1)
    await grow()
    await show()
    const size = last.split('\n')[1] ?? ''
    expect((await shown()).map(({ id }) => id)[1]).toBe(`apart/checkpoint/lab/${size}`)
    await show()
    expect(await shown()).toHaveLength(2)
    world.shift(hourMs)
    await show()
    expect(await shown()).toHaveLength(3)
  })

  it.each([
    ['Slack', (card: Card) => JSON.stringify(renderForSlack(card, { consoleUrl: null, incidentId: null }))],
    [
      'Discord',
      (card: Card) => JSON.stringify(renderForDiscord(card, { consoleUrl: null, incidentId: null })),
    ],
  ])(
    'A1 from what stands in %s the note is put together again, and tells what was cut off',
    async (_, render) => {
      world.shift(2 * hourMs)
      const note = await grow(3)
      await showCheckpoints(world.app, { channel: 'audit', everyMs: hourMs, webhook: null })
      const card = (await cards()).at(-1)?.body as Card
      const sent = render(card)
      // Origin, size, root, and a line for each signature: all that stands as code, to the byte.
      const lines = [...sent.matchAll(/`([^`]+)`/g)].map(([, line = '']) => line)
      const inSlack = [...sent.matchAll(/"text":"([^"]+)","style":\{"code":true\}/g)].map(
        ([, line = '']) => line,
      )
      const [origin = '', size = '', root = '', ...signatures] = lines.length > 0 ? lines : inSlack
      const again = `${origin}\n${size}\n${root}\n\n${signatures.map((line) => `${line}\n`).join('')}`
      expect(again).toBe(note)
      await grow(5)
      const pinned = await vkeysOf(world.app)
      expect(verifyFile(await takeExport(world.app), { pinned, saved: again })).toMatchObject({ ok: true })
      const shorter = await takeExport(world.app, Number(size) - 3)
      expect(verifyFile(shorter, { pinned, saved: again })).toMatchObject({ ok: false })
    },
  )
})
