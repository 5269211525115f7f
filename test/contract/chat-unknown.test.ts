import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { afterTheLeaseMs, Died, dyingAt } from '../db/core-world.ts'
import { testTenant } from '../support/app.ts'
import { consoleChat } from './chat-console.ts'
import { discordChat } from './chat-discord.ts'
import type { Button, ChatHarness, Incident } from './chat-harness.ts'
import { slackChat } from './chat-slack.ts'

/** A run of which nobody knows how far it got, over every chat: the real adapter, the real rules, a real database. */
const unknownContract = (name: string, open: () => Promise<ChatHarness>): void => {
  // Long, because the machine may be busy: nothing here waits for time to pass.
  describe(name, { timeout: 120_000 }, () => {
    let chat: ChatHarness
    let opened = 0
    beforeAll(async () => {
      chat = await open()
    })
    afterAll(async () => {
      try {
        expect(await chat.wrongs()).toEqual([])
      } finally {
        await chat.close()
      }
    })

    /** Its worker dies in the middle of the second step, and its target can't tell what happened. */
    const lost = async (): Promise<Incident & { runId: string }> => {
      const { world } = chat
      opened += 1
      const title = `Lost ${opened}`
      const id = await world.fire(world.take().name, { title })
      await healIncident(world.app, testTenant, id)
      const { requestId, runId } = await world.requested(id, 'two-steps')
      const eve = await world.caller('Eve', ['approver'])
      const result = await decideApproval(world.app, eve, { requestId, decision: 'approve', reason: '' })
      if (isRejection(result)) throw new Error(result.detail)
      const http = world.app.executors.get('http')
      if (http === undefined) throw new Error('there is no executor for http')
      const executors = new Map(world.app.executors)
      executors.set('http', { ...http, probe: async () => 'cannot_tell' })
      const app = { ...world.app, executors }
      await expect(performRun(dyingAt(app, 'acted:action:scale'), testTenant, runId)).rejects.toThrow(Died)
      world.shift(afterTheLeaseMs)
      await performRun(app, testTenant, runId)
      expect(await world.run(runId)).toMatchObject({ status: 'unknown' })
      await chat.show()
      return { id, title, runId }
    }
    const buttons = async (incident: Incident, label: string): Promise<Button[]> =>
      (await chat.thread(incident)).flatMap((seen) => seen.buttons).filter((each) => each.label === label)
    const press = async (who: 'ben' | 'chloe', incident: Incident, label: string) => {
      const [found] = await buttons(incident, label)
      if (found === undefined) throw new Error(`nothing in ${incident.id} is labelled ${label}`)
      return chat.press(who, found)
    }
    const locksOf = (runId: string) =>
      chat.world.read((tx) =>
        tx.db.selectFrom('target_lock').select('target').where('run_id', '=', runId).execute(),
      )
    const threadOf = async (incident: Incident): Promise<string> =>
      (await chat.thread(incident)).map((seen) => seen.text).join('\n')

    it('R7 C1 C2 C3 asks with three buttons that want a note; then they are gone, and the card says who said what', async () => {
      const incident = await lost()
      for (const label of ['It happened', 'It did not happen', 'Undo it'])
        expect(await buttons(incident, label)).toHaveLength(1)
      expect(await threadOf(incident)).toContain('nobody knows whether “')
      const { form, told } = await press('chloe', incident, 'It did not happen')
      if (form === null) throw new Error(`no form was shown: ${told}`)
      expect(form.label).toBe('What did you look at, and see?')
      await chat.submit('chloe', form, 'two instances, as before')
      await chat.show()
      expect(await chat.world.run(incident.runId)).toMatchObject({
        status: 'unknown',
        resolution: 'it did not happen: two instances, as before',
      })
      expect(await locksOf(incident.runId)).toEqual([])
      expect(await buttons(incident, 'It happened')).toEqual([])
      expect(await threadOf(incident)).toContain('says: it did not happen: two instances, as before')
    })

    it('R7 C1 C2 C3 whoever may not approve frees nothing, and is told so; an empty note counts for nothing', async () => {
      const incident = await lost()
      const denied = await press('ben', incident, 'It happened')
      const refused = denied.form === null ? denied : await chat.submit('ben', denied.form, 'I guess')
      expect(refused.told).toMatch(/may not|may look/)
      const asked = await press('chloe', incident, 'It happened')
      if (asked.form === null) throw new Error(`no form was shown: ${asked.told}`)
      await chat.submit('chloe', asked.form, '   ')
      expect(await chat.world.run(incident.runId)).toMatchObject({ resolution: null })
      expect(await locksOf(incident.runId)).toHaveLength(1)
      expect(await buttons(incident, 'It happened')).toHaveLength(1)
    })

    it('R4 R7 C1 C2 C3 Undo it opens a run that says which one it undoes', async () => {
      const incident = await lost()
      const { form, told } = await press('chloe', incident, 'Undo it')
      if (form === null) throw new Error(`no form was shown: ${told}`)
      await chat.submit('chloe', form, 'put it back')
      await chat.show()
      const undoing = await chat.world.read((tx) =>
        tx.db.selectFrom('run').select('id').where('undo_of', '=', incident.runId).executeTakeFirstOrThrow(),
      )
      expect(await threadOf(incident)).toContain(`Undoes ${incident.runId}`)
      await performRun(chat.world.app, testTenant, undoing.id)
      await chat.show()
      expect(await chat.world.run(undoing.id)).toMatchObject({ status: 'rolled_back' })
    })

    it('R5 C1 C2 /heal runs tells what needs a person, and what ended', async () => {
      const incident = await lost()
      if (chat.via === 'console') return
      const { told } = await chat.command('chloe', 'runs', incident)
      expect(told).toContain('Nobody knows how far it got')
      expect(told).toContain(incident.runId)
      expect(told).toContain('Ended lately')
    })
  })
}

unknownContract('Slack over HTTP', () => slackChat('http'))
unknownContract('Slack over a socket', () => slackChat('socket'))
unknownContract('Discord by its gateway', () => discordChat('gateway'))
unknownContract('Discord over HTTP', () => discordChat('http'))
unknownContract('the console', consoleChat)
