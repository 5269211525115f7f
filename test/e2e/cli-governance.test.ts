import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { projectRoot } from '../../scripts/project-files.ts'
import { ApprovalSignals } from '../../src/http/schemas/approval-signals.ts'
import { BreakGlassView } from '../../src/http/schemas/break-glass.ts'
import { FreezeList, FreezeSet, WindowsList } from '../../src/http/schemas/calendar.ts'
import { page } from '../../src/http/schemas/common.ts'
import { Delegation, DelegationList } from '../../src/http/schemas/delegations.ts'
import { GovernanceView } from '../../src/http/schemas/identity.ts'
import { ModesView } from '../../src/http/schemas/modes.ts'
import { PolicyExplained } from '../../src/http/schemas/policy.ts'
import { ApprovalView, Edited, Requested, Revoked } from '../../src/http/schemas/run.ts'
import { SilenceSet, SilenceView } from '../../src/http/schemas/silence.ts'
import { sized } from '../support/sized-playbook.ts'
import { aHome } from './cli-support.ts'
import { type CliWorld, startCliWorld } from './cli-world.ts'

/**
 * What governs, from the command line: one server, and people with keys of theirs who go through all of it. Each command is
 * asked for words and for JSON, and once for what it refuses. What a process adds, cli-server.test.ts shows.
 */

const respond = ['read', 'respond'] as const
const all = ['read', 'respond', 'approve', 'admin'] as const

let world: CliWorld
let dan: string
let olga: string
let otto: string
let rita: string
let vera: string
const as: CliWorld['as'] = (...said) => world.as(...said)
const json: CliWorld['json'] = (...said) => world.json(...said)
/** What is said on standard error by a command that ends with this code and says nothing else. */
const refusal = async (code: 1 | 2, key: string, ...args: string[]): Promise<string> => {
  const ran = await as(key, ...args)
  expect([ran.code, ran.stdout], args.join(' ')).toEqual([code, ''])
  return ran.stderr
}
const words = async (key: string, ...args: string[]): Promise<string> => {
  const ran = await as(key, ...args)
  expect([ran.code, ran.stderr], args.join(' ')).toEqual([0, ''])
  return ran.stdout
}

beforeAll(async () => {
  world = await startCliWorld({ playbooks: { sized }, here: true })
  ;[dan, olga, otto, rita, vera] = (
    await Promise.all([
      world.keyOf('Dan', ['admin'], [...all]),
      world.keyOf('Olga', ['override'], [...respond]),
      world.keyOf('Otto', ['approver'], ['read', 'respond', 'approve']),
      world.keyOf('Rita', ['responder'], [...respond]),
      world.keyOf('Vera', ['viewer'], ['read']),
    ])
  ).map(({ key }) => key) as [string, string, string, string, string]
})
afterAll(() => world.close())

