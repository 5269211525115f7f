import { readSelfTest, runSelfTest } from '../../app/self-test/run-self-test.ts'
import { isRejection } from '../../domain/rejection.ts'
import { countsOf, type SelfTest, verdictOf } from '../../domain/self-test.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { SelfTestView } from '../schemas/self-test.ts'

export const selfTestRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/self-test',
    id: 'getSelfTest',
    summary: 'The self-test that goes on, or else the last one',
    tag: 'health',
    scopes: ['read'],
    answers: SelfTestView,
    handle: async ({ caller }) => viewOf(await readSelfTest(app, caller.tenantId)),
  }),
  operation({
    method: 'post',
    path: '/v1/self-test',
    id: 'runSelfTest',
    summary:
      'Looks at database, queue, sealed history, policy, chats and targets, within ten seconds; while one goes on, how far it is',
    tag: 'health',
    scopes: ['respond'],
    answers: SelfTestView,
    handle: async ({ caller }) => {
      const test = await runSelfTest(app, caller)
      return isRejection(test) ? test : viewOf(test)
    },
  }),
]

const viewOf = (test: SelfTest) => ({
  ...test,
  startedAt: test.startedAt?.toString() ?? null,
  endedAt: test.endedAt?.toString() ?? null,
  checks: test.checks.map((check) => ({ ...check })),
  verdict: verdictOf(test),
  ...countsOf(test),
})
