import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKey } from '../../src/app/identity/keys.ts'
import type { Role } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { createListener } from '../../src/http/listener.ts'
import { FreezeList, FreezeSet, WindowsList } from '../../src/http/schemas/calendar.ts'
import { type TestHttp, testHttp } from '../support/http.ts'
import { type Ran, serveHere, suture } from './cli-support.ts'

/** Freezes and windows from the command line, over the real HTTP application and a real database. */

// Every command is a process of its own: on a busy machine a dozen of them take their time.
vi.setConfig({ testTimeout: 90_000 })

let test: TestHttp
let url: string

beforeEach(async () => {
  test = await testHttp({})
  url = await serveHere(createListener(test.http))
  onTestFinished(() => test.close())
})

const keyOf = async (name: string, roles: Role[]): Promise<string> => {
  const created = await createKey(test.app, await test.caller(name, roles), {
    name: `key of ${name}`,
    scopes: ['read', 'respond'],
  })
  if (isRejection(created)) throw new Error(created.detail)
  return created.key
}
const as = (key: string, ...args: string[]): Promise<Ran> =>
  suture(args, { env: { SUTURE_URL: url, SUTURE_API_KEY: key } })

describe('suture freeze', () => {
  it('G2 sets, lists and lifts a freeze; who may not is told who can', async () => {
    const olga = await keyOf('Olga', ['override'])
    const ada = await keyOf('Ada', ['responder'])
    expect((await as(ada, 'freezes')).stdout).toBe('Nothing is frozen.\n')
    const refused = await as(ada, 'freeze', 'checkout', '--until', '2h')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('role admin or override')])

    const set = await as(olga, 'freeze', 'checkout', '--until', '2099-01-01', '--because', 'the fair')
    expect([set.code, set.stderr]).toEqual([1, expect.stringContaining('more than 366 days ahead')])
    const done = await as(
      olga,
      'freeze',
      'checkout-api',
      '--until',
      'tomorrow 18:00',
      '--because',
      'the fair',
      '--json',
    )
    const { id, what, timeZone } = FreezeSet.parse(JSON.parse(done.stdout))
    expect([what, timeZone]).toEqual(['checkout', 'Europe/Berlin'])

    const listed = FreezeList.parse(JSON.parse((await as(ada, 'freezes', '--json')).stdout))
    expect(listed.items).toMatchObject([
      { id, what: 'checkout', reason: 'the fair', setBy: { name: 'Olga' } },
    ])
    expect((await as(ada, 'freezes')).stdout).toMatch(/frz-\d+ +checkout .* Olga +the fair/)
    const windows = WindowsList.parse(JSON.parse((await as(ada, 'windows', '--json')).stdout))
    expect(windows.items.map(({ service, frozenUntil }) => [service, frozenUntil !== null])).toEqual([
      ['checkout', true],
      ['payments', false],
      ['storefront', false],
    ])
    expect((await as(ada, 'windows', 'checkout')).stdout).toMatch(
      /checkout +frozen +\w{3} .* 18:00 in Europe\/Berlin/,
    )
    const unknown = await as(ada, 'windows', 'chekout')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Did you mean checkout?')])

    expect((await as(olga, 'unfreeze', id)).stdout).toBe(`${id} is lifted.\n`)
    const again = await as(olga, 'unfreeze', id)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('somebody has lifted it')])
    expect((await as(ada, 'freezes')).stdout).toBe('Nothing is frozen.\n')
  })

  it('G2 unknown keys and wrong kinds are refused by name', async () => {
    const olga = await keyOf('Olga', ['override'])
    for (const body of [
      {},
      { until: 2 },
      { until: '2h', who: 'me' },
      { until: true },
      { until: '2h', what: null },
    ]) {
      const answer = await fetch(`${url}/v1/freezes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${olga}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.status, JSON.stringify(body)).toBe(422)
    }
  })
})
