import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyRequest } from '../../adapters/slack/verify.ts'
import type { HookRequest, HookResponse } from '../../src/app/ports.ts'
import { type TestSlack, testSlack } from '../support/slack.ts'
import {
  appMention,
  blockActions,
  eventCallback,
  homeOpened,
  message,
  recordedAt,
  type Signing,
  signedForm,
  signedJson,
  signedPayload,
  signingSecret,
  slashCommand,
  viewSubmission,
} from '../support/slack-requests.ts'

/** Slack's requests as its documentation has them, re-signed: genuine, forged, late, early, and a second time. */

let slack: TestSlack
let before: { refusals: number; acted: number }
/** Makes every request of this file another one, as they are in life. */
let round = 0
const homeReader = 'U0READER'

const acted = (): number => {
  const { presses, commanded, sayings, homes } = slack.commands
  // Whoever presses has their home shown anew a moment later: only the one who opened it counts.
  const openedHomes = homes.filter(({ userId }) => userId === homeReader)
  return presses.length + commanded.length + sayings.length + openedHomes.length
}
const ask = (request: HookRequest): Promise<HookResponse> =>
  (slack.chat.hook as (request: HookRequest) => Promise<HookResponse>)(request)
const refusedSince = (): readonly string[] =>
  slack.commands.refusals.slice(before.refusals).map(({ reason }) => reason)
const actedSince = (): number => acted() - before.acted

beforeAll(async () => {
  slack = await testSlack({ way: 'http' })
})
afterAll(() => slack.close())
beforeEach(() => {
  round++
  before = { refusals: slack.commands.refusals.length, acted: acted() }
})

const recorded: Readonly<Record<string, (signing?: Signing) => HookRequest>> = {
  'slash command': (signing) => signedForm(slashCommand({ trigger_id: `${round}.1` }), signing),
  click: (signing) =>
    signedPayload(blockActions({ actionId: 'act:token', actionTs: `${round}.1`, inHome: true }), signing),
  'submitted form': (signing) =>
    signedPayload(viewSubmission({ callbackId: 'prompt:token', note: 'why', viewId: `V${round}` }), signing),
  mention: (signing) => signedJson(eventCallback(appMention('status', { ts: `${round}.1` })), signing),
  'direct message': (signing) => signedJson(eventCallback(message('status', { ts: `${round}.2` })), signing),
  'opened home': (signing) =>
    signedJson(eventCallback({ ...homeOpened(), user: homeReader }, { event_time: round }), signing),
}

const changed = (request: HookRequest, at: number): HookRequest => {
  const rawBody = Buffer.from(request.rawBody)
  rawBody[at] = (rawBody[at] ?? 0) ^ 1
  return { ...request, rawBody }
}
const withHeader = (request: HookRequest, name: string, value: string | null): HookRequest => ({
  ...request,
  headers: { get: (asked) => (asked === name ? value : request.headers.get(asked)) },
})

describe.each(Object.entries(recorded))('C1 a recorded %s', (_, make) => {
  test('C1 is taken and acted on', async () => {
    expect((await ask(make())).status).toBe(200)
    await slack.commands.until(() => actedSince() > 0)
    expect(refusedSince()).toEqual([])
  })

  test('C1 is taken to the last second of the window, either way', async () => {
    expect((await ask(make({ at: recordedAt - 300 }))).status).toBe(200)
    await slack.commands.until(() => actedSince() === 1)
    round += 1_000
    expect((await ask(make({ at: recordedAt + 300 }))).status).toBe(200)
    await slack.commands.until(() => actedSince() === 2)
    expect(refusedSince()).toEqual([])
  })

  test('C1 with one wrong byte anywhere is refused, audited and not acted on', async () => {
    const genuine = make()
    const last = genuine.rawBody.length - 1
    const places = [0, 1, Math.floor(last / 3), Math.floor(last / 2), last]
    for (const at of places) expect((await ask(changed(genuine, at))).status).toBe(401)
    expect(refusedSince()).toEqual(places.map(() => 'mismatch'))
    expect(actedSince()).toBe(0)
  })

  test('C1 from before or after the window is refused, audited and not acted on', async () => {
    for (const seconds of [-301, -3_600, -86_400 * 365, 301, 3_600, 86_400 * 365])
      expect((await ask(make({ at: recordedAt + seconds }))).status).toBe(401)
    expect(new Set(refusedSince())).toEqual(new Set(['stale']))
    expect(refusedSince()).toHaveLength(6)
    expect(actedSince()).toBe(0)
  })

  test('C1 with a new timestamp on an old signature is refused', async () => {
    const old = make({ at: recordedAt - 200 })
    const moved = withHeader(old, 'x-slack-request-timestamp', String(recordedAt))
    expect((await ask(moved)).status).toBe(401)
    expect(refusedSince()).toEqual(['mismatch'])
  })

  test('C1 signed by somebody else is refused', async () => {
    expect((await ask(make({ secret: `${signingSecret}.` }))).status).toBe(401)
    expect(refusedSince()).toEqual(['mismatch'])
    expect(actedSince()).toBe(0)
  })

  test('C1 a second time within the window is refused as replayed, and acts once', async () => {
    expect((await ask(make())).status).toBe(200)
    await slack.commands.until(() => actedSince() > 0)
    const again = await Promise.all([ask(make()), ask(make()), ask(make())])
    expect(again.map(({ status }) => status)).toEqual([401, 401, 401])
    expect(refusedSince()).toEqual(['replayed', 'replayed', 'replayed'])
    expect(actedSince()).toBe(1)
  })

  test('C1 without a signature or a timestamp, or with nonsense in their place, is refused', async () => {
    const cases: readonly [string, string | null, string][] = [
      ['x-slack-signature', null, 'missing'],
      ['x-slack-request-timestamp', null, 'missing'],
      ['x-slack-signature', '', 'malformed'],
      ['x-slack-signature', 'v0=', 'malformed'],
      ['x-slack-signature', `v1=${'0'.repeat(64)}`, 'malformed'],
      ['x-slack-signature', `v0=${'é'.repeat(64)}`, 'malformed'],
      ['x-slack-signature', `v0=${'0'.repeat(64)}`, 'mismatch'],
      ['x-slack-request-timestamp', 'now', 'malformed'],
      ['x-slack-request-timestamp', '1e9', 'malformed'],
      ['x-slack-request-timestamp', '-1795370000', 'malformed'],
      ['x-slack-request-timestamp', '9'.repeat(400), 'malformed'],
    ]
    for (const [name, value] of cases)
      expect((await ask(withHeader(make(), name, value))).status, `${name}: ${value}`).toBe(401)
    expect(refusedSince()).toEqual(cases.map(([, , reason]) => reason))
    expect(actedSince()).toBe(0)
  })
})

