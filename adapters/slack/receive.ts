import type { App, ViewSubmitAction } from '@slack/bolt'
import type { Deps } from './deps.ts'
import { HomeOpened } from './payloads.ts'
import { onAction, onSubmission } from './press.ts'
import { onCommand, onSaid } from './say.ts'
import { userOf } from './who.ts'

/** The one place where Slack's requests become commands, whichever way they came. */

/** Events that are listened to, by the names that Bolt uses. The manifest subscribes to these. */
export const listenedEvents = ['app_home_opened', 'app_mention', 'message'] as const

/** One route per kind, each taking whatever comes: two listeners for one request would both answer it. */
export const listen = (app: App, deps: Deps): void => {
  app.command(/.*/, ({ body, ack }) => onCommand(deps, body, () => ack()))
  app.action(/.*/, ({ body, ack }) => onAction(deps, body, () => ack()))
  app.view<ViewSubmitAction>({ callback_id: /.*/, type: 'view_submission' }, ({ body, ack }) =>
    onSubmission(deps, body, (problems) => ack(problems)),
  )
  for (const name of listenedEvents)
    app.event(name, ({ body }) => (name === 'app_home_opened' ? onHome(deps, body) : onSaid(deps, body)))
}

const onHome = async (deps: Deps, body: unknown): Promise<void> => {
  const read = HomeOpened.safeParse(body)
  if (!read.success || read.data.event.tab !== 'home') return
  const { event, team_id: workspaceId } = read.data
  await deps.homes.publish(await userOf(deps.client, { workspaceId, userId: event.user, name: null }))
}
