import { fails, passes } from '../../domain/self-test.ts'
import { readBacklog } from '../../storage/health.repository.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

const lateMs = 30_000

export const outboxCheck = ({ app }: SelfTestScope): SelfCheck => ({
  name: 'outbox',
  shows: 'no work that a commit has left behind is overdue',
  look: async () => {
    const { due, oldestDueMs } = await readBacklog(app.store)
    return oldestDueMs <= lateMs
      ? passes(due === 0 ? 'nothing waits' : `${due} due`)
      : fails(
          `the oldest work has been due for ${Math.round(oldestDueMs / 1_000)} s (${due} due)`,
          'See that a process with the role worker runs; it rings again for what is due.',
        )
  },
})
