import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { redeemLinkCode } from '../../src/app/identity/redeem-code.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { ChangeView } from '../../src/http/schemas/change.ts'
import { page } from '../../src/http/schemas/common.ts'
import { KeyView, PersonView } from '../../src/http/schemas/identity.ts'
import { IncidentDetail, IncidentView } from '../../src/http/schemas/incident.ts'
import { ApprovalView, QueueView, RunDetail, RunView } from '../../src/http/schemas/run.ts'
import { inTenant } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { aHome, suture } from './cli-support.ts'
import { type CliWorld, startCliWorld } from './cli-world.ts'

/** `suture` against the real HTTP application over a real database. */

// Every command is a process of its own: on a busy machine a dozen of them take their time.
vi.setConfig({ testTimeout: 90_000 })

let world: CliWorld
beforeEach(async () => {
  world = await startCliWorld()
  onTestFinished(world.close)
})

const keyOf: CliWorld['keyOf'] = (...of) => world.keyOf(...of)
const as: CliWorld['as'] = (...said) => world.as(...said)
const json: CliWorld['json'] = (...said) => world.json(...said)
const proposed = () => world.proposed()

describe('H8 the way of one alert from the command line', () => {
  it('H8 one person requests, cannot approve, another approves, and the thread answers what happened', async () => {
    const { incidentId, proposalId } = await proposed()
    const rita = await keyOf('Rita', ['responder'], ['read', 'respond', 'approve'])
    const otto = await keyOf('Otto', ['approver'], ['read', 'respond', 'approve'])

    const list = await json(page(IncidentView), rita.key, 'incidents')
    expect(list.items.map((incident) => incident.id)).toEqual([incidentId])
    const shown = await as(rita.key, 'incidents', 'show', incidentId)
    expect((await as(rita.key, 'incidents', 'postmortem', incidentId)).stdout).toMatch(
      /^# Postmortem \(draft\): .+\n[^]+\n$/,
    )
    expect(shown.stdout).toContain(`${incidentId} CheckoutDown (critical, proposed)`)
    expect(
      await json(IncidentDetail, rita.key, 'incidents', 'show', incidentId.slice('inc-'.length)),
    ).toMatchObject({ id: incidentId })

    const requested = await json(
      z.object({ runId: z.string(), requestId: z.string() }),
      rita.key,
      'request',
      proposalId,
    )
    const own = await as(rita.key, 'approve', requested.requestId)
    expect(own.code).toBe(1)
    expect(own.stdout).toBe('')
    expect(own.stderr).toMatch(
      /^Somebody else must approve: Rita requested this and so cannot approve it\.\n {2}do: Ask another person with the role approver\./,
    )

    expect((await json(page(ApprovalView), otto.key, 'approvals')).items).toMatchObject([
      { id: requested.requestId, status: 'pending' },
    ])
    const calls = await as(otto.key, 'approvals', 'show', requested.requestId)
    expect(calls.stdout).toMatch(/^1\. .+\n {3}.+: POST http/m)
    expect(calls.stdout).toMatch(/undone by: |CANNOT BE UNDONE/)
    expect((await as(otto.key, 'runs', 'now')).stdout).toMatch(
      new RegExp(`Nothing runs\\.\\n[^]*WAITS[^]*${requested.runId}[^]*approval ${requested.requestId}`),
    )
    expect((await as(otto.key, 'status')).stdout).toMatch(/Waiting for approval: 1\n {2}ID +STATUS/)
    const approved = await as(otto.key, 'approve', requested.requestId, '--reason', 'looks right')
    expect(approved).toEqual({ code: 0, stdout: `${requested.requestId} is approved.\n`, stderr: '' })
    expect((await as(otto.key, 'approve', requested.requestId)).stderr).toContain('Already decided')

    await performRun(world.test.app, testTenant, requested.runId)
    expect((await json(QueueView, rita.key, 'runs', 'now')).ended).toMatchObject([
      { id: requested.runId, status: 'succeeded' },
    ])
    expect((await json(page(RunView), rita.key, 'runs', '--incident', incidentId)).items).toMatchObject([
      { id: requested.runId, status: 'succeeded' },
    ])
    expect(await json(RunDetail, rita.key, 'runs', 'show', requested.runId)).toMatchObject({
      approvers: [{ name: 'Otto' }],
    })
    expect((await as(rita.key, 'runs', 'show', requested.runId)).stdout).toMatch(
      /STEP +PHASE +STATUS +TOOK +SUMMARY/,
    )
    expect((await as(rita.key, 'runs', 'log', requested.runId, '--follow')).code).toBe(0)

    const asked = await as(rita.key, 'incidents', 'ask', incidentId, 'what happened')
    expect(asked.code).toBe(0)
    expect(asked.stdout).toContain(`What happened in ${incidentId} (Complete)`)
    expect(asked.stdout).toContain(`Otto approved ${requested.requestId}: looks right.`)
    expect(asked.stdout).toContain(`Read as: what happened in ${incidentId}`)
  })

  it('D2 H8 a change is told by one command and listed by another, and a wrong one is refused in words', async () => {
    const rita = await keyOf('Rita', ['responder'], ['read', 'respond'])
    const told = await as(
      rita.key,
      'changes',
      'add',
      'checkout-api',
      'Deploy 2.31.0',
      '--by',
      'ci',
      '--change-version',
      '2.31.0',
    )
    expect(told.stdout).toBe('chg-1: Deploy 2.31.0 of checkout is on record.\n')
    const listed = await as(rita.key, 'changes', '--service', 'checkout')
    expect(listed.stdout).toMatch(/^chg-1 +\S.* +checkout +deploy +Deploy 2\.31\.0 +2\.31\.0 +ci$/m)
    expect(
      (await json(page(ChangeView), rita.key, 'changes', 'list', '--service', 'payments')).items,
    ).toEqual([])
    const unknown = await as(rita.key, 'changes', 'add', 'nobody', 'Deploy')
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('There is no service nobody in the catalogue.'),
    ])
    const badTime = await as(rita.key, 'changes', 'add', 'checkout', 'Deploy', '--at', 'yesterday')
    expect([badTime.code, badTime.stderr]).toEqual([2, expect.stringContaining('2026-11-22T14:03:00Z')])
  })

  it('H8 a rejection needs a reason before anything is sent, and a waiting run can be canceled', async () => {
    const { proposalId } = await proposed()
    const rita = await keyOf('Rita', ['responder'], ['read', 'respond'])
    const requested = await requestRun(world.test.app, rita.caller, proposalId)
    if (isRejection(requested) || requested.requestId === null) throw new Error('not requested')
    const bare = await as(rita.key, 'approve', requested.requestId, '--reject')
    expect(bare.code).toBe(2)
    expect(bare.stderr).toContain('Add --reason')
    expect(await as(rita.key, 'runs', 'cancel', requested.runId)).toMatchObject({
      code: 0,
      stdout: `${requested.runId} is canceled; it had not begun.\n`,
    })
    expect(await as(rita.key, 'runs', 'cancel', requested.runId)).toMatchObject({ code: 1 })
  })
})

