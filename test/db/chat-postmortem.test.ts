import { afterAll, beforeAll, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type ChatWorld, chatWorld, onSlack } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

it('C8 /heal postmortem answers with the draft as a Markdown file, for the thread of the incident', async () => {
  const { runId, incidentId } = await world.queued(world.take().name)
  await performRun(world.app, testTenant, runId)
  const ask = (words: string) => world.commands.command(onSlack('UADA', { groups: ['SRES'] }), words)
  const { card, file, ephemeral } = await ask(`postmortem ${incidentId.toUpperCase()}`)
  expect(ephemeral).toBe(true)
  expect(card).toMatchObject({ title: `Draft of a postmortem of ${incidentId}`, tone: 'good' })
  expect(file).toMatchObject({
    name: `postmortem-${incidentId}.md`,
    contentType: 'text/markdown; charset=utf-8',
    // It is not shown in Slack yet, so it goes to whoever asked.
    threadId: null,
  })
  expect(file?.text).toMatch(/^# Postmortem/)
  expect(file?.text).toContain(runId)
  const nothing = await ask('postmortem inc-999')
  expect(nothing.file).toBeUndefined()
  expect(JSON.stringify(nothing.card)).toContain('There is no incident inc-999')
  expect(JSON.stringify((await ask('postmortem')).card)).toContain('/heal postmortem INC')
})
