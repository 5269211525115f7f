import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { selfTestCard } from '../../message/self-test-card.ts'
import type { App } from '../app.ts'
import { createLiveCard } from '../live.ts'
import type { ChatReply } from '../ports.ts'
import { startSelfTest } from '../self-test/run-self-test.ts'

/** The report is for whoever asked, and grows while the checks end. */
export const selfTestReply = async (app: App, caller: Caller): Promise<ChatReply> => {
  const going = createLiveCard()
  const started = await startSelfTest(app, caller, { onStep: (test) => going.put(selfTestCard(test)) })
  if (isRejection(started)) return { card: refusalCard(started), ephemeral: true }
  const { test, ended } = started
  if (ended === null) return { card: selfTestCard(test), ephemeral: true }
  void ended
    .then((whole) => going.put(selfTestCard(whole)))
    .catch((error: unknown) => app.log.error({ error }, 'a self-test did not come to its end'))
    .finally(going.end)
  return { card: selfTestCard(test), ephemeral: true, live: going.live }
}