describe('H8 keys and signing in', () => {
  it('H8 login keeps the key for its owner alone, and later commands use it', async () => {
    const rita = await keyOf('Rita', ['responder'], ['read'])
    const home = aHome()
    const login = await suture(['login', '--url', world.url], { env: { HOME: home }, input: `${rita.key}\n` })
    expect(login).toMatchObject({ code: 0 })
    expect(login.stdout).toContain('as Rita (responder; the key may read)')
    expect(login.stdout + login.stderr).not.toContain(rita.key)
    const path = join(home, '.config/suture/config.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ url: world.url, key: rita.key })
    expect(await suture(['incidents'], { env: { HOME: home } })).toEqual({
      code: 0,
      stdout: 'No incidents.\n',
      stderr: '',
    })
  })

  it('H8 login with a wrong key keeps nothing', async () => {
    const home = aHome()
    const login = await suture(['login', '--url', world.url], {
      env: { HOME: home },
      input: 'sut_lab_000000000000_wrong\n',
    })
    expect(login.code).toBe(1)
    expect(() => statSync(join(home, '.config'))).toThrow('ENOENT')
  })

  it('H8 a key is shown once, when it is made, and is gone once it is revoked', async () => {
    const { key } = await keyOf('Dana', ['admin'], ['read', 'respond', 'approve', 'admin'])
    const created = await as(
      key,
      'key',
      'create',
      'deploy pipeline',
      '--scopes',
      'read,respond',
      '--expires-in-days',
      '7',
    )
    expect(created.code).toBe(0)
    expect(created.stdout).toMatch(/^sut_\S+\n$/)
    expect(created.stderr).toContain('the only time')
    const fresh = created.stdout.trim()
    const list = await as(key, 'key', 'list')
    expect(list.stdout).toContain('deploy pipeline')
    expect(list.stdout).not.toContain(fresh)
    const { items } = await json(page(KeyView), key, 'key', 'list')
    const id = items.find((each) => each.name === 'deploy pipeline')?.id ?? ''
    expect(await as(fresh, 'incidents')).toMatchObject({ code: 0 })
    expect(await as(key, 'key', 'revoke', id)).toMatchObject({ code: 0 })
    expect((await as(key, 'key')).stdout).toMatch(/deploy pipeline.*revoked (just now|\d+ s ago)/)
    expect((await as(fresh, 'incidents')).code).toBe(1)
  })

  it('C6 H8 an admin sees the accounts of somebody and takes one off', async () => {
    const { key } = await keyOf('Edda', ['admin'], ['read', 'admin'])
    const { key: theirs, caller } = await keyOf('Finn', ['viewer'], ['read'])
    const { id } = caller.person
    await inTenant(world.test.app.store, testTenant, (tx) =>
      tx.db
        .insertInto('identity')
        .values({ tenant_id: testTenant, provider: 'slack', external_id: 'T1:U7', person_id: id })
        .execute(),
    )
    expect((await as(theirs, 'people', 'accounts', id)).stdout).toMatch(/slack +T1:U7/)
    expect(await as(theirs, 'people', 'unlink', id, 'slack', 'T1:U7')).toMatchObject({ code: 1 })
    const wrong = await as(key, 'people', 'unlink', id, 'slack', 'U7')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('such as T1:U1')])
    expect((await as(key, 'people', 'unlink', id, 'slack', 'T1:U7')).stdout).toContain('0 accounts left')
    expect((await as(key, 'people', 'accounts', id)).stdout).not.toContain('T1:U7')
    expect((await as(key, 'people', 'unlink', id, 'slack', 'T1:U7')).stderr).toContain('has no account')
  })

  it('H8 a person is disabled and enabled, and is found in the list of those who are', async () => {
    const { key } = await keyOf('Edda', ['admin'], ['read', 'admin'])
    const { key: theirs } = await keyOf('Finn', ['viewer'], ['read'])
    const { items } = await json(page(PersonView), key, 'people')
    const id = items.find((person) => person.name === 'Finn')?.id ?? ''
    expect((await as(key, 'people', 'disable', id)).stdout).toContain('Finn is disabled')
    expect((await as(theirs, 'incidents')).code).toBe(1)
    expect((await as(key, 'people', 'list', '--state', 'disabled')).stdout).toMatch(
      /Finn.*disabled (just now|\d+ s ago)/,
    )
    expect((await as(key, 'people', 'list')).stdout).not.toContain('Finn')
    expect((await as(key, 'people', 'enable', id)).stdout).toContain('Finn may act again')
    expect((await as(theirs, 'incidents')).code).toBe(0)
    expect(await as(theirs, 'people', 'disable', id)).toMatchObject({ code: 1 })
  })

  it('H8 C6 either side of a link is a terminal: it shows a code, and takes the one that a chat showed', async () => {
    const { key, caller } = await keyOf('Gerd', ['approver'], ['read', 'respond', 'approve'])
    const made = await as(key, 'link')
    const [code = ''] = /[A-Z2-9]{5}-[A-Z2-9]{5}/.exec(made.stdout) ?? []
    expect(made.stdout).toContain(`/heal link ${code}`)
    const account = {
      tenantId: testTenant,
      via: 'slack',
      externalId: 'T1:U1',
      personId: null,
      roles: [],
      rolesAgeMs: 0,
    } as const
    expect(await redeemLinkCode(world.test.app, account, code)).toMatchObject({
      person: { id: caller.person.id },
    })
    expect((await world.test.ask('GET', '/v1/me', { as: key })).json).toMatchObject({
      accounts: ['slack T1:U1'],
    })
    const wrong = await as(key, 'link', 'AAAAA-BBBBB')
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('opens nothing')])
    const { key: narrow } = await keyOf('Hans', ['approver'], ['read'])
    expect((await as(narrow, 'link')).stderr).toContain('lacks the scope')
  })

  it('H8 without a key it says how to get one', async () => {
    const { code, stderr } = await suture(['incidents'], { env: { SUTURE_URL: world.url } })
    expect(code).toBe(1)
    expect(stderr).toMatch(/do: .+/)
  })
})

