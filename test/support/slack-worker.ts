import { openSlack } from '../../adapters/slack/index.ts'
import { fakeChatCommands } from './fake-chat-commands.ts'
import { signingSecret } from './slack-requests.ts'
import { slackIds } from './slack-stub.ts'

/** A process that listens to Slack, `http` or `socket`, until it is told to stop. Whatever then keeps it alive is a leak. */
const [way, apiUrl = ''] = process.argv.slice(2)
const silent = (): void => {}
const chat = openSlack({
  botToken: slackIds.botToken,
  appToken: way === 'socket' ? slackIds.appToken : null,
  signingSecret,
  apiUrl,
  consoleUrl: null,
  commands: fakeChatCommands(),
  now: Date.now,
  log: { info: silent, warn: silent, error: silent },
})
await chat.start()
process.once('message', () => {
  void chat.stop().then(() => process.disconnect?.())
})
process.send?.('started')