describe("C1 Slack's own retries carry a new signature and are taken", () => {
  const retried = { headers: { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' } }

  test.each(['slash command', 'click', 'submitted form'])('C1 a retried %s acts once', async (name) => {
    const make = recorded[name] as (signing?: Signing) => HookRequest
    const done = (): number => slack.commands.presses.length + slack.commands.commanded.length
    const first = done()
    expect((await ask(make())).status).toBe(200)
    for (const at of [1, 60, 299])
      expect((await ask(make({ ...retried, at: recordedAt + at }))).status).toBe(200)
    await slack.commands.until(() => done() > first)
    expect(done() - first).toBe(1)
    expect(refusedSince()).toEqual([])
  })

  test('C1 a retried message has the key of the first, by which its answer is given once', async () => {
    const first = slack.commands.sayings.length
    for (const [at, id] of [
      [0, 'Ev1'],
      [60, 'Ev2'],
    ] as const) {
      const again = eventCallback(message('status', { ts: `${round}.7` }), { event_id: id })
      expect((await ask(signedJson(again, { ...retried, at: recordedAt - at }))).status).toBe(200)
    }
    await slack.commands.until(() => slack.commands.sayings.length === first + 2)
    const keys = slack.commands.sayings.slice(first).map(({ said }) => said.messageKey)
    expect(keys).toEqual([`D000000001/${round}.7`, `D000000001/${round}.7`])
  })
})

describe('C1 what is not for people', () => {
  test("C1 Slack's question whether the address is ours is answered, when it is signed", async () => {
    const question = { token: 'x', challenge: 'c123', type: 'url_verification' }
    const answer = await ask(signedJson(question))
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(answer.body)).toEqual({ challenge: 'c123' })
    expect((await ask(signedJson(question, { secret: 'other' }))).status).toBe(401)
  })

  test("C1 Slack's look at the certificate is answered", async () => {
    expect(await ask(signedForm({ ssl_check: '1', token: 'x' }))).toMatchObject({ status: 200, body: '' })
    expect(actedSince()).toBe(0)
  })

  test('C1 signed bytes that are no request are refused in words for the audit, not with a crash', async () => {
    const bodies = [{ payload: '{' }, { payload: '[1]' }, { payload: 'null' }, { payload: '"text"' }]
    for (const body of bodies) expect((await ask(signedForm(body))).status).toBe(400)
    expect(refusedSince()).toEqual(bodies.map(() => 'malformed'))
    for (const body of [[], 7, null, 'text']) expect((await ask(signedJson(body as object))).status).toBe(400)
  })

  test('C1 a body of 40,000 characters with every trick in it is words to the command', async () => {
    const text = '‮​<!channel> @everyone ```x``` '.repeat(1_300)
    const request = signedForm(slashCommand({ text, trigger_id: `${round}.big` }))
    expect((await ask(request)).status).toBe(200)
    await slack.commands.until(() => actedSince() > 0)
    expect(slack.commands.commanded.at(-1)?.words).toContain('@channel @everyone')
  })

  test('C1 once it stops, a request is sent away before it is believed', async () => {
    const stopped = await testSlack({ way: 'http' })
    await stopped.chat.stop()
    const hook = stopped.chat.hook as (request: HookRequest) => Promise<HookResponse>
    const make = recorded['slash command'] as () => HookRequest
    expect((await hook(make())).status).toBe(503)
    expect(stopped.chat.state()).toEqual({ connected: false, sentence: 'stopped' })
    await stopped.close()
  })

  test('C1 a database that does not answer leaves the request to be sent again', async () => {
    const stuck = await testSlack({
      way: 'http',
      answers: { firstTime: () => new Promise(() => {}) },
      timing: { ackMs: 30 },
    })
    const hook = stuck.chat.hook as (request: HookRequest) => Promise<HookResponse>
    const make = recorded['click'] as () => HookRequest
    expect((await hook(make())).status).toBe(503)
    expect(stuck.commands.presses).toEqual([])
    await stuck.close()
  })
})

test('C1 the signature that the documentation shows is found genuine', () => {
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const request = {
    rawBody: Buffer.from(body),
    headers: new Headers({
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    }),
  }
  expect(verifyRequest(request, '8f742231b10e8888abcd99yyyzzz85a5', 1_531_420_618_000).genuine).toBe(true)
})
