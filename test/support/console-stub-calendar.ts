import { at, people, ref } from './console-stub-data.ts'
import type { StubWorld } from './console-stub-world.ts'

/** Freezes and windows of the stub, in the shapes of `/v1`. */

export interface StubFreeze {
  readonly id: string
  readonly what: string
  readonly from: string
  readonly until: string
  readonly reason: string
  readonly setBy: { readonly id: string; readonly name: string } | null
}

const window = { timeZone: 'Europe/Berlin', besides: [], holiday: null, frozenUntil: null }

export const stubWindows = () => [
  { ...window, service: 'checkout', open: true, changesAt: at(-90), windows: ['Mon-Fri 09:00-18:00'] },
  {
    ...window,
    service: 'payments',
    open: false,
    changesAt: at(-600),
    windows: ['Mon-Fri 09:00-18:00'],
    holiday: 'bank-holidays',
  },
  { ...window, service: 'search', open: true, changesAt: null, windows: [] },
]

/** A page as `/v1/windows` has it, in order of name. */
export const stubWindowPage = (world: StubWorld, query: URLSearchParams) => {
  const [after, search, limit] = [
    query.get('after') ?? '',
    query.get('search') ?? '',
    Number(query.get('limit') ?? 50),
  ]
  const left = world.windows.filter(({ service }) => service > after && service.includes(search))
  const items = left.slice(0, limit)
  return { items, next: left.length > limit ? (items.at(-1)?.service ?? null) : null }
}

const input = (body: unknown, name: string): string => (body as Record<string, string>)[name] ?? ''

export const stubFreezes = (
  world: StubWorld,
  method: string,
  id: string,
  body: unknown,
): readonly [status: number, body: unknown] => {
  if (method === 'GET') return [200, { items: world.freezes }]
  if (method === 'DELETE') {
    world.freezes = world.freezes.filter((each) => each.id !== id)
    return [204, undefined]
  }
  if (input(body, 'until') === 'soon')
    return [
      422,
      {
        type: 'about:blank',
        title: 'Not valid',
        status: 422,
        code: 'invalid',
        detail: '“soon” is no time that Suture understands.',
        remedy: 'Say a time that lies ahead: 18:00, 2h.',
        requestId: 'req',
      },
    ]
  const freeze: StubFreeze = {
    id: `frz-${world.freezes.length + 1}`,
    what: input(body, 'what') === 'all' ? 'everything' : input(body, 'what'),
    from: at(0),
    until: at(-120),
    reason: input(body, 'reason'),
    setBy: ref(people.dan),
  }
  world.freezes.push(freeze)
  return [201, { ...freeze, timeZone: 'UTC', told: 0 }]
}
