import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOut, click } from '../../src/app/click.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Card } from '../../src/domain/card.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died, dyingAt } from './core-world.ts'

describe('a run that ended unknown asks people', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  const cardOf = async (incidentId: string, key: string): Promise<Card> =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select('body')
          .where('id', '=', `${incidentId}/${key}`)
          .executeTakeFirstOrThrow(),
      )
    ).body
  const buttonsOf = (card: Card) =>
    card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
  const tokenOf = (card: Card, label: string): string => {
    const found = buttonsOf(card).find((action) => action.label === label)
    if (found === undefined) throw new Error(`no button ${label} on ${plainText(card)}`)
    return found.token
  }
  const unknown = async () => {
    const { name, service } = world.take('mute')
    const { runId, incidentId } = await world.queued(name)
    await expect(performRun(dyingAt(world.app, 'acted:action:scale'), testTenant, runId)).rejects.toThrow(
      Died,
    )
    world.shift(afterTheLeaseMs)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
    return { runId, incidentId, name, service }
  }
  const locks = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('target_lock').selectAll().where('run_id', '=', runId).execute())

  it('R7 its card says per step what is known, names the call nobody knows of and the locked target, and has three buttons', async () => {
    const { runId, incidentId, name } = await unknown()
    const card = await cardOf(incidentId, `run/${runId}`)
    const words = plainText(card)
    expect(words).toMatch(/\[x\] .+ - done/)
    expect(words).toMatch(
      new RegExp(
        `nobody knows whether “[^”]+” happened\\. It began [^ ]+: POST ${world.estate.url}/${name}/act/scale_instances`,
      ),
    )
    expect(words).toContain(`Locked until somebody says: test/${name}`)
    expect(buttonsOf(card).map(({ label, prompt }) => [label, prompt?.required])).toEqual([
      ['It happened', true],
      ['It did not happen', true],
      ['Undo it', true],
    ])
  })

  it('R7 a press frees its targets, takes the buttons off the card, and the card says who said what', async () => {
    const { runId, incidentId } = await unknown()
    const abe = await world.caller('Abe', ['approver'])
    const token = tokenOf(await cardOf(incidentId, `run/${runId}`), 'It did not happen')
    expect(await click(world.app, abe, token, 'two instances, as before')).toMatchObject({ done: true })
    expect(await locks(runId)).toEqual([])
    const card = await cardOf(incidentId, `run/${runId}`)
    expect(buttonsOf(card)).toEqual([])
    expect(plainText(card)).toContain('Abe says: it did not happen: two instances, as before.')
    expect(await click(world.app, abe, token, 'again')).toMatchObject({
      done: false,
      code: 'already_decided',
    })
  })

  it('R7 a note is needed, and the role approver: neither a responder nor silence frees a target', async () => {
    const { runId, incidentId } = await unknown()
    const card = await cardOf(incidentId, `run/${runId}`)
    const ben = await world.caller('Ben', ['responder'])
    expect(await click(world.app, ben, tokenOf(card, 'It happened'), 'I guess')).toMatchObject({
      done: false,
      code: 'forbidden',
    })
    const abe = await world.caller('Abe', ['approver'])
    expect(await click(world.app, abe, tokenOf(card, 'It happened'), '  ')).toMatchObject({ done: false })
    const unscoped = { ...abe, scopes: ['read', 'respond'] as const }
    expect(await carryOut(world.app, unscoped, 'happened', runId, 'I saw it')).toMatchObject({
      code: 'forbidden',
    })
    expect(await locks(runId)).toHaveLength(1)
  })

  it('R4 R7 Undo it is carried out by a run of its own, which says what it undoes', async () => {
    const { runId, incidentId } = await unknown()
    const abe = await world.caller('Abe', ['approver'])
    const token = tokenOf(await cardOf(incidentId, `run/${runId}`), 'Undo it')
    expect(await click(world.app, abe, token, 'put it back')).toMatchObject({
      done: true,
      title: 'Being undone',
    })
    const undoing = await world.read((tx) =>
      tx.db.selectFrom('run').select('id').where('undo_of', '=', runId).executeTakeFirstOrThrow(),
    )
    expect(plainText(await cardOf(incidentId, `run/${runId}`))).toContain(`${undoing.id} undoes it`)
    await performRun(world.app, testTenant, undoing.id)
    const card = await cardOf(incidentId, `run/${undoing.id}`)
    expect(plainText(card)).toContain(`Undoes ${runId}.`)
    expect(card.blocks.find((block) => block.kind === 'steps')).toMatchObject({ done: 2, total: 2 })
  })

  it('R4 a rollback that fails is told in a notice of its own: what was not undone, and the call that should have', async () => {
    const { name, service } = world.take()
    const { runId, incidentId } = await world.queued(name)
    service.heals = false
    service.beforeEffect = async (_, key) => (key.endsWith('flag.rollback') ? 500 : 200)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'rollback_failed' })
    const notice = await cardOf(incidentId, `notice/rollback-failed-${runId}`)
    expect([notice.status, notice.tone]).toEqual(['ROLLBACK FAILED', 'bad'])
    expect(plainText(notice)).toContain(
      `This should have undone it: POST ${world.estate.url}/${name}/act/set_feature_flag {"flag":"pricing","enabled":true}`,
    )
    expect(plainText(notice)).not.toContain('scale_instances')
  })
})
