import { expect, it } from 'vitest'
import { endBreakGlass } from '../../src/app/break-glass/end.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import { setFreeze } from '../../src/app/freeze/set-freeze.ts'
import { setSilence } from '../../src/app/silence/set-silence.ts'
import { good } from '../db/rights-world.ts'
import type { chatCases } from './chat-cases.ts'
import type { Button, ChatHarness, Form, Who } from './chat-harness.ts'

/** Freezes, silences and broken glasses end by their button, and a duplicate shows the first request, through every chat alike. */
export const buttonCases = (
  at: () => ChatHarness,
  { proposed, waiting, buttons, button }: ReturnType<typeof chatCases>,
): void => {
  const root = () => at().world.caller('Root', ['admin'])

  it('G2 G8 a freeze is lifted where it is told, by whoever may, once; then the button is gone', async () => {
    const incident = await proposed()
    const { id } = good(
      await setFreeze(at().world.app, await root(), {
        what: incident.service,
        until: '2h',
        reason: 'the fair',
      }),
    )
    await at().show()
    const lift = await button(incident, `Lift ${id}`)
    const refused = await at().press('ada', lift)
    expect(refused).toMatchObject({ form: null, openly: false })
    expect(refused.told).toContain('may neither set nor lift a freeze')
    expect(await at().press('otto', lift)).toMatchObject({ form: null, openly: false })
    const lifted = await at().press('olga', lift)
    expect(lifted).toMatchObject({ form: null, openly: false })
    expect(lifted.told).toContain('No longer frozen')
    expect((await at().press('olga', lift)).told).toContain(`${id} is over already`)
    await at().show()
    expect(await buttons(incident, `Lift ${id}`)).toEqual([])
    expect((await at().press('ada', await button(incident, 'Request'))).told).toContain('Requested')
  })

  it('G10 a broken glass is reviewed by a form with a note, by another person than who broke it', async () => {
    const incident = await proposed()
    const breaker = await root()
    const { id } = good(
      await openBreakGlass(at().world.app, breaker, {
        service: incident.service,
        reason: 'the shop is down',
        forMs: 600_000,
      }),
    )
    good(await endBreakGlass(at().world.app, breaker, id))
    await at().show()
    const review = await button(incident, `Review ${id}`)
    const formOf = async (who: Who): Promise<Form> => {
      const { form, told } = await at().press(who, review)
      if (form === null) throw new Error(`no form was shown: ${told}`)
      return form
    }
    const sent = async (who: Who, note: string): Promise<string> => {
      const pressed = await at().press(who, review)
      return pressed.form === null ? pressed.told : (await at().submit(who, pressed.form, note)).told
    }
    if (at().nature.asksForForms) expect((await at().press('ben', review)).form).toBeNull()
    expect(await sent('ben', 'all well')).toContain('may look, but not review')
    const form = await formOf('chloe')
    expect(form).toMatchObject({ label: 'What did you look at and find?', fields: [] })
    const reviewed = await at().submit('chloe', form, 'one restart, as agreed')
    expect(reviewed.openly).toBe(false)
    expect(reviewed.told).toContain('Reviewed')
    expect(await sent('olga', 'me too')).toContain(`${id} has been reviewed already`)
    await at().show()
    expect(await buttons(incident, `Review ${id}`)).toEqual([])
    expect((await at().thread(incident)).map(({ text }) => text).join('\n')).toContain(
      'one restart, as agreed',
    )
  })

  it('I4 a silence is ended where it is told, by whoever responds, once', async () => {
    const incident = await proposed()
    const { id } = good(
      await setSilence(at().world.app, await root(), {
        kind: 'silence',
        matchers: [{ label: 'service', operator: '=', value: incident.service }],
        until: '2h',
        reason: 'a deploy',
      }),
    )
    await at().show()
    const end = await button(incident, `End ${id}`)
    expect((await at().press('vera', end)).told).toMatch(/may look, but not act|lacks the scope/)
    expect((await at().press('ben', end)).told).toContain('No longer silenced')
    expect((await at().press('ben', end)).told).toContain(`${id} is over already`)
    await at().show()
    expect(await buttons(incident, `End ${id}`)).toEqual([])
  })

  it('G5 whoever asks for the same is shown the first request as it stands, alone', async () => {
    const first = await proposed()
    const requests = await buttons(first, 'Request')
    const { runId } = await at().world.requested(first.id, 'two-steps')
    const [stale] = requests
    if (stale === undefined) throw new Error('nothing can be requested')
    const refused = await at().press('chloe', stale)
    expect(refused.buttons.map(({ label }) => label)).toEqual(['Show the first request', `Cancel ${runId}`])
    const [show] = refused.buttons as readonly [Button]
    const told = await at().press('chloe', { ...show, messageId: stale.messageId })
    expect(told).toMatchObject({ form: null, openly: false })
    expect(told.told).toContain(`${runId}: `)
    expect(told.told).toMatch(new RegExp(`requested it for ${first.id} at .*1 approval still needed`))
    const other = await waiting()
    expect(told.told).not.toContain(other.id)
  })
}
