import type { IncomingHttpHeaders } from 'node:http'
import { stubFreezes, stubWindowPage } from './console-stub-calendar.ts'
import { at, cards, people, postmortem, ref, runCard } from './console-stub-data.ts'
import { stubDelegations, stubStandsInFor } from './console-stub-delegations.ts'
import { stubForm, stubForms, stubSendForm } from './console-stub-forms.ts'
import { peopleRoutes, stubLinks } from './console-stub-people.ts'
import { stubExplained } from './console-stub-policy.ts'
import { stubSelfTest } from './console-stub-self-test.ts'
import { stubSilences } from './console-stub-silences.ts'
import { aRun, type StubWorld } from './console-stub-world.ts'

/** The stub's answers, in the shapes of `/v1`. */

interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}
const ok = (body: unknown): Answer => ({ status: 200, body })
const none: Answer = { status: 204 }
const problem = (status: number, code: string, detail: string, remedy: string): Answer => ({
  status,
  body: { type: 'about:blank', title: 'Refused', status, code, detail, remedy, requestId: 'req' },
})
const answer = ([status, body]: readonly [status: number, body: unknown]): Answer => ({ status, body })
const refuse = (...given: Parameters<typeof problem>) => {
  const { status, body } = problem(...given)
  return [status, body] as const
}
const page = (items: readonly unknown[]): Answer => ok({ items, next: null })
const field = (body: unknown, name: string): string => {
  const value = (body as Record<string, unknown> | null)?.[name]
  return typeof value === 'string' ? value : ''
}

const csrf = 'csrf-of-the-stub'

