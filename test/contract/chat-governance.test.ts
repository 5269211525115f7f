import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endBreakGlass } from '../../src/app/break-glass/end.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import { setFreeze } from '../../src/app/freeze/set-freeze.ts'
import type { AuditEvent } from '../../src/domain/audit.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { closedWindow, editablePlaybook } from '../support/closed-window.ts'
import { buttonCases } from './chat-buttons.ts'
import { chatCases } from './chat-cases.ts'
import { consoleChat } from './chat-console.ts'
import { discordChat } from './chat-discord.ts'
import type { Button, ChatHarness, Form, Incident, Who } from './chat-harness.ts'
import { slackChat } from './chat-slack.ts'

/** Overrides, edits, revocations and refusals with their next step, through every chat alike. */
const governanceContract = (name: string, open: () => Promise<ChatHarness>): void => {
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
    const cases = chatCases(() => chat)
    const { proposed, waiting, buttons, button } = cases

    /** An incident with a proposal that has parameters, as everybody sees it. */
    const editable = async () => {
      await chat.world.configure({ sized: editablePlaybook })
      return proposed()
    }
    const closed = async () => {
      const now = await chat.world.read(async (tx) => tx.now)
      await chat.world.configure({}, undefined, undefined, closedWindow(now))
      return proposed()
    }
    const formOf = async (who: Who, pressed: Button): Promise<Form> => {
      const { form, told } = await chat.press(who, pressed)
      if (form === null) throw new Error(`no form was shown: ${told}`)
      return form
    }
    const textIn = async (incident: Incident) =>
      (await chat.thread(incident)).map(({ text }) => text).join('\n')

    it('G1 G7 G8 outside the window the refusal says until when and what to do next; an override with its reason, by another person, lets this one run pass', async () => {
      const incident = await closed()
      try {
        const refused = await chat.press('chloe', await button(incident, 'Request'))
        expect(refused).toMatchObject({ form: null, openly: false })
        expect(refused.told).toContain('12:00')
        expect(refused.told).toMatch(/Earliest/)
        expect(refused.told).toMatch(/override/)
        const [next] = refused.buttons
        expect(refused.buttons.map(({ label }) => label)).toEqual(['Ask for an override'])
        if (next === undefined) throw new Error('no next step')
        const beside = await button(incident, 'Ask for an override')
        // Whoever may not ask is not asked for a reason, unless the form comes with the button.
        const vera = await chat.press('vera', beside)
        if (chat.nature.asksForForms) expect(vera).toMatchObject({ form: null, openly: false })

        const step = { ...next, messageId: beside.messageId }
        const form = await formOf('chloe', step)
        expect(form).toMatchObject({ label: 'Why can it not wait?', fields: [] })
        expect(form.title).toMatch(/^Override: /)
        expect((await chat.submit('chloe', form, '  ')).told).toMatch(/reason|Write something/)
        const asked = await chat.submit('chloe', await formOf('chloe', step), 'orders are lost')
        expect(asked.told).toContain('Override requested')
        await chat.show()
        expect(await textIn(incident)).toContain('orders are lost')
        const approve = await button(incident, 'Approve the override')
        expect((await chat.press('chloe', approve)).told).toMatch(/requested this and so cannot approve it/i)
        const granted = await chat.press('olga', approve)
        expect(granted.told).toContain('Approved')
        const permits = await chat.world.read((tx) =>
          tx.db
            .selectFrom('permit')
            .innerJoin('run', 'run.id', 'permit.run_id')
            .select(['permit.overrides', 'permit.approver_ids'])
            .where('run.incident_id', '=', incident.id)
            .execute(),
        )
        expect(permits).toEqual([{ overrides: ['change_window'], approver_ids: [chat.personId('olga')] }])
      } finally {
        await chat.world.configure()
      }
    })

    it('G2 G7 a freeze refuses with its end and who may lift it, and offers no override', async () => {
      const incident = await proposed()
      const admin = await chat.world.caller('Root', ['admin'])
      const frozen = await setFreeze(chat.world.app, admin, {
        what: incident.service,
        until: '2h',
        reason: 'the fair',
      })
      if (isRejection(frozen)) throw new Error(frozen.detail)
      await chat.show()
      const refused = await chat.press('ada', await button(incident, 'Request'))
      expect(refused).toMatchObject({ form: null, buttons: [], openly: false })
      expect(refused.told).toContain(`${incident.service} is frozen until`)
      expect(refused.told).toContain('the fair')
      expect(refused.told).toContain(`/heal unfreeze ${frozen.id}`)
      expect(refused.told).toMatch(/Earliest/)
    })

    it('G4 G8 parameters are edited by a form with a field for each; what is out of bounds comes back by name', async () => {
      const incident = await editable()
      try {
        const edit = await button(incident, 'Edit')
        const form = await formOf('chloe', edit)
        expect(form.fields).toEqual([
          { name: 'by', label: 'Instances', value: '1', options: [] },
          { name: 'back', label: 'Instances taken back', value: '-1', options: [] },
          { name: 'flag', label: 'Flag', value: 'safe', options: ['fast', 'safe'] },
        ])
        const wrong = await chat.submit('chloe', form, { by: '9', back: '1.5', flag: 'fast' })
        expect(wrong).toMatchObject({ form: null, openly: false })
        expect(wrong.told).toContain('by: expected an integer from -3 to 3')
        expect(wrong.told).toContain('back: expected an integer from -3 to -1')
        const right = await chat.submit('chloe', await formOf('chloe', edit), { by: '2', flag: 'fast' })
        expect(right.told).toContain('approve')
        await chat.show()
        const text = await textIn(incident)
        expect(text).toMatch(/Instances 2 instead of 1/)
        expect(text).toMatch(/Flag fast instead of safe/)
        const approve = (await buttons(incident, 'Approve')).at(-1)
        if (approve === undefined) throw new Error('nothing can be approved')
        expect((await chat.press('dan', approve)).told).toContain('Approved')
        const runs = await chat.world.read((tx) =>
          tx.db
            .selectFrom('run')
            .innerJoin('proposal', 'proposal.id', 'run.proposal_id')
            .select(['run.status', 'run.requester_id', 'proposal.body'])
            .where('run.incident_id', '=', incident.id)
            .execute(),
        )
        expect(runs).toMatchObject([
          {
            status: 'queued',
            requester_id: chat.personId('chloe'),
            body: { parameters: { by: 2, back: -1, flag: 'fast' } },
          },
        ])
      } finally {
        await chat.world.configure()
      }
    })

    const asked = async (who: Who, words: string, about: Incident): Promise<Form> => {
      const { form, told } = await chat.command(who, words, about)
      if (form === null) throw new Error(`no form was shown: ${told}`)
      return form
    }
    const audited = async (event: AuditEvent, by: Who) =>
      (
        await chat.world.read((tx) =>
          tx.db.selectFrom('audit_entry').select(['event', 'actor']).where('event', '=', event).execute(),
        )
      ).filter(({ actor }) => actor === chat.personId(by)).length

    it('G2 C1 C2 C3 /heal freeze opens a form: what is wrong is said by its field, sent twice it freezes once, and who may not gets none', async () => {
      const incident = await proposed()
      const before = await audited('refused', 'chloe')
      const refused = await chat.command('chloe', 'freeze', incident)
      expect(refused).toMatchObject({ form: null, openly: false })
      expect(refused.told).toContain('may neither set nor lift a freeze')
      expect(refused.told).toContain('Ask someone with the role admin or override')
      expect(await audited('refused', 'chloe')).toBe(before + 1)

      const form = await asked('olga', 'freeze', incident)
      expect(form).toMatchObject({ title: 'Freeze' })
      expect(form.fields).toMatchObject([
        { name: 'what', label: 'What', value: 'all' },
        { name: 'until', label: 'Until', value: '2h', options: [] },
        { name: 'reason', label: 'Why', value: '', options: [] },
      ])
      const freezes = () =>
        chat.world.read((tx) =>
          tx.db.selectFrom('freeze').selectAll().where('reason', '=', 'the big fair').execute(),
        )
      const wrong = { what: incident.service, until: 'soon', reason: 'the big fair' }
      for (const [given, problems] of [
        [{}, [/“soon” is no time that Suture understands/, /18:00, 2h/]],
        [{ until: '2999-01-01' }, [/more than 366 days ahead/]],
        [
          { what: 'nosuch-service', until: '2h' },
          [/no service, playbook or owner “nosuch-service”/, /or all/],
        ],
        [{ what: '', until: '2h' }, [/Nothing is named that shall be frozen/, /or all/]],
      ] as const) {
        const { told, openly } = await chat.submit('olga', form, { ...wrong, ...given })
        for (const problem of problems) expect(told).toMatch(problem)
        expect(openly).toBe(false)
      }
      expect(await freezes()).toEqual([])

      const right = { ...wrong, until: '2h' }
      const first = await chat.submit('olga', form, right)
      expect(first.told).toContain(`Frozen: ${incident.service}`)
      const [set] = await freezes()
      expect(first.told).toContain(`/heal unfreeze ${set?.id}`)
      const again = await Promise.all([chat.submit('olga', form, right), chat.submit('olga', form, right)])
      for (const { told } of again) expect(told).toContain(`/heal unfreeze ${set?.id}`)
      expect(await freezes()).toMatchObject([
        { services: [incident.service], set_by: chat.personId('olga'), reason: 'the big fair' },
      ])
      expect(await audited('freeze_set', 'olga')).toBe(1)
      // A form that somebody got hold of grants nothing.
      const stolen = await chat.submit('ben', form, { ...right, what: 'all' })
      expect(stolen.told).toContain('may neither set nor lift a freeze')
      expect(await freezes()).toHaveLength(1)
    })

    it('G9 C1 C2 C3 /heal mode opens a form for an admin, with what each mode means; others see what holds', async () => {
      const incident = await proposed()
      const seen = await chat.command('ben', 'mode', incident)
      expect(seen.form).toBeNull()
      expect(seen.told).toMatch(/Mode propose|may not change how far Suture may go/)

      const form = await asked('root', 'mode', incident)
      expect(form.fields).toMatchObject([
        { name: 'for', value: 'all services' },
        { name: 'mode', value: 'propose', options: ['observe', 'propose', 'approve', 'auto', 'default'] },
      ])
      const given = { for: `service ${incident.service}`, mode: 'observe' }
      for (const [wrong, problem] of [
        [{ ...given, mode: 'turbo' }, /no mode “turbo”/],
        [{ ...given, for: 'service nosuch' }, /no service named nosuch/],
        [{ for: 'all services', mode: 'default' }, /there is always a mode/],
      ] as const)
        expect((await chat.submit('root', form, wrong)).told).toMatch(problem)
      expect(await audited('governance_changed', 'root')).toBe(0)
      for (const { told } of await Promise.all([
        chat.submit('root', form, given),
        chat.submit('root', form, given),
      ]))
        expect(told).toContain(`Mode observe is set for ${incident.service}`)
      expect(await audited('governance_changed', 'root')).toBe(1)
      const stolen = await chat.submit('ben', form, { ...given, mode: 'auto' })
      expect(stolen.told).toContain('may not change how far Suture may go')
      const settings = await chat.world.read((tx) =>
        tx.db
          .selectFrom('mode_setting')
          .select(['name', 'mode'])
          .where('name', '=', incident.service)
          .execute(),
      )
      expect(settings).toEqual([{ name: incident.service, mode: 'observe' }])
    })

    it('G10 a broken glass stands once in the channel of its service, where no incident is open', async () => {
      const { name: service } = chat.world.take()
      const dan = await chat.world.caller('Dan', ['admin'])
      const glass = await openBreakGlass(chat.world.app, dan, {
        service,
        reason: 'the shop is down',
        forMs: 5 * 60_000,
      })
      if (isRejection(glass)) throw new Error(glass.detail)
      await chat.show()
      const told = (await chat.openly([])).filter((text) => text.includes(`broke the glass for ${service}`))
      // The console has no channels: its page of governance tells.
      expect(told.length).toBe(chat.via === 'console' ? 0 : 1)
      await endBreakGlass(chat.world.app, dan, glass.id)
    })

    it('G8 an approval is taken back before the start, by whoever gave it alone', async () => {
      const incident = await waiting()
      await chat.press('chloe', await button(incident, 'Approve'))
      await chat.show()
      const revoke = await button(incident, 'Revoke my approval')
      const other = await chat.press('dan', revoke)
      expect(other).toMatchObject({ form: null, openly: false })
      expect(other.told).toMatch(/has not approved .*, so there is no approval to take back/)
      expect((await chat.world.run(incident.runId)).status).toBe('queued')
      expect((await chat.press('chloe', revoke)).told).toContain('Approval revoked')
      expect(await chat.world.run(incident.runId)).toMatchObject({ status: 'canceled', cause: 'revoked' })
      expect((await chat.press('chloe', revoke)).told).toMatch(/has ended|already/i)
      await chat.show()
      expect(await buttons(incident, 'Revoke my approval')).toEqual([])
      expect((await buttons(incident, 'Request')).length).toBeGreaterThan(0)
    })

    buttonCases(() => chat, cases)
  })
}

governanceContract('Slack over HTTP', () => slackChat('http'))
governanceContract('Slack over a socket', () => slackChat('socket'))
governanceContract('Discord by its gateway', () => discordChat('gateway'))
governanceContract('Discord over HTTP', () => discordChat('http'))
governanceContract('the console', consoleChat)
