import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { editProposal } from '../../src/app/proposal/edit-proposal.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** A Wednesday far ahead, shortly before the working hours: what day it is while the tests run says nothing. */
const early = Temporal.Instant.from('2031-06-04T08:30:00Z')

const sized = `name: sized
version: 1
title: Add instances
description: Adds instances.
impact: medium
diagnoses: [service_down, elevated_errors, general_degradation, saturation]
parameters:
  by: { title: Instances, type: integer, min: -3, max: 3, default: 1 }
steps:
  - id: scale
    action: scale_instances
    with: { delta: '\${{ parameters.by }}' }
    timeout: 1s
    rollback: { action: scale_instances, with: { delta: -1 }, timeout: 1s }
verify: { check: http_probe, within: 400ms, every: 50ms, healthy: 2 }
prior: { worked: 20, failed: 0 }
`

describe('an edit of what asked for an override', () => {
  let world: CoreWorld
  let ada: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({ sized }, undefined, undefined, 'windows:\n  - { id: working-hours }\n')
    ada = await world.caller('Ada', ['responder', 'approver'])
    const now = await world.read(async (tx) => tx.now)
    world.shift(early.epochMilliseconds - now.epochMilliseconds)
  })
  afterAll(() => world.close())

  const requestOf = (id: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('approval_request')
        .select(['overrides', 'override_reason', 'required_roles'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    )
  const edited = async (proposalId: string, by: number) => {
    const answer = await editProposal(world.app, ada, proposalId, { by })
    if (isRejection(answer)) throw new Error(JSON.stringify(answer))
    return { proposalId: answer.proposalId, request: await requestOf(answer.requestId ?? '') }
  }

  it('G8 asks for it again while policy refuses, and for none once the window has opened', async () => {
    const proposalId = await world.proposalOf(await world.proposed(world.take().name), 'sized')
    const asked = await requestRun(world.app, ada, proposalId, { override: { reason: 'orders are lost' } })
    expect(isRejection(asked)).toBe(false)
    const before = await edited(proposalId, 2)
    expect(before.request).toEqual({
      overrides: ['change_window'],
      override_reason: 'orders are lost',
      required_roles: ['override'],
    })
    world.shift(30 * 60_000)
    expect((await edited(before.proposalId, 3)).request).toEqual({
      overrides: [],
      override_reason: '',
      required_roles: [],
    })
  })
})
