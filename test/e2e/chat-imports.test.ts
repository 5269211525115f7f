import { expect, it, onTestFinished, vi } from 'vitest'
import { startChatSuture } from '../support/chat-suture.ts'
import { slackIds, startSlackStub } from '../support/slack-stub.ts'

const NODE_OPTIONS = `--disable-warning=ExperimentalWarning --import ${new URL('../support/note-imports.ts', import.meta.url).href}`
const importedBy = (stderr: string): string[] =>
  [...new Set([...stderr.matchAll(/^imported (\S+)$/gm)].map(([, name]) => name ?? ''))].sort()

it('C1 C2 R1 a chat that is not configured is not imported, nor a client of clusters or Docker', async () => {
  const { suture } = await startChatSuture({ NODE_OPTIONS })
  expect(importedBy(suture.stderr())).toEqual([])
})

it('C1 C2 Slack alone brings nothing of Discord with it', async () => {
  const slack = await startSlackStub()
  onTestFinished(() => slack.close())
  const { suture } = await startChatSuture({
    NODE_OPTIONS,
    SUTURE_SLACK_BOT_TOKEN: slackIds.botToken,
    SUTURE_SLACK_APP_TOKEN: slackIds.appToken,
    SUTURE_SLACK_API_URL: slack.apiUrl,
  })
  await vi.waitFor(() => expect(importedBy(suture.stderr())).toContain('@slack/bolt'), {
    timeout: 60_000,
    interval: 50,
  })
  expect(importedBy(suture.stderr()).filter((name) => name.includes('discord'))).toEqual([])
})
