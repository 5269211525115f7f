import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { projectRoot } from '../../scripts/project-files.ts'
import { noCalendars, parsePolicy } from '../../src/app/configuration/parse-policy.ts'
import { aHome, suture } from './cli-support.ts'

/** `suture policy check` and `test`: no server is there. */

vi.setConfig({ testTimeout: 60_000 })

const example = `${projectRoot}docs/examples/policy.yaml`
const offline = { env: { SUTURE_URL: 'http://127.0.0.1:1' } }

describe('suture policy', () => {
  it('G8 the example is valid, and its cases hold', async () => {
    const checked = await suture(['policy', 'check', example], offline)
    expect(checked).toEqual({ code: 0, stdout: `${example} is valid.\n`, stderr: '' })
    const tested = await suture(['policy', 'test', example], offline)
    expect(tested).toMatchObject({ code: 0, stderr: '' })
    expect(tested.stdout).toMatch(
      /^ok {3}on a working day one person is asked\n(ok .*\n){5}All 6 cases hold\.\n$/,
    )
  })

  it('G8 the policy of docs/policy.md is valid', () => {
    const page = readFileSync(`${projectRoot}docs/policy.md`, 'utf8')
    const text = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    expect(text).toContain('payments-two-people')
    expect(parsePolicy({ name: 'policy.md', text }, noCalendars)).toMatchObject({ ok: true })
  })

  it('G8 every problem is told at once with its line, for people and as JSON, and ends with 1', async () => {
    const path = join(aHome(), 'policy.yaml')
    writeFileSync(path, 'overrun: maybe\nwindowz: []\nrules:\n  - { id: a, then: {}, reason: x }\n')
    const found = await suture(['policy', 'check', path], offline)
    expect(found.code).toBe(1)
    expect(found.stdout).toContain('policy.yaml:1:10 overrun: ')
    expect(found.stdout).toContain('policy.yaml:2:1 windowz: unknown field "windowz"')
    expect(found.stdout).toContain('2 problems.')
    const json = await suture(['policy', 'check', path, '--json'], offline)
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      problems: [expect.any(String), expect.any(String)],
    })
    expect((await suture(['policy', 'check', join(path, 'nowhere')], offline)).stdout).toContain(
      'SUTURE_POLICY: ',
    )
  })

  it('G8 with the catalogue beside it, what it names that is not there is a warning', async () => {
    const home = aHome()
    const path = join(home, 'policy.yaml')
    const catalogue = join(home, 'catalogue.yaml')
    writeFileSync(catalogue, 'services: [{ name: shop }]\n')
    writeFileSync(
      path,
      'rules: [{ id: a, match: { services: [shopp] }, then: { mode: observe }, reason: x }]\n',
    )
    const { code, stdout } = await suture(['policy', 'check', path, '--catalogue', catalogue], offline)
    expect(code).toBe(0)
    expect(stdout).toContain(
      'policy.yaml:1:38 rules[0].match.services[0]: no service of the catalogue is called shopp',
    )
    expect(stdout).toContain('is valid, but mind the above.')
    expect((await suture(['policy', 'check', path], offline)).stdout).toBe(`${path} is valid.\n`)
  })

  it('G8 a case that does not hold says what was expected, what is, and why, and ends with 1', async () => {
    const home = aHome()
    const path = join(home, 'policy.yaml')
    writeFileSync(path, 'freezes: [{ id: f, from: 2026-12-20T18:00, to: 2026-12-27T18:00, reason: Peace }]\n')
    const when = (now: string) => `{ now: '${now}', service: shop, playbook: restart, impact: medium }`
    writeFileSync(
      join(home, 'policy.cases.yaml'),
      `- { name: holds, when: ${when('2026-11-24T10:00:00Z')}, expect: { outcome: require_approval, reasons: [mode] } }
- { name: does not, when: ${when('2026-12-21T10:00:00Z')}, expect: { outcome: require_approval, quorum: 1 } }
`,
    )
    const { code, stdout } = await suture(['policy', 'test', path], offline)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^ok {3}holds\nFAIL does not\n {7}outcome: expected require_approval; it is deny\n {7}freeze: .*Peace.*\n/,
    )
    expect(stdout).toContain('1 of 2 cases does not hold.')
    const json = await suture(['policy', 'test', path, '--json'], offline)
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      cases: [
        { name: 'holds', differences: [] },
        {
          name: 'does not',
          differences: [{ field: 'outcome', expected: 'require_approval', found: 'deny' }],
          verdict: { outcome: 'deny' },
        },
      ],
    })
    const lost = await suture(['policy', 'test', path, '--cases', join(home, 'none.yaml')], offline)
    expect(lost.code).toBe(1)
    expect(lost.stdout).toContain('none.yaml cannot be read')
    writeFileSync(join(home, 'policy.cases.yaml'), '- { name: x, when: { now: soon }, expect: {} }\n')
    const bad = await suture(['policy', 'test', path], offline)
    expect(bad.code).toBe(1)
    for (const part of ['an instant such as', '[0].when.service: missing', 'at least one of outcome'])
      expect(bad.stdout).toContain(part)
  })
})