describe('H8 doctor', () => {
  it('H8 doctor finds all well, line by line', async () => {
    const { key } = await keyOf('Rita', ['responder'], ['read'])
    const { code, stdout } = await as(key, 'doctor')
    expect(stdout).toMatch(/^ok {4}reachable/m)
    expect(stdout).toMatch(/^warn {2}version: the server is 0\.0\.0-test/m)
    expect(stdout).toMatch(/^ok {4}clock/m)
    expect(stdout).toMatch(/^ok {4}key: Rita \(responder\); it may read/m)
    expect(stdout).toMatch(/^ok {4}server database/m)
    expect(code).toBe(0)
  })

  it('H8 Q3 doctor lets the server test itself when it is asked to, and not otherwise', async () => {
    const rita = await keyOf('Rita', ['responder'], ['read', 'respond'])
    expect((await as(rita.key, 'doctor')).stdout).not.toContain('test of')
    const { stdout } = await as(rita.key, 'doctor', '--test')
    expect(stdout).toMatch(/^ok {4}test of database: written, read and rolled back/m)
    expect(stdout).toMatch(/^ok {4}test of policy/m)
    expect(stdout).toMatch(/^ok {4}test of queue: not here/m)
    const vera = await keyOf('Vera', ['viewer'], ['read'])
    expect((await as(vera.key, 'doctor', '--test')).stdout).toMatch(/^FAIL {2}tests: .+\n {6}do: .+/m)
  })

  it('H8 doctor names a missing and a wrong key, with what to do', async () => {
    const none = await suture(['doctor', '--json'], { env: { SUTURE_URL: world.url } })
    expect(none.code).toBe(1)
    const { checks } = JSON.parse(none.stdout) as { checks: unknown[] }
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'key', status: 'fail', detail: 'no key is set' }),
    )
    const wrong = await as('sut_lab_000000000000_wrong', 'doctor')
    expect(wrong.code).toBe(1)
    expect(wrong.stdout).toMatch(/^FAIL {2}key: .+\n {6}do: .+/m)
  })
})

describe('H8 completion', () => {
  const complete = (script: string, line: string[]): string[] => {
    const words = line.map((word) => `'${word}'`).join(' ')
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _suture; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    return stdout.split('\n').filter((word) => word !== '')
  }

  it('H8 bash completes commands, their own commands, and options', async () => {
    const { stdout } = await suture(['completion', 'bash'])
    expect(complete(stdout, ['suture', 'in'])).toEqual(['incidents'])
    expect(complete(stdout, ['suture', 'runs', ''])).toEqual(
      expect.arrayContaining(['list', 'show', 'log', 'cancel']),
    )
    expect(complete(stdout, ['suture', '--json', 'runs', 'log', 'run-7', '--fo'])).toEqual(['--follow'])
    expect(complete(stdout, ['suture', 'approve', '--re'])).toEqual(['--reject', '--reason'])
  })

  it.each(['zsh', 'fish'])('H8 %s gets a script that names every command', async (shell) => {
    const { code, stdout } = await suture(['completion', shell])
    expect(code).toBe(0)
    for (const name of [
      'status',
      'incidents',
      'approvals',
      'approve',
      'request',
      'runs',
      'key',
      'login',
      'doctor',
      'completion',
    ])
      expect(stdout).toContain(name)
  })
})
