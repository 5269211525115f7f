import { actionChecks } from './actions.ts'
import { chatChecks } from './chats.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'
import { clockCheck } from './clock.ts'
import { databaseCheck } from './database.ts'
import { diskCheck } from './disk.ts'
import { liveViewsCheck } from './live-views.ts'
import { outboxCheck } from './outbox.ts'
import { policyCheck } from './policy.ts'
import { queueCheck } from './queue.ts'
import { sealerCheck } from './sealer.ts'
import { watchdogCheck } from './watchdog.ts'

/** In the order in which they are told. */
export const selfChecks = (scope: SelfTestScope): SelfCheck[] => [
  databaseCheck(scope),
  clockCheck(scope),
  queueCheck(scope),
  outboxCheck(scope),
  sealerCheck(scope),
  policyCheck(scope),
  watchdogCheck(scope),
  liveViewsCheck(scope),
  ...chatChecks(scope),
  ...actionChecks(scope),
  diskCheck(scope),
]
