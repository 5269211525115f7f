import { healIncident } from '../../src/app/heal/heal-incident.ts'
import type { Alert } from '../../src/domain/alert.ts'
import { testTenant } from '../support/app.ts'
import type { Button, ChatHarness, Incident } from './chat-harness.ts'

export interface Case extends Incident {
  readonly service: string
}

/** What the tests of every chat begin with, the same for each. */
export const chatCases = (at: () => ChatHarness) => {
  let opened = 0
  /** An incident that was looked into, with its proposals, as everybody sees it. */
  const proposed = async (given: Partial<Alert> = {}): Promise<Case> => {
    const { world, show } = at()
    opened += 1
    const service = world.take().name
    const title = `Trouble ${String(opened).padStart(3, '0')}${given.title ?? ''}`
    const id = await world.fire(service, { ...given, title })
    await healIncident(world.app, testTenant, id)
    await show()
    return { id, title, service }
  }
  /** The same, and somebody who is not in this chat asked for a remedy. */
  const waiting = async (): Promise<Case & { requestId: string; runId: string }> => {
    const incident = await proposed()
    const requested = await at().world.requested(incident.id, 'two-steps')
    await at().show()
    return { ...incident, ...requested }
  }
  const buttons = async (incident: Incident, label: string): Promise<Button[]> =>
    (await at().thread(incident)).flatMap((seen) => seen.buttons).filter((each) => each.label === label)
  const button = async (incident: Incident, label: string): Promise<Button> => {
    const [found] = await buttons(incident, label)
    if (found === undefined) throw new Error(`nothing in ${incident.id} is labelled ${label}`)
    return found
  }
  return { proposed, waiting, buttons, button }
}