export function stubRoutes(world: StubWorld, emit: (topic: string, id: string) => void) {
  return async (method: string, url: URL, body: unknown, headers: IncomingHttpHeaders): Promise<Answer> => {
    const route = `${method} ${url.pathname}`
    const [, , noun = '', id = '', part = ''] = url.pathname.split('/')
    if (world.away !== null)
      return problem(503, 'unavailable', 'Suture cannot reach its database.', 'Try again in a few seconds.')
    if (route === 'GET /v1/me') return ok(meOf(world))
    if (route === 'POST /v1/lab/persona') {
      world.me = Object.values(people).find((person) => person.id === field(body, 'personId')) ?? null
      return { ...none, headers: { 'set-cookie': 'suture_session=stub; HttpOnly; SameSite=Strict; Path=/' } }
    }
    if (route === 'POST /v1/session') {
      if (field(body, 'key') !== 'sut_right')
        return problem(401, 'unauthenticated', 'This key is not known.', 'Check that it was copied whole.')
      world.me = people.dan
      return none
    }
    if (!world.me) return problem(401, 'unauthenticated', 'Nobody is signed in.', 'Sign in.')
    if (method !== 'GET' && headers['x-csrf-token'] !== csrf)
      return problem(403, 'forbidden', 'The CSRF token is missing.', 'Reload the page.')
    if (route === 'DELETE /v1/session') {
      world.me = null
      return none
    }
    if (Object.hasOwn(world.learning, route)) return ok(world.learning[route])
    if (noun === 'forms') return ok(stubForm(world, url.searchParams.get('name') ?? ''))
    if (noun === 'clicks' && stubForms.has(field(body, 'token'))) return ok(stubSendForm(world, body))
    if (noun === 'clicks') return click(field(body, 'token'), field(body, 'note'))
    if (noun === 'lab') return labRoute(id, method, body)
    if (noun === 'channels') return page(world.channels)
    if (noun === 'queue') return ok(world.queue)
    if (noun === 'proposals') return ok(aProposalView(id))
    if (noun === 'governance') {
      if (method === 'PATCH') {
        Object.assign(world.governance, body)
        emit('governance', 'governance')
      }
      return ok(world.governance)
    }
    if (noun === 'break-glass') {
      if (method === 'GET') return page(world.glasses)
      const now = new Date().toISOString()
      const who = world.me
      if (id === '')
        world.glasses.unshift({
          ...(body as object),
          id: `bg-${world.glasses.length + 1}`,
          state: 'open',
          openedBy: ref(who),
          openedAt: now,
          until: new Date(Date.now() + Number((body as { minutes: number }).minutes) * 60_000).toISOString(),
          endedAt: null,
          endedBy: null,
          reviewedBy: null,
          reviewedAt: null,
          note: '',
        })
      const glass = world.glasses.find((each) => each['id'] === id) ?? world.glasses[0]
      if (part === 'end') Object.assign(glass ?? {}, { state: 'unreviewed', endedAt: now })
      if (part === 'review') Object.assign(glass ?? {}, { state: 'reviewed', note: field(body, 'note') })
      return ok(glass)
    }
    if (noun === 'emergency-stop') {
      world.governance.emergencyStop = (body as { on: boolean }).on
      emit('governance', 'governance')
      return ok(world.governance)
    }
    if (noun === 'modes') {
      if (method === 'PATCH') {
        const [scope, name, mode] = [field(body, 'scope'), field(body, 'name'), field(body, 'mode')]
        world.modes = world.modes.filter((each) => !(each.scope === scope && each.name === name))
        if (mode !== '')
          world.modes.push({
            scope,
            name,
            mode,
            setBy: ref(people.dan),
            setAt: new Date().toISOString(),
            inForce: true,
          })
      }
      return ok({ ...world.governance, settings: world.modes, holds: null })
    }
    if (noun === 'silences') return answer(stubSilences(world, method, id, body))
    if (noun === 'freezes') return answer(stubFreezes(world, method, id, body))
    if (noun === 'windows') return ok(stubWindowPage(world, url.searchParams))
    if (noun === 'delegations') return answer(stubDelegations(world, world.me, method, id, body))
    if (noun === 'services') return ok({ items: [{ name: 'checkout' }, { name: 'payments' }] })
    if (noun === 'playbooks') return ok({ items: [{ name: 'restart-service' }] })
    if (noun === 'people') return answer(peopleRoutes(world.people, refuse)(method, id, part, body))
    if (noun === 'links') return answer(stubLinks(world.people, world.me, id === 'redeem', body, refuse))
    if (noun === 'health') return ok(world.health)
    if (noun === 'self-test') return ok(stubSelfTest(world, method))
    if (noun === 'keys') return keys(method, id, body)
    if (noun === 'approvals') return approvals(method, id, url, body)
    if (noun === 'policy') return ok(world.policy)
    if (noun === 'runs' && part === 'policy') return ok(stubExplained(id))
    if (noun === 'runs') return runs(id, part, url, body)
    if (noun === 'incidents') return incidents(method, id, part, url, body)
    return problem(404, 'not_found', `${url.pathname} is not there.`, 'Check the address.')
  }

  function incidents(method: string, id: string, part: string, url: URL, body: unknown): Answer {
    if (id === '')
      return page(world.incidents.filter((each) => each.channel === url.searchParams.get('channel')))
    const incident = world.incidents.find((each) => each.id === id)
    if (!incident)
      return problem(404, 'not_found', `Incident ${id} does not exist.`, 'Choose one from the list.')
    if (part === '') return ok({ ...incident, ...world.detail })
    if (part === 'thread') return ok({ items: world.threads[id] ?? [] })
    if (part === 'timeline') return page(world.timeline)
    if (part === 'postmortem')
      return ok({ incidentId: id, fileName: `postmortem-${id}.md`, markdown: postmortem })
    if (part === 'messages' && method === 'POST') {
      const item = {
        kind: 'message' as const,
        id: `msg-${Date.now()}`,
        author: ref(world.me ?? people.ada),
        body: field(body, 'body'),
        createdAt: at(0),
      }
      const thread = (world.threads[id] ??= [])
      thread.push(item)
      emit('message', item.id)
      if (item.body.endsWith('?')) answerSoon(thread)
      return { status: 201, body: item }
    }
    return problem(404, 'not_found', 'No such part.', '')
  }

  function answerSoon(thread: StubWorld['threads'][string]): void {
    setTimeout(() => {
      const id = `card-${Date.now()}`
      thread.push({
        kind: 'card',
        id,
        cardKind: 'answer',
        version: 1,
        createdAt: at(0),
        updatedAt: at(0),
        card: cards.answer,
      })
      emit('card', id)
    }, 150)
  }

  async function click(token: string, note: string): Promise<Answer> {
    await world.clicksHeld
    const refused = (code: string, message: string, remedy: string, title: string, more = {}) =>
      ok({ done: false, title, message, remedy, code, ...more })
    if (token === 'tok-approve' && world.me?.id === 'person_ada')
      return refused(
        'separation_of_duties',
        'Ada requested this and so cannot approve it.',
        'Ask another person with the role approver.',
        'Somebody else must approve',
        world.refusedUntil === null ? {} : { earliest: world.refusedUntil },
      )
    if (token === 'tok-approve' && world.me?.id === 'person_ben')
      return refused(
        'forbidden',
        'Ben does not have the role to approve this.',
        'Ask someone with the role approver.',
        'Not yours to approve',
      )
    const thread = world.threads['inc-42'] ?? []
    const proposal = thread.find((each) => each.id === 'card-3')
    if (proposal?.kind === 'card' && (token === 'tok-approve' || token === 'tok-reject')) {
      const approved = token === 'tok-approve'
      proposal.version += 1
      proposal.updatedAt = at(0)
      proposal.card = {
        ...proposal.card,
        status: approved ? 'Approved' : 'Rejected',
        tone: approved ? 'good' : 'bad',
        blocks: [
          ...proposal.card.blocks.filter(
            (block) => block.kind !== 'actions' && !(block.kind === 'text' && block.tone === 'warning'),
          ),
          {
            kind: 'text',
            tone: approved ? 'good' : 'bad',
            text: [{ kind: 'plain', text: approved ? 'Chloe approved.' : `Rejected: ${note}` }],
          },
        ],
      }
      world.approvals = []
      if (approved) {
        thread.push({
          kind: 'card',
          id: 'card-run',
          cardKind: 'run',
          version: 1,
          createdAt: at(0),
          updatedAt: at(0),
          card: runCard(0),
        })
        const incident = world.incidents[0]
        if (incident)
          Object.assign(incident, { status: 'healing', now: 'Running Restart the service, step 1 of 3' })
        world.runs = [aRun('running', 0)]
      }
      for (const [topic, id] of [
        ['card', 'card-3'],
        ['incident', 'inc-42'],
        ['approval', 'req-5'],
        ['run', 'run-7'],
      ] as const)
        emit(topic, id)
    }
    return ok({
      done: true,
      title: 'Done',
      message: token === 'tok-dry' ? 'A dry run would restart lab/checkout.' : 'Your decision counts.',
      remedy: '',
      code: '',
    })
  }

  function approvals(method: string, id: string, url: URL, body: unknown): Answer {
    if (id === 'signals')
      return ok({ since: '2026-10-24T00:00:00Z', rushedUnderMs: 2_000, rushed: [], pairs: [] })
    if (method === 'GET') {
      const status = url.searchParams.get('status')
      return page(world.approvals.filter((each) => status === null || each.status === status))
    }
    const approval = world.approvals.find((each) => each.id === id)
    if (!approval) return problem(404, 'not_found', `${id} does not exist.`, '')
    const decision = field(body, 'decision')
    approval.status = decision === 'approve' ? 'approved' : 'rejected'
    approval.decidedAt = at(0)
    approval.votes.push({
      person: ref(world.me ?? people.chloe),
      decision,
      reason: field(body, 'reason'),
      at: at(0),
      via: 'console',
    })
    emit('approval', id)
    return ok({ status: approval.status, approvals: 1 })
  }

  function runs(id: string, part: string, url: URL, body: unknown): Answer {
    const run = world.runs.find((each) => each.id === id)
    if (!run) return problem(404, 'not_found', `Run ${id} does not exist.`, 'Choose one from its incident.')
    if (part === 'cancel') return { status: 202, body: run }
    if (part === 'resolution') {
      run.resolution = `it happened: ${field(body, 'note')}`
      world.queue.needsPerson = []
      emit('run', id)
      return ok(run)
    }
    if (part !== 'log') return ok(run)
    const after = Number(url.searchParams.get('after') ?? 0)
    const limit = Number(url.searchParams.get('limit') ?? 50)
    const left = world.log.filter((line) => line.seq > after)
    const items = left.slice(0, limit)
    return ok({ items, next: left.length > limit ? String(items.at(-1)?.seq) : null })
  }

  function keys(method: string, id: string, body: unknown): Answer {
    if (method === 'GET') return page(world.keys)
    if (method === 'DELETE') {
      const key = world.keys.find((each) => each.id === id)
      if (key) key.revokedAt = at(0)
      return none
    }
    const input = body as { name: string; scopes: string[] }
    const made = {
      id: `key-${world.keys.length + 1}`,
      name: input.name,
      person: ref(world.me ?? people.dan),
      scopes: input.scopes,
      createdAt: at(0),
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    }
    world.keys.unshift(made as unknown as (typeof world.keys)[number])
    return { status: 201, body: { ...made, key: 'sut_Zk9wQ2x1YnJhdGlvbi1vbi1tYXJz' } }
  }

  function labRoute(what: string, method: string, body: unknown): Answer {
    if (!world.lab) return problem(404, 'not_found', 'There is no lab.', '')
    const service = world.labState.services.find((each) => each.name === field(body, 'service'))
    if (method === 'POST' && service)
      Object.assign(
        service,
        what === 'break' ? { fault: field(body, 'fault'), healthy: false } : { fault: null, healthy: true },
      )
    return method === 'GET'
      ? ok({ faults: ['hang', 'crash', 'errors', 'latency', 'leak', 'bad-flag'], state: world.labState })
      : none
  }
}

