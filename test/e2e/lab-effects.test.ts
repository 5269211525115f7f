import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LabUnderTest, labDirectory, removeDirectory, startTestLab } from './lab-support.ts'

let lab: LabUnderTest
let dir: string
let labs: LabUnderTest[] = []

const start = async () => {
  lab = await startTestLab(dir)
  labs.push(lab)
}
const killAndStartAgain = async () => {
  process.kill(lab.pid, 'SIGKILL')
  await lab.exited
  await start()
}
const restart = (key: string) => lab.post('/services/checkout/restart', {}, key)
const pid = async () => (await lab.service('checkout')).instances[0]?.pid

beforeEach(async () => {
  dir = await labDirectory()
})
afterEach(async () => {
  await Promise.all(labs.map((each) => each.stop()))
  labs = []
  await removeDirectory(dir)
})

describe('a key takes effect at most once', () => {
  test('twenty at once with one key make one restart, and all hear the same', async () => {
    await start()
    const before = await pid()
    const answers = await Promise.all(Array.from({ length: 20 }, () => restart('run-1:restart')))
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(answers[0]?.body).toMatchObject({ before: [before], after: [await pid()] })
    expect((await lab.service('checkout')).restarts).toBe(1)
    const effect = await lab.get('/effects/run-1%3Arestart')
    expect(effect).toMatchObject({
      status: 200,
      body: { key: 'run-1:restart', service: 'checkout', operation: 'restart', count: 1 },
    })
    expect(await lab.get('/effects')).toMatchObject({
      body: { total: 1, counts: { checkout: { restart: 1 } } },
    })
  })

  test('different keys at once each take effect, and no scaling passes the bound', async () => {
    await start()
    const asked = Array.from({ length: 6 }, (_, n) =>
      lab.post('/services/checkout/scale', { delta: 1 }, `up-${n}`),
    )
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort((a, b) => a - b)
    expect(statuses).toEqual([200, 200, 200, 200, 409, 409])
    expect((await lab.service('checkout')).instances).toHaveLength(5)
    const refused = await lab.post('/services/checkout/scale', { delta: 1 }, 'one-more')
    expect(refused.body).toMatchObject({
      status: 409,
      detail: 'checkout has 5; +1 would make 6, and 1 to 5 are allowed',
      errors: [{ field: 'delta' }],
    })
  })

  test('a refused request uses its key up for nothing: it may be sent again', async () => {
    await start()
    expect((await lab.post('/services/checkout/scale', { delta: -1 }, 'down')).status).toBe(409)
    expect((await lab.get('/effects/down')).status).toBe(404)
    await lab.post('/services/checkout/scale', { delta: 1 })
    expect(await lab.post('/services/checkout/scale', { delta: -1 }, 'down')).toMatchObject({
      status: 200,
      replayed: false,
    })
  })

  test('the same key for another request is refused', async () => {
    await start()
    await restart('k')
    expect((await lab.post('/services/payments/restart', {}, 'k')).status).toBe(422)
    expect((await lab.post('/services/checkout/scale', { delta: 1 }, 'k')).status).toBe(422)
    expect((await lab.service('payments')).restarts).toBe(0)
  })

  test('the journal outlives a kill -9: a key from before is answered, not carried out again', async () => {
    await start()
    const first = await restart('before-the-kill')
    await killAndStartAgain()
    const fresh = await pid()
    expect(await lab.get('/effects/before-the-kill')).toMatchObject({ status: 200, body: { count: 1 } })
    expect(await restart('before-the-kill')).toEqual({ ...first, replayed: true })
    expect(await pid()).toBe(fresh)
    expect((await lab.service('checkout')).restarts).toBe(0)
    expect((await lab.get('/effects/never-sent')).status).toBe(404)
  })

  test('a kill -9 between intent and result leaves the outcome unknown, never repeated', async () => {
    await start()
    const journal = join(dir, 'effects.jsonl')
    const cut = restart('cut-short').catch(() => null)
    await expect.poll(() => readFile(journal, 'utf8'), { interval: 2 }).toContain('"phase":"intent"')
    process.kill(lab.pid, 'SIGKILL')
    await cut
    await lab.exited
    // Had it been quick enough to finish, the last line would say so: take it away to be where we want to be.
    const intent = (await readFile(journal, 'utf8')).split('\n')[0] ?? ''
    await writeFile(journal, `${intent}\n`)
    await start()
    const fresh = await pid()
    expect((await lab.get('/effects/cut-short')).status).toBe(409)
    expect(await restart('cut-short')).toMatchObject({
      status: 409,
      body: { type: 'urn:suture:lab:outcome-unknown' },
    })
    expect(await pid()).toBe(fresh)
  })

  test('half a line at the end of the journal is an intent never acted on', async () => {
    await start()
    await restart('whole')
    process.kill(lab.pid, 'SIGKILL')
    await lab.exited
    await appendFile(join(dir, 'effects.jsonl'), '{"key":"half","phase":"int')
    await start()
    expect((await lab.get('/effects/half')).status).toBe(404)
    await restart('after')
    await killAndStartAgain()
    expect(await lab.get('/effects')).toMatchObject({ body: { total: 2 } })
  })
})
