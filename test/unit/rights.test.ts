import { describe, expect, it } from 'vitest'
import { listedOperations } from '../../scripts/render-api.ts'
import { commandNames } from '../../src/domain/chat-command.ts'
import { buttonRights } from '../../src/domain/rights/buttons.ts'
import { commandRights } from '../../src/domain/rights/commands.ts'
import { operationRights } from '../../src/domain/rights/operations.ts'
import type { Rights } from '../../src/domain/rights/right.ts'
import { cardCommands } from '../../src/storage/card.table.ts'

/** Whoever adds an operation, a command or a button says in src/domain/rights who may; whoever takes one away, takes its row too. */
const tables: readonly [string, Rights, readonly string[]][] = [
  ['operations', operationRights, listedOperations().map(({ id }) => id)],
  ['commands', commandRights, commandNames],
  ['buttons', buttonRights, cardCommands],
]

describe.each(tables)('the rights of %s', (_, rights, names) => {
  it('G8 name everything that the code has, once', () => {
    expect(names.filter((name) => !Object.hasOwn(rights, name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })

  it('G8 name nothing that the code does not have', () => {
    expect(Object.keys(rights).filter((name) => !names.includes(name))).toEqual([])
  })

  it('G8 give an admin whatever any role has, and nobody an empty list', () => {
    const wrong = Object.entries(rights).filter(
      ([, { who }]) => typeof who !== 'string' && !who.includes('admin'),
    )
    expect(wrong).toEqual([])
  })
})

it('G8 the scopes of an operation are what its right says', () => {
  const wrong = listedOperations().flatMap(({ id, access }) => {
    const right = operationRights[id]
    const declared = access.kind === 'scopes' ? access.scopes : []
    // Live streams check by themselves, so that a stranger who probes is answered as one.
    const said = right?.scope == null || id === 'listen' ? [] : [right.scope]
    return JSON.stringify(declared) === JSON.stringify(said)
      ? []
      : [`${id}: ${declared.join()} is not ${said.join()}`]
  })
  expect(wrong).toEqual([])
})
