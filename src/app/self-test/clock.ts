import { fails, passes } from '../../domain/self-test.ts'
import { inTenant } from '../../storage/database.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

/** As health has it: expiries are told in minutes. */
const toleratedMs = 5_000

/** PostgreSQL's time lies between asking and answering, so what is outside of that is the difference. */
export const clockCheck = ({ app, tenantId }: SelfTestScope): SelfCheck => ({
  name: 'clock',
  shows: 'this machine and PostgreSQL agree on the time',
  look: async () => {
    const before = app.clock.now()
    const there = await inTenant(app.store, tenantId, async (tx) => tx.now, { readOnly: true })
    const after = app.clock.now()
    const ahead = there.epochMilliseconds - after.epochMilliseconds
    const behind = before.epochMilliseconds - there.epochMilliseconds
    const skewMs = Math.max(0, ahead, behind)
    return skewMs <= toleratedMs
      ? passes(skewMs < 1_000 ? 'they agree within a second' : `${Math.round(skewMs / 1_000)} s apart`)
      : fails(
          `this machine is ${Math.round(skewMs / 1_000)} s ${ahead > 0 ? 'behind' : 'ahead of'} PostgreSQL; expiries follow PostgreSQL`,
          'Set both clocks by NTP.',
        )
  },
})
