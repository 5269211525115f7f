import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listedOperations } from '../../scripts/render-api.ts'
import { operationRights } from '../../src/domain/rights/operations.ts'
import type { Right } from '../../src/domain/rights/right.ts'
import type { Operation } from '../../src/http/operation.ts'
import type { Answer } from '../support/http.ts'
import { operationSamples, type Sample } from './rights-samples.ts'
import {
  type Asker,
  history,
  mayAsk,
  missing,
  type RightsWorld,
  rightsWorld,
  type Subjects,
} from './rights-world.ts'

/** Every operation as everybody, on what is theirs and on what is another tenant's. The table says what must come of it. */

let world: RightsWorld
beforeAll(async () => {
  world = await rightsWorld()
})
afterAll(() => world.close())

/** These end the session they are sent with. */
const last = ['signOut', 'bePersona']
const operations = listedOperations()
  .toSorted((one, other) => last.indexOf(one.id) - last.indexOf(other.id))
  .map((operation) => ({ operation, id: operation.id }))
const isRead = ({ method }: Operation) => method === 'get'

const rightOf = (id: string): Right => {
  const right = operationRights[id]
  if (right === undefined) throw new Error(`${id} has no row in src/domain/rights/operations.ts`)
  return right
}
const sampleOf = (id: string): Sample => {
  const sample = operationSamples[id]
  if (sample === undefined) throw new Error(`${id} has no sample in test/db/rights-samples.ts`)
  return sample
}

const send = ({ id, method, path }: Operation, asker: Asker, subjects: Subjects): Promise<Answer> => {
  const sample = sampleOf(id)
  return world.ask(
    method.toUpperCase(),
    path.replace('{id}', sample.id?.(subjects) ?? 'none').replace('{path}', sample.path ?? 'none') +
      (sample.query ?? ''),
    {
      ...(asker.as === undefined ? {} : { as: asker.as }),
      ...(sample.body === undefined ? {} : { body: sample.body(subjects) }),
    },
  )
}

it('G8 every operation has a sample, and every sample an operation', () => {
  expect(Object.keys(operationSamples).sort()).toEqual(operations.map(({ id }) => id).sort())
})

describe('whoever may not', () => {
  it.each(operations)(
    'G8 is refused $id, which changes nothing and is written down',
    async ({ operation }) => {
      const before = await world.tables(history)
      for (const asker of world.askers) {
        if (mayAsk(rightOf(operation.id), asker)) continue
        const [denied, refusals] = [world.denied(), (await world.refusals()).length]
        const { status, json } = await send(operation, asker, world.own)
        const who = `${operation.id} as ${asker.name}`
        expect([who, status]).toEqual([who, asker.as === undefined ? 401 : 403])
        expect([who, json]).toEqual([
          who,
          expect.objectContaining({
            code: expect.stringMatching(/^(unauthenticated|forbidden|separation_of_duties)$/) as string,
            detail: expect.stringMatching(/./) as string,
            remedy: expect.stringMatching(/./) as string,
          }),
        ])
        expect([who, world.denied()]).toEqual([who, denied + 1])
        // The gate writes its line; whoever is let in by it and then refused stands in the history as well.
        const { access } = operation
        const letIn = access.kind === 'scopes' && access.scopes.every((scope) => asker.scopes.includes(scope))
        const written = (await world.refusals()).slice(refusals)
        expect([who, written.length]).toEqual([who, asker.as !== undefined && letIn ? 1 : 0])
      }
      expect(await world.tables(history)).toEqual(before)
    },
  )
})

describe('what is another tenant’s', () => {
  const withId = operations.filter(({ id }) => operationSamples[id]?.id !== undefined)
  it.each(withId)('A3 does not exist for $id, and nothing hints that it does', async ({ operation }) => {
    const before = await world.tables(history)
    const askers: [Asker, Subjects][] = [
      ...world.askers.map((asker): [Asker, Subjects] => [asker, world.foreign]),
      [world.stranger, world.own],
    ]
    for (const [asker, subjects] of askers) {
      const theirs = await send(operation, asker, subjects)
      const nobodys = await send(operation, asker, missing(subjects))
      const who = `${operation.id} as ${asker.name}`
      const id = sampleOf(operation.id).id
      expect([who, told(theirs, id?.(subjects))]).toEqual([who, told(nobodys, id?.(missing(subjects)))])
      expect([who, theirs.status]).toEqual([
        who,
        mayAsk(rightOf(operation.id), asker) && !ofOneself.has(operation.id)
          ? 404
          : expect.toBeOneOf([401, 403, 404]),
      ])
    }
    expect(await world.tables(history)).toEqual(before)
  })

  /** Of somebody else’s not even an admin of the same tenant gets more than a refusal, unless it is theirs to see. */
  const ofOneself = new Set(['listAccounts'])
  const told = ({ status, json }: Answer, id = ''): unknown => [
    status,
    JSON.stringify({ ...(json as object), requestId: '' }).replaceAll(id, 'ID'),
  ]
})

/** Whoever fetches entries as tiles takes them along, and the history says so. */
const leavesAnEntry = 'getLogEntries'

it('G8 nothing that is read changes anything, whoever reads', async () => {
  const before = await world.tables()
  for (const { operation } of operations.filter(
    (each) => isRead(each.operation) && each.operation.id !== leavesAnEntry,
  ))
    for (const asker of [...world.askers, world.stranger]) await send(operation, asker, world.own)
  expect(await world.tables()).toEqual(before)
})

describe('whoever may', () => {
  /** Of somebody else: theirs to ask, and an admin's to be answered. */
  const own: Readonly<Record<string, readonly number[]>> = {
    listAccounts: [403],
    revokeKey: [404],
    // Of no key and no code: they may try.
    signIn: [401],
    redeemLinkCode: [404, 429],
    click: [200],
    unlinkAccount: [404],
    // Of no ticket.
    fetchAuditExport: [404],
  }

  it.each(operations)('G8 is not refused $id', async ({ operation }) => {
    for (const asker of world.askers) {
      if (!mayAsk(rightOf(operation.id), asker)) continue
      const { status, text } = await send(operation, asker, world.own)
      const answer = `${operation.id} as ${asker.name}: ${text.slice(0, 200)}`
      const wrong = [400, 401, 403, 404, 422, 429, 500, 503].filter(
        (each) => !(own[operation.id] ?? []).includes(each),
      )
      expect([answer, wrong.includes(status) ? status : 'let in']).toEqual([answer, 'let in'])
    }
  })
})
