import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { noCalendars, parsePolicy } from '../../src/app/configuration/parse-policy.ts'
import { describeYamlProblem } from '../../src/app/read-yaml.ts'
import { inTenant } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { type TestHttp, testHttp } from '../support/http.ts'

/** Versions of the policy, as they come into force and are told. */

let test: TestHttp
let problems: string[] = []

beforeEach(async () => {
  problems = []
  test = await testHttp({ deps: { files: () => ({ problems, warnings: [] }) } })
  onTestFinished(() => test.close())
})

const bringIn = async (text: string | null): Promise<string[]> => {
  const parsed = text === null ? null : parsePolicy({ name: 'policy.yaml', text }, noCalendars)
  if (parsed?.ok === false) throw new Error(parsed.problems.map(describeYamlProblem).join('\n'))
  const found = await importFiles(test.app, testTenant, {
    catalogue: { value: { services: [] }, source: 'none' },
    playbooks: [],
    policy: parsed === null || text === null ? null : { value: parsed.value, source: 'policy.yaml', text },
  })
  return found.map(describeYamlProblem)
}

const policy = async () => {
  const { json } = await test.ask('GET', '/v1/policy', { as: await test.persona('person_ada') })
  return json as {
    digest: string
    source: string | null
    since: string | null
    document: { overrun: string; groups: object }
    problems: string[]
  }
}
const versions = async (query = '') => {
  const answer = await test.ask('GET', `/v1/policy/versions${query}`, {
    as: await test.persona('person_ada'),
  })
  return answer.json as { items: { digest: string; inForce: boolean; since: string }[]; next: string | null }
}
const imports = () =>
  inTenant(test.app.store, testTenant, (tx) =>
    tx.db
      .selectFrom('audit_entry')
      .select('subject')
      .where('event', '=', 'configuration_imported')
      .where('subject', '=', 'policy:policy')
      .execute(),
  )

describe('the policy in force', () => {
  it('G8 each version is hashed and audited once, and one that comes back is in force since then', async () => {
    const before = (await imports()).length
    await bringIn('overrun: warn')
    const first = await policy()
    await bringIn('overrun: warn')
    expect(await imports()).toHaveLength(before + 1)
    await bringIn('overrun: deny')
    const second = await policy()
    expect(second).toMatchObject({ source: 'policy.yaml', document: { overrun: 'deny' }, problems: [] })
    expect(second.digest).not.toBe(first.digest)
    test.shift(60_000)
    await bringIn('overrun: warn')
    const third = await policy()
    expect(third.digest).toBe(first.digest)
    expect(Temporal.Instant.compare(third.since ?? '', second.since ?? '')).toBe(1)
    expect(await imports()).toHaveLength(before + 3)
    const all = await versions()
    expect(all.items.map(({ digest, inForce }) => [digest, inForce]).slice(0, 2)).toEqual([
      [first.digest, true],
      [second.digest, false],
    ])
    const page = await versions('?limit=1')
    expect((await versions(`?limit=1&after=${page.next ?? ''}`)).items[0]?.digest).toBe(second.digest)
  })

  it('G8 without a file the default is in force, and says so', async () => {
    await bringIn(null)
    expect(await policy()).toMatchObject({ digest: 'default', source: null, since: null })
  })

  it('G8 what is wrong with a newer file is told beside what is in force', async () => {
    problems = ['policy.yaml:3:1 windows: this and that.']
    expect((await policy()).problems).toEqual(problems)
  })

  it('G8 a policy that names people who cannot approve leaves the one before it in force, until they can', async () => {
    await bringIn('overrun: deny')
    const before = await policy()
    const text = 'groups:\n  dba: [person_ada, person_newcomer]\n'
    expect(await bringIn(text)).toEqual([
      'policy.yaml:2:21 groups.dba[1]: there is no person person_newcomer. Use an id as `suture people list` shows it, or remove it.',
    ])
    expect(await policy()).toEqual(before)
    await test.caller('Newcomer', ['approver'])
    expect(await bringIn(text)).toEqual([])
    expect((await policy()).document.groups).toEqual({ dba: ['person_ada', 'person_newcomer'] })
  })

  it('G8 a row that an earlier version wrote is filled with the defaults', async () => {
    await bringIn('overrun: deny')
    await inTenant(test.app.store, testTenant, (tx) =>
      tx.db
        .updateTable('config_version')
        .set({ body: JSON.stringify({ overrun: 'deny' }) })
        .where('kind', '=', 'policy')
        .where('active', '=', true)
        .execute(),
    )
    const { document } = await policy()
    expect(document).toMatchObject({ overrun: 'deny', trust: { review: 0.4 }, rules: [] })
  })

  it('G13 what there is not cannot be explained, and nothing is asked of the database for odd ids', async () => {
    const as = await test.persona('person_ada')
    for (const path of ['/v1/runs/run-9/policy', '/v1/runs/prop-9/policy', '/v1/proposals/run-9/policy'])
      expect((await test.ask('GET', path, { as })).status).toBe(404)
  })
})