describe('H8 what governs, from the command line', () => {
  it('G2 H8 freeze, freezes, windows, unfreeze', async () => {
    const [none, forbidden, far] = await Promise.all([
      words(rita, 'freezes'),
      refusal(1, rita, 'freeze', 'checkout', '--until', '2h'),
      refusal(1, olga, 'freeze', 'checkout', '--until', '2099-01-01'),
    ])
    expect(none).toBe('Nothing is frozen.\n')
    expect(forbidden).toContain('role admin or override')
    expect(far).toContain('more than 366 days ahead')
    const until = ['--until', 'tomorrow 18:00', '--because', 'the fair']
    const { id, what, timeZone } = await json(FreezeSet, olga, 'freeze', 'checkout-api', ...until)
    expect([what, timeZone]).toEqual(['checkout', 'Europe/Berlin'])

    const [listed, table, windows, one, two, last, found, nearest] = await Promise.all([
      json(FreezeList, rita, 'freezes'),
      words(rita, 'freezes'),
      json(WindowsList, rita, 'windows'),
      words(rita, 'windows', 'checkout'),
      words(rita, 'windows', '--limit', '2'),
      json(WindowsList, rita, 'windows', '--limit', '2', '--after', 'payments'),
      json(WindowsList, rita, 'windows', '--search', 'FRONT', '--limit', '1'),
      refusal(1, rita, 'windows', 'chekout'),
    ])
    expect(listed.items).toMatchObject([
      { id, what: 'checkout', reason: 'the fair', setBy: { name: 'Olga' } },
    ])
    expect(table).toMatch(/frz-\d+ +checkout .* Olga +the fair/)
    expect(windows.next).toBeNull()
    expect(windows.items.map(({ service, frozenUntil }) => [service, frozenUntil !== null])).toEqual([
      ['checkout', true],
      ['payments', false],
      ['storefront', false],
    ])
    expect(one).toMatch(/checkout +frozen +\w{3} .* 18:00 in Europe\/Berlin/)
    expect(two).toMatch(/payments[^]*There are more: add --after payments\n$/)
    expect(two).not.toContain('storefront')
    expect([last.items.map(({ service }) => service), last.next]).toEqual([['storefront'], null])
    expect([found.items.map(({ service }) => service), found.next]).toEqual([['storefront'], null])
    expect(nearest).toContain('Did you mean checkout?')

    expect(await words(olga, 'unfreeze', id)).toBe(`${id} is lifted.\n`)
    expect(await refusal(1, olga, 'unfreeze', id)).toContain('somebody has lifted it')
  })

  it('G2 H1 unknown keys and wrong kinds of a freeze are refused by name', async () => {
    const bodies = [
      {},
      { until: 2 },
      { until: '2h', who: 'me' },
      { until: true },
      { until: '2h', what: null },
    ]
    const answers = await Promise.all(
      bodies.map((body) => world.test.ask('POST', '/v1/freezes', { as: olga, body })),
    )
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 422))
  })

  it('I4 H8 silence, silences, unsilence', async () => {
    const [none, wrong, forbidden] = await Promise.all([
      words(rita, 'silences'),
      refusal(1, rita, 'silence', 'alertname=~*', '--until', '2h', '--because', 'noise'),
      refusal(1, vera, 'silence', 'payments', '--until', '2h', '--because', 'noise'),
    ])
    expect(none).toBe('Nothing is silenced.\n')
    expect(wrong).toContain('=~ takes the beginning of a value with * behind it')
    expect(forbidden).toContain('needs the scope respond')
    const matchers = ['service=payments', 'severity!=critical']
    const set = await json(SilenceSet, rita, 'silence', ...matchers, '--until', '2h', '--because', 'deploy')
    expect(set.matchers).toEqual([
      { label: 'service', operator: '=', value: 'payments' },
      { label: 'severity', operator: '!=', value: 'critical' },
    ])
    const upkeep = ['storefront', '--maintenance', '--until', '1h', '--because', 'upgrade']
    expect(await words(rita, 'silence', ...upkeep)).toContain('service=storefront is silenced until ')
    const table = await words(rita, 'silences')
    expect(table).toMatch(/service=payments severity!=critical .* deploy\n/)
    expect(table).toMatch(/maintenance .* upgrade\n/)
    expect(await words(rita, 'unsilence', set.id)).toContain(`${set.id} is over.`)
    const [again, ever] = await Promise.all([
      refusal(1, rita, 'unsilence', set.id),
      json(page(SilenceView), rita, 'silences', '--all'),
    ])
    expect(again).toContain('is over already')
    expect(ever.items.map(({ id, state }) => [id, state])).toContainEqual([set.id, 'over'])
  })

  it('G9 H8 mode, stop, resume', async () => {
    const [plain, about, forbidden, nearest, unknown] = await Promise.all([
      words(vera, 'mode'),
      json(ModesView, vera, 'mode', '--service', 'checkout-api'),
      refusal(1, rita, 'mode', 'auto', '--service', 'checkout'),
      refusal(1, dan, 'mode', 'auto', '--service', 'chekout'),
      refusal(2, dan, 'mode', 'happy'),
    ])
    expect(plain).toBe('Mode propose for all services.\nNothing is set for single services or playbooks.\n')
    expect(about.holds).toMatchObject({ service: 'checkout', mode: 'propose' })
    expect(forbidden).toContain('admin')
    expect(nearest).toContain('Did you mean checkout?')
    expect(unknown).toContain('observe, propose, approve, auto')
    expect(await words(dan, 'mode', 'observe', '--service', 'checkout')).toContain(
      'Mode observe for checkout.',
    )
    expect(await words(vera, 'mode')).toMatch(/service +checkout +observe +.* by Dan \(admin\)/)
    expect((await json(ModesView, dan, 'mode', 'default', '--service', 'checkout')).settings).toEqual([])
    expect(await words(dan, 'mode', 'approve')).toContain('Mode approve for all services.')

    expect(await words(rita, 'stop', 'it', 'burns')).toContain('Everything is stopped.')
    const [said, lifting] = await Promise.all([words(vera, 'mode'), refusal(1, rita, 'resume')])
    expect(said).toContain('The emergency stop is on: nothing runs.')
    expect(lifting).toContain('admin')
    expect(await json(GovernanceView, dan, 'resume', 'it is over')).toMatchObject({
      mode: 'approve',
      emergencyStop: false,
    })
    expect(await words(dan, 'mode', 'propose')).toContain('Mode propose for all services.')
  })

  it('G10 H8 break-glass: list, open, end, review', async () => {
    const open = ['break-glass', 'open', 'payments', '--because', 'the bank is down', '--for']
    const [none, forbidden, long, short] = await Promise.all([
      words(vera, 'break-glass'),
      refusal(1, rita, ...open, '30m'),
      refusal(2, dan, ...open, '90s'),
      refusal(1, dan, ...open, '5h'),
    ])
    expect(none).toBe('No glass was ever broken.\n')
    expect(forbidden).toContain('admin')
    expect(long).toContain('whole minutes such as 30m')
    expect(short).toContain('minutes')
    const { id } = await json(BreakGlassView, dan, ...open, '30m')
    const [table, early] = await Promise.all([
      words(vera, 'break-glass', 'list'),
      refusal(1, otto, 'break-glass', 'review', id, 'fine'),
    ])
    expect(table).toMatch(new RegExp(`${id} +payments +open +Dan .* the bank is down`))
    expect(early).toContain(`${id} is still open.`)
    expect(await words(rita, 'break-glass', 'end', id)).toContain(`${id} has ended.`)
    expect(await refusal(1, dan, 'break-glass', 'review', id, 'fine')).toContain('somebody else reviews')
    expect(await words(otto, 'break-glass', 'review', id, 'all', 'was', 'well')).toContain('is reviewed.')
    const { items } = await json(z.object({ items: z.array(BreakGlassView) }), vera, 'break-glass')
    expect(items).toMatchObject([
      { id, state: 'reviewed', note: 'all was well', reviewedBy: { name: 'Otto' } },
    ])
  })

  it('G8 H8 away, back', async () => {
    const [none, half, nothing, nobody] = await Promise.all([
      words(vera, 'away'),
      refusal(2, otto, 'away', '--until', '2h'),
      refusal(1, rita, 'away', '--until', '2h', '--to', 'Vera'),
      refusal(1, otto, 'away', '--until', '2h', '--to', 'Nobody At All'),
    ])
    expect(none).toBe('Nobody is away.\n')
    expect(half).toContain('give both --until and --to')
    expect(nothing).toContain('has no vote to delegate')
    expect(nobody).toContain('Nobody here is called')
    const set = await json(Delegation, otto, 'away', '--until', '2h', '--to', 'Vera')
    expect(set).toMatchObject({ person: { name: 'Otto' }, delegate: { name: 'Vera' }, holds: true })
    const [table, listed, others] = await Promise.all([
      words(vera, 'away'),
      json(DelegationList, vera, 'away'),
      refusal(1, rita, 'back', set.id),
    ])
    expect(table).toMatch(new RegExp(`${set.id} +Otto +Vera`))
    expect(listed.items).toEqual([set])
    expect(others).toContain('only what they have delegated themselves')
    expect(await words(otto, 'back', set.id)).toBe(`${set.id} has ended.\n`)
    expect(await refusal(1, otto, 'back', set.id)).toContain('is over already')
  })

  it('G8 G13 H8 request, edit, approve, revoke, approvals --signals, policy explain', async () => {
    const { proposalId } = await world.proposed({ title: 'CheckoutDown' }, 'sized')
    const first = await json(Requested, rita, 'request', proposalId)
    const [beyond, same, unclear, nowhere] = await Promise.all([
      refusal(1, rita, 'edit', proposalId, 'by=9'),
      refusal(1, rita, 'edit', proposalId, 'by=1'),
      refusal(2, rita, 'edit', proposalId, 'by'),
      refusal(1, rita, 'edit', 'prop-999', 'by=2'),
    ])
    expect(beyond).toContain('by: expected an integer from -3 to 3')
    expect(same).toContain('Nothing would change')
    expect(unclear).toContain('Not understood')
    expect(nowhere).toContain('There is no proposal prop-999.')
    const edited = await json(Edited, rita, 'edit', proposalId, 'by=2')
    const requestId = edited.requestId ?? ''
    const [old, own] = await Promise.all([
      refusal(1, otto, 'approve', first.requestId ?? ''),
      refusal(1, rita, 'revoke', requestId),
    ])
    expect(old).toContain('Already decided')
    expect(own).toMatch(/needs the scope approve/)
    expect(await refusal(1, otto, 'revoke', requestId)).not.toBe('')
    expect(await words(otto, 'approve', requestId)).toBe(`${requestId} is approved.\n`)

    const [told, shown, explained, of, unknown, malformed] = await Promise.all([
      words(vera, 'approvals', '--signals'),
      json(ApprovalSignals, vera, 'approvals', '--signals'),
      words(vera, 'policy', 'explain', edited.runId),
      json(PolicyExplained, vera, 'policy', 'explain', edited.proposalId),
      refusal(1, vera, 'policy', 'explain', 'run-999'),
      refusal(2, vera, 'policy', 'explain', '../keys'),
    ])
    expect(told).toBe('No approval of the last 30 days looks like a rubber stamp.\n')
    expect([shown.rushed, shown.pairs]).toEqual([[], []])
    expect(explained).toMatch(
      /^sized on checkout\n[^]*Now policy wants approval, quorum 1:\n[^]* {4}mode wants approval: /,
    )
    expect(of).toMatchObject({ proposalId: edited.proposalId, playbook: 'sized', service: 'checkout' })
    expect(unknown).toContain('run-999')
    expect(malformed).not.toBe('')

    expect(await json(Revoked, otto, 'revoke', requestId, '--reason', 'too soon')).toMatchObject({
      status: 'canceled',
    })
    const [twice, approvals] = await Promise.all([
      refusal(1, otto, 'revoke', requestId),
      json(page(ApprovalView), vera, 'approvals', '--status', 'all'),
    ])
    expect(twice).toContain('Already decided')
    expect(approvals.items.map(({ id, status }) => [id, status])).toEqual([
      [requestId, 'approved'],
      [first.requestId, 'canceled'],
    ])
  })

  it('G13 H8 policy check and test need no server, and end with 1 where something is wrong', async () => {
    const example = `${projectRoot}docs/examples/policy.yaml`
    const bad = join(aHome(), 'policy.yaml')
    writeFileSync(bad, 'windowz: []\n')
    const [checked, tested, wrong] = await Promise.all([
      words(vera, 'policy', 'check', example),
      json(z.object({ ok: z.literal(true), cases: z.array(z.unknown()) }), vera, 'policy', 'test', example),
      as(vera, 'policy', 'check', bad),
    ])
    expect(checked).toBe(`${example} is valid.\n`)
    expect(tested.cases).not.toEqual([])
    expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining('unknown field "windowz"')])
  })
})