const aProposalView = (id: string) => ({
  id,
  incidentId: 'inc-42',
  rank: 0,
  withdrawn: false,
  createdAt: at(4),
  digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  verdict: {},
  proposal: {
    playbookTitle: 'Take load off',
    service: 'checkout',
    impact: 'medium',
    targets: ['lab/checkout-1', 'lab/checkout-2'],
    plan: [
      {
        id: 'flag',
        title: 'Turn the flag new-pricing off',
        undo: 'Turn the flag new-pricing on',
        calls: ['lab/checkout-1', 'lab/checkout-2'].map((target) => ({
          target,
          call: `POST http://${target}/flags {"flag":"new-pricing","enabled":false} (secret shop-token)`,
          undo: `POST http://${target}/flags {"flag":"new-pricing","enabled":true} (secret shop-token)`,
        })),
      },
      {
        id: 'restart',
        title: 'Restart the service',
        undo: null,
        calls: [{ target: 'lab/checkout-1', call: 'POST http://lab/checkout-1/restart', undo: null }],
      },
    ],
  },
})

const scopesOf = (roles: readonly string[]): string[] =>
  roles.includes('admin')
    ? ['read', 'respond', 'approve', 'admin']
    : roles.includes('approver')
      ? ['read', 'approve']
      : ['read', 'respond']

function meOf(world: StubWorld) {
  return {
    signedIn: world.me !== null,
    tenant: 'default',
    person: world.me,
    scopes: world.me ? scopesOf(world.me.roles) : [],
    accounts: [],
    standsInFor: world.me ? stubStandsInFor(world, world.me.id) : [],
    csrfToken: world.me ? csrf : null,
    lab: world.lab ? { personas: Object.values(people) } : null,
    version: '0.1.0',
  }
}
