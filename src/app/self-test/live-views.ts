import { fails, notHere, passes } from '../../domain/self-test.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'
import { heard } from './heard.ts'
import { trialKey } from './queue-trial.ts'
import { tell } from './tell.ts'

/** The console's round trip: what a commit tells comes back to whoever watches. */
export const liveViewsCheck = ({ app, tenantId, facts }: SelfTestScope): SelfCheck => ({
  name: 'console',
  shows: 'a change that was committed comes back to those who watch',
  look: async (signal) => {
    if (facts === null) return notHere('this process serves nobody who watches')
    const id = trialKey(app.ids.uuid())
    const came = await heard(facts.feed, tenantId, id, signal, () => tell(app, tenantId, id))
    return came
      ? passes('a change came back')
      : fails(
          'a change was committed and never told',
          'The connection that listens to PostgreSQL is lost; if the health page does not show it coming back, start Suture again.',
        )
  },
})
