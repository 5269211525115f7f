import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKey } from '../../src/app/identity/keys.ts'
import type { Role } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { createListener } from '../../src/http/listener.ts'
import { SilenceSet, SilenceView } from '../../src/http/schemas/silence.ts'
import { type TestHttp, testHttp } from '../support/http.ts'
import { type Ran, serveHere, suture } from './cli-support.ts'

/** Silences from the command line, over the real HTTP application and a real database. */

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

describe('suture silence', () => {
  it('I4 sets, lists and ends a silence, and names what is wrong', async () => {
    const ada = await keyOf('Ada', ['responder'])
    expect((await as(ada, 'silences')).stdout).toBe('Nothing is silenced.\n')
    const wrong = await as(ada, 'silence', 'alertname=~*', '--until', '2h', '--because', 'noise')
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('=~ takes the beginning of a value with * behind it'),
    ])
    const done = await as(
      ada,
      'silence',
      'service=checkout-api',
      'severity!=critical',
      '--until',
      '2h',
      '--because',
      'deploy',
      '--json',
    )
    const { id, matchers } = SilenceSet.parse(JSON.parse(done.stdout))
    expect(matchers).toEqual([
      { label: 'service', operator: '=', value: 'checkout' },
      { label: 'severity', operator: '!=', value: 'critical' },
    ])
    const shown = (await as(ada, 'silences')).stdout
    expect(shown).toContain('service=checkout severity!=critical')
    expect(shown).toContain('deploy')
    expect((await as(ada, 'unsilence', id)).stdout).toContain(`${id} is over.`)
    expect((await as(ada, 'silences')).stdout).toBe('Nothing is silenced.\n')
    const all = JSON.parse((await as(ada, 'silences', '--all', '--json')).stdout) as { items: unknown[] }
    expect(all.items.map((each) => SilenceView.parse(each).state)).toEqual(['over'])
    const again = await as(ada, 'unsilence', id)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is over already')])
  })

  it('I4 maintenance is of one service', async () => {
    const ada = await keyOf('Ada', ['responder'])
    const set = await as(ada, 'silence', 'payments', '--maintenance', '--until', '1h', '--because', 'upgrade')
    expect(set.stdout).toContain('service=payments is silenced until ')
    expect((await as(ada, 'silences')).stdout).toContain('maintenance')
  })
})
