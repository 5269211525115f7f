import { expect } from 'vitest'
import { changeGovernance, type GovernanceChange } from '../../src/app/change-governance.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Card } from '../../src/domain/card.ts'
import { isRejection, type PolicyReasonCode, rejectionTable } from '../../src/domain/rejection.ts'
import { alwaysOpen } from '../support/always-open.ts'
import { testTenant } from '../support/app.ts'
import { sized } from '../support/sized-playbook.ts'
import { onSlack, words } from './chat-world.ts'
import { good, type RightsWorld } from './rights-world.ts'

/** What one layer wrote when it refused once. */
export interface Written {
  readonly reason_code: string
  readonly detail: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** What a layer is expected to say besides its code. */
export interface Expected {
  /** Time decides: then it says from when on. */
  readonly timed?: boolean
}

export const timed: Expected = { timed: true }

/** Hands by which a refusal is provoked: a chat, the API and a worker. Each checks that the layer spoke once, and well. */
export const reasonHands = (world: RightsWorld) => {
  const written = (): Promise<Written[]> =>
    world.read(async (tx) =>
      (await tx.db.selectFrom('audit_entry').select('bytes').orderBy('seq').execute())
        .map((row) => (JSON.parse(row.bytes.toString()) as { details: Partial<Written> }).details)
        .filter((details): details is Written => details.reason_code !== undefined),
    )
  const once = async <T>(code: PolicyReasonCode, work: () => Promise<T>): Promise<T> => {
    const before = (await written()).length
    const result = await work()
    const fresh = (await written()).slice(before)
    expect(fresh.map((each) => each.reason_code)).toEqual([code])
    const [{ detail, facts }] = fresh as [Written]
    expect(detail).toMatch(/\S/)
    expect([code, Object.keys(facts)]).not.toEqual([code, []])
    return result
  }
  const asOf = (role: string) => {
    const as = world.askers.find(({ name }) => name === role)?.as
    if (as === undefined) throw new Error(`nobody has the role ${role} alone`)
    return as
  }
  const post = (role: string, path: string, body?: unknown) =>
    world.ask('POST', path, { as: asOf(role), ...(body === undefined ? {} : { body }) })
  const posted = async <T>(role: string, path: string, body?: unknown): Promise<T> => {
    const { status, text, json } = await post(role, path, body)
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`)
    return json as T
  }
  const offered = async (playbook = 'two-steps', kind: 'plain' | 'mute' = 'plain') => {
    const { name, service } = world.take(kind)
    const incident = await world.fire(name)
    await healIncident(world.app, testTenant, incident)
    return { name, service, incident, proposal: await world.proposalOf(incident, playbook) }
  }
  const asked = async (kind?: 'plain' | 'mute') => {
    const about = await offered('two-steps', kind)
    return {
      ...about,
      ...(await posted<{ runId: string; requestId: string }>(
        'responder',
        `/v1/proposals/${about.proposal}/requests`,
      )),
    }
  }
  return {
    once,
    offered,
    asked,
    post,
    queued: async (kind?: 'plain' | 'mute') => {
      const about = await asked(kind)
      await posted('approver', `/v1/approvals/${about.requestId}/decisions`, { decision: 'approve' })
      return about
    },
    /** The policy of the tenant from now on, as YAML; always open when absent. */
    policy: (text = alwaysOpen.text, edit?: (catalogue: string) => string) =>
      world.configure({ sized }, edit, testTenant, text),
    governance: async (change: GovernanceChange) =>
      good(await changeGovernance(world.app, await world.caller('Root', ['admin']), change)),
    byApi: async (
      code: PolicyReasonCode,
      role: string,
      path: string,
      body?: unknown,
      { timed }: Expected = {},
    ) => {
      const { status, json } = await once(code, () => post(role, path, body))
      expect([status, json]).toEqual([
        rejectionTable[code].status,
        expect.objectContaining({
          code,
          title: rejectionTable[code].title,
          detail: expect.stringMatching(/\S/) as string,
          remedy: expect.stringMatching(/\S/) as string,
        }),
      ])
      const { facts, earliest } = json as { facts?: object; earliest?: string }
      expect([code, Object.keys(facts ?? {})]).not.toEqual([code, []])
      expect([code, earliest !== undefined]).toEqual([code, timed === true])
      if (earliest !== undefined) Temporal.Instant.from(earliest)
      return json as Readonly<Record<string, unknown>>
    },
    byChat: async (
      code: PolicyReasonCode,
      role: string,
      text: string,
      { timed }: Expected = {},
    ): Promise<Card> => {
      const user = onSlack(`U${role.toUpperCase()}`, { groups: [] })
      const { card } = await once(code, () => world.commands.command(user, text))
      expect([card.title, card.status]).toEqual([rejectionTable[code].title, 'Refused'])
      // The next right step is what is read first, and what the rule saw stands below it.
      expect(words(card).split('\n')[1]).toMatch(/^Next: \S/)
      expect(card.blocks.filter(({ kind }) => kind === 'fields')).toHaveLength(1)
      expect(words(card)).toContain(`rule: ${code}`)
      expect([code, words(card).includes('Earliest')]).toEqual([code, timed === true])
      return card
    },
    byWorker: async (code: PolicyReasonCode, runId: string) => {
      const result: unknown = await once(code, () => performRun(world.app, testTenant, runId))
      expect(isRejection(result)).toBe(false)
      return world.run(runId)
    },
  }
}
