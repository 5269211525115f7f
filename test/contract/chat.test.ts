import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commit } from '../../src/app/commit.ts'
import { disablePerson } from '../../src/app/identity/disable-person.ts'
import { postCards } from '../../src/app/show/post-cards.ts'
import { plain } from '../../src/domain/card.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { otherTenant } from '../db/chat-world.ts'
import { testTenant } from '../support/app.ts'
import { chatCases } from './chat-cases.ts'
import { consoleChat } from './chat-console.ts'
import { discordChat } from './chat-discord.ts'
import type { ChatHarness, Incident, Seen, Who } from './chat-harness.ts'
import { slackChat } from './chat-slack.ts'

/** What every chat promises: the same cards, clicks and answers, over the real adapter, the real rules and a real database. */
const chatContract = (name: string, open: () => Promise<ChatHarness>): void => {
  // Long, because the machine may be busy: nothing here waits for time to pass.
  describe(name, { timeout: 120_000 }, () => {
    let chat: ChatHarness
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

    const { proposed, waiting, buttons, button } = chatCases(() => chat)
    const headOf = async (incident: Incident): Promise<Seen> => {
      const [head, ...others] = await chat.heads(incident)
      expect(others).toEqual([])
      if (head === undefined) throw new Error(`${incident.id} has no head`)
      return head
    }
    const cardsOf = (incidentId: string) =>
      chat.world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select(['kind', 'body'])
          .where('incident_id', '=', incidentId)
          .orderBy('position')
          .execute(),
      )
    const requestRow = (id: string) =>
      chat.world.read((tx) =>
        tx.db.selectFrom('approval_request').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
      )
    const vote = (who: Who, decision = 'approve') => `${chat.personId(who)} ${decision} ${chat.via}`
    const idsOf = (seen: readonly Seen[]) => seen.map(({ id }) => id)

    it('C1 C2 C3 the head of an incident stands in its channel, and its cards in its thread, in order', async () => {
      const incident = await proposed()
      const head = await headOf(incident)
      expect(head.text).toContain(incident.title)
      expect(head.text).toContain('Waiting for people')
      const cards = (await cardsOf(incident.id)).filter(({ kind }) => kind !== 'incident')
      expect(cards.length).toBeGreaterThan(2)
      const thread = await chat.thread(incident)
      expect(thread).toHaveLength(cards.length)
      for (const [at, { body }] of cards.entries()) expect(thread[at]?.text).toContain(body.title)
      expect(await buttons(incident, 'Request')).toHaveLength(
        cards.filter(({ kind }) => kind === 'proposal').length,
      )
    })

    it('C1 C2 C3 C5 a card that changes is changed in place: no second message, and the old words are gone', async () => {
      const incident = await proposed()
      const before = { head: await headOf(incident), thread: await chat.thread(incident) }
      await chat.world.requested(incident.id, 'two-steps')
      await chat.show()
      const after = await chat.thread(incident)
      const common = after.slice(0, before.thread.length)
      expect(idsOf(common)).toEqual(idsOf(before.thread))
      expect((await headOf(incident)).id).toBe(before.head.id)
      const changed = common.filter(({ text }) => text.includes('Waiting for approval'))
      expect(changed).toHaveLength(1)
      expect(before.thread.find(({ id }) => id === changed[0]?.id)?.text).not.toContain(
        'Waiting for approval',
      )
      expect(await buttons(incident, 'Approve')).toHaveLength(1)
    })

    it('C1 C2 C3 a press on Approve is one decision by that person by way of this chat, and the card shows it', async () => {
      const incident = await waiting()
      const answer = await chat.press('chloe', await button(incident, 'Approve'))
      expect(answer).toMatchObject({ form: null, openly: false })
      expect(answer.told).toContain('Approved')
      expect(await chat.world.votesOf(incident.requestId)).toEqual([vote('chloe')])
      expect((await chat.world.run(incident.runId)).status).toBe('queued')
      await chat.show()
      expect(await buttons(incident, 'Approve')).toEqual([])
      expect(await buttons(incident, 'Reject')).toEqual([])
      expect(await buttons(incident, 'Cancel')).toHaveLength(1)
      expect((await headOf(incident)).text).toContain('Healing')
    })

    it('C1 C2 C3 two presses at once and one later make one decision; the others hear what is true by then', async () => {
      const incident = await waiting()
      const approve = await button(incident, 'Approve')
      const atOnce = await Promise.all([chat.press('chloe', approve), chat.press('chloe', approve)])
      const later = await chat.press('dan', approve)
      const told = [...atOnce, later].map((answer) => answer.told)
      expect(told.filter((text) => /It is queued/.test(text))).toHaveLength(1)
      expect(told.filter((text) => /is already approved/.test(text))).toHaveLength(2)
      expect(later.told).toMatch(/is already approved/)
      expect(await chat.world.votesOf(incident.requestId)).toEqual([vote('chloe')])
      expect(await chat.world.eventsOf(incident.requestId)).toEqual(
        expect.arrayContaining(['approval_vote', 'approval_granted']),
      )
    })

    it('C1 C2 C3 Reject asks for a reason: an empty one is refused, a given one is kept and shown in the thread', async () => {
      const incident = await waiting()
      const reject = await button(incident, 'Reject')
      const ask = async () => {
        const { form } = await chat.press('chloe', reject)
        if (form === null) throw new Error('no form was shown')
        return form
      }
      const form = await ask()
      expect(form).toMatchObject({ title: 'Reject: Two steps', label: 'Why not?' })
      const empty = await chat.submit('chloe', form, '   ')
      expect(empty).toMatchObject({ form: null, openly: false })
      expect(empty.told).toMatch(/needs a reason|Write something/)
      expect(await chat.world.votesOf(incident.requestId)).toEqual([])

      const given = await chat.submit('chloe', await ask(), 'Not during the sale')
      expect(given.told).toContain('Rejected')
      expect(await chat.world.votesOf(incident.requestId)).toEqual([vote('chloe', 'reject')])
      expect(await requestRow(incident.requestId)).toMatchObject({
        status: 'rejected',
        reason: 'Not during the sale',
      })
      await chat.show()
      expect((await chat.thread(incident)).map(({ text }) => text).join('\n')).toContain(
        'Not during the sale',
      )
      expect(await buttons(incident, 'Approve')).toEqual([])
    })

    it('C1 C2 C3 a press on an old card tells what became of it, to that person alone, and changes nothing', async () => {
      const decided = await waiting()
      const over = await waiting()
      const stale = [await button(decided, 'Approve'), await button(over, 'Approve')] as const
      const rejects = [await button(decided, 'Reject'), await button(over, 'Reject')] as const
      await chat.press('chloe', stale[0])
      await chat.world.resolve(over.service, { title: over.title })
      await chat.show()
      expect((await headOf(over)).text).toContain('Resolved')
      const before = await chat.openly([decided, over])
      const [onDecided, onOver] = [await chat.press('dan', stale[0]), await chat.press('dan', stale[1])]
      expect(onDecided).toMatchObject({ form: null, openly: false })
      expect(onDecided.told).toMatch(/is already approved/)
      expect(onOver).toMatchObject({ form: null, openly: false })
      expect(onOver.told).toMatch(/is already canceled/)
      // No form opens, unless it comes with the button; what is sent by it is refused all the same.
      for (const [at, old] of rejects.entries()) {
        const { form, told } = await chat.press('dan', old)
        if (chat.nature.asksForForms) expect(form).toBeNull()
        const end = form === null ? told : (await chat.submit('dan', form, 'too late')).told
        expect(end).toMatch(at === 0 ? /is already approved/ : /is already canceled/)
      }
      expect(await chat.world.votesOf(decided.requestId)).toEqual([vote('chloe')])
      expect(await chat.world.votesOf(over.requestId)).toEqual([])
      expect((await chat.world.run(over.runId)).status).toBe('canceled')
      await chat.show()
      expect(await chat.openly([decided, over])).toEqual(before)
    })

    it('C1 C2 C3 nobody else sees the answer to a press that was refused', async () => {
      const incident = await waiting()
      const before = { open: await chat.openly([incident]), others: [...chat.privately('dan')] }
      const answer = await chat.press('vera', await button(incident, 'Approve'))
      expect(answer.openly).toBe(false)
      expect(answer.told).not.toBe('')
      await chat.show()
      expect(chat.privately('vera').at(-1)).toBe(answer.told)
      expect(chat.privately('dan')).toEqual(before.others)
      expect(await chat.openly([incident])).toEqual(before.open)
    })

    it('C1 C2 C3 a card of 40,000 characters is shown, as far as a message goes, with all its buttons, and these work', async () => {
      const incident = await waiting()
      const { app } = chat.world
      const tokens = {
        approve: await chat.world.tokenOf(incident.requestId, 'approve'),
        reject: await chat.world.tokenOf(incident.requestId, 'reject'),
      }
      const long = Array.from({ length: 4_000 }, (_, at) => `line ${String(at).padStart(4, '0')}`).join('\n')
      expect(long.length).toBeGreaterThanOrEqual(39_999)
      await commit(app, testTenant, (tx, out) =>
        postCards(app, tx, out, [
          {
            key: 'answer/long',
            kind: 'answer',
            incidentId: incident.id,
            service: incident.service,
            card: {
              kind: 'answer',
              title: 'A long story',
              status: 'Complete',
              tone: 'info',
              severity: null,
              blocks: [
                { kind: 'text', text: [plain(long)] },
                { kind: 'fields', fields: [{ label: 'Why', value: [plain('the risk is high')] }] },
                {
                  kind: 'actions',
                  actions: [
                    { token: tokens.approve, label: 'Yes', style: 'primary' },
                    { token: tokens.reject, label: 'No', style: 'danger' },
                    { token: 'not-known', label: 'Perhaps', style: 'plain' },
                  ],
                },
              ],
            },
          },
        ]),
      )
      await chat.show()
      const shown = (await chat.thread(incident)).filter(({ text }) => text.includes('A long story'))
      expect(shown).toHaveLength(1)
      const [{ text, buttons: given } = { text: '', buttons: [] }] = shown
      expect(text).toContain('line 0000')
      expect(text).toContain('the risk is high')
      expect(text.includes('line 3999')).toBe(!chat.nature.cuts)
      if (chat.nature.cuts) expect(text).toMatch(/… more|shortened/)
      expect(given.map(({ label }) => label)).toEqual(['Yes', 'No', 'Perhaps'])
      const [yes, , perhaps] = given
      if (yes === undefined || perhaps === undefined) throw new Error('the buttons are not there')
      expect((await chat.press('dan', perhaps)).told).toContain('not known here')
      expect((await chat.press('dan', yes)).told).toContain('Approved')
      expect(await chat.world.votesOf(incident.requestId)).toEqual([vote('dan')])
      expect(await chat.wrongs()).toEqual([])
    })

    it('C1 C2 C3 what an alert says pings nobody: it is shown letter for letter', async () => {
      const loud =
        '<!channel> <!here> @everyone @here <@U1> <@310000000000000001> <@&500000000000000001> <!subteam^S1>'
      const incident = await proposed({
        title: ` ${loud}`,
        summary: `summary ${loud}`,
        labels: { alertname: loud, team: loud },
      })
      const requested = await chat.world.requested(incident.id, 'two-steps')
      await chat.show()
      const head = await headOf(incident)
      expect(head.text.split(loud)).toHaveLength(3)
      const refused = await chat.press('vera', await button(incident, 'Approve'))
      expect(refused.told).not.toBe('')
      await chat.command('chloe', `show ${incident.id}`, incident)
      const form = (await chat.press('chloe', await button(incident, 'Reject'))).form
      if (form === null) throw new Error('no form was shown')
      await chat.submit('chloe', form, `because ${loud}`)
      expect((await requestRow(requested.requestId)).reason).toBe(`because ${loud}`)
      await chat.show()
      expect((await chat.thread(incident)).map(({ text }) => text).join('\n')).toContain(`because ${loud}`)
      expect(await chat.wrongs()).toEqual([])
    })

    it('C1 C2 C3 whoever may not approve is told why: the requester, a responder, a viewer, a stranger, a disabled person', async () => {
      const { world } = chat
      const incident = await proposed()
      const request = (await buttons(incident, 'Request'))[0]
      if (request === undefined) throw new Error('nothing can be requested')
      const asked = await chat.press('ada', request)
      expect(asked.told).toContain('somebody else has to approve')
      await chat.show()
      const approve = await button(incident, 'Approve')
      const reject = await button(incident, 'Reject')
      // Dora is known here before she is disabled.
      await chat.command('dora', 'whoami', incident)
      const admin = await world.caller('Root', ['admin'])
      const disabled = await disablePerson(world.app, admin, chat.personId('dora'))
      if (isRejection(disabled)) throw new Error(disabled.detail)
      const before = await chat.openly([incident])
      const why = {
        ada: /ada.* requested this and so cannot approve it/i,
        ben: /ben.* does not have the role to approve this/i,
        vera: /look, but not act|lacks the scope/,
        sam: /belongs to nobody that Suture knows|sign in|signed in/i,
        dora: /were disabled|sign in|signed in/i,
      } as const
      for (const who of ['ada', 'ben', 'vera', 'sam', 'dora'] as const) {
        const answer = await chat.press(who, approve)
        expect(answer, who).toMatchObject({ form: null, openly: false })
        expect(answer.told, who).toMatch(why[who])
        const { form, told } = await chat.press(who, reject)
        if (chat.nature.asksForForms) expect(form, who).toBeNull()
        const end = form === null ? told : (await chat.submit(who, form, 'because')).told
        expect(end, who).toMatch(why[who])
      }
      const [row] = await world.read((tx) =>
        tx.db.selectFrom('approval_request').selectAll().where('incident_id', '=', incident.id).execute(),
      )
      expect(row).toMatchObject({ status: 'pending', requester_id: chat.personId('ada') })
      expect(await world.votesOf(row?.id ?? '')).toEqual([])
      await chat.show()
      expect(await chat.openly([incident])).toEqual(before)
    })

    it('C1 C2 C3 H4 the buttons of one tenant do nothing in another, whoever presses them', async () => {
      const { world } = chat
      const incident = await waiting()
      const approve = await button(incident, 'Approve')
      const theirs = 'token-of-the-other-tenant'
      await world.read(
        (tx) =>
          tx.db
            .insertInto('action_token')
            .values({
              tenant_id: tx.tenantId,
              token: theirs,
              command: 'approve',
              subject: incident.requestId,
              created_at: tx.now,
            })
            .execute(),
        otherTenant,
      )
      const foreign = await chat.press('otto', approve)
      const stolen = await chat.press('chloe', { ...approve, id: approve.id.replace(/[^:]+$/, theirs) })
      for (const answer of [foreign, stolen]) {
        expect(answer.openly).toBe(false)
        expect(answer.told).toContain('not known here')
      }
      expect(await world.votesOf(incident.requestId)).toEqual([])
      expect((await requestRow(incident.requestId)).status).toBe('pending')
    })

    it('C1 C2 C3 C5 a message that somebody deleted is shown again with the next change, once', async () => {
      const incident = await proposed()
      const card = (await chat.thread(incident)).find(({ text }) => text.includes('Two steps'))
      if (card === undefined) throw new Error('the proposal is not shown')
      await chat.remove(card)
      await chat.world.requested(incident.id, 'two-steps')
      await chat.show()
      const shown = async () =>
        (await chat.thread(incident)).filter(({ text }) => text.includes('Waiting for approval'))
      expect(await shown()).toHaveLength(1)
      const approve = await button(incident, 'Approve')
      await chat.remove(await headOf(incident))
      await chat.press('chloe', approve)
      await chat.show()
      expect((await headOf(incident)).text).toContain('Healing')
      expect(await buttons(incident, 'Cancel')).toHaveLength(1)
    })

    it('C1 C2 C3 help lists the commands, and a word that is none is answered with the nearest', async () => {
      const incident = await proposed()
      const help = await chat.command('chloe', 'help', incident)
      expect(help.told).toMatch(chat.nature.help)
      const unknown = await chat.command('chloe', 'aproove', incident)
      expect(unknown.told).toMatch(chat.nature.nearest)
      // The console has a button for it, on the page of its health.
      const tests = chat.via === 'console' ? null : await chat.command('chloe', 'test', incident)
      expect(tests?.told ?? 'Self-test').toMatch(/Self-test|The tests are running/)
      expect(tests?.openly ?? false).toBe(false)
    })
  })
}

chatContract('Slack over HTTP', () => slackChat('http'))
chatContract('Slack over a socket', () => slackChat('socket'))
chatContract('Discord by its gateway', () => discordChat('gateway'))
chatContract('Discord over HTTP', () => discordChat('http'))
chatContract('the console', consoleChat)
