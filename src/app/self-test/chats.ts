import { fails, notHere, passes } from '../../domain/self-test.ts'
import { readDeliveryLag } from '../../storage/health.repository.ts'
import type { ChatName } from '../ports.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

const behindMs = 60_000

/** One for each platform that is configured: a question to it and its answer. Nothing is posted. */
export const chatChecks = (scope: SelfTestScope): SelfCheck[] =>
  scope.app.chats.filter((chat) => chat !== 'console').map((chat) => chatCheck(scope, chat))

const chatCheck = ({ app, facts }: SelfTestScope, name: ChatName): SelfCheck => ({
  name,
  shows: 'the platform answers to our token, its events reach us, and every card is shown',
  look: async () => {
    const here = facts?.chats.find(({ platform }) => platform === name)?.chat
    if (here === undefined) return notHere('another process is connected to it')
    const state = here.state()
    if (!state.connected)
      return fails(state.sentence, 'npm start -- --check says what is wrong with token, scopes and channels.')
    const [[problem], lag] = await Promise.all([here.check([]), readDeliveryLag(app.store, name)])
    if (problem !== undefined) return fails(problem.what, problem.remedy)
    if (lag.behind > 0 && lag.oldestMs > behindMs)
      return fails(
        `${lag.behind} cards are not shown as they are, the oldest for ${Math.round(lag.oldestMs / 1_000)} s`,
        'The health page says why the last try failed.',
      )
    return passes(`a question was answered; ${state.sentence}`)
  },
})
