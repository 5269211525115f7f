import { describe, expect, it } from 'vitest'
import { chatWarnings } from '../../src/config/chat-warnings.ts'
import { readSettings } from '../../src/config.ts'

const problemsOf = (env: Record<string, string>): string[] => {
  const read = readSettings(env)
  return read.ok ? [] : read.problems.map(({ name, problem }) => `${name} ${problem}`)
}

const slack = { SUTURE_SLACK_BOT_TOKEN: 'xoxb-1-2-3' }
const discord = { SUTURE_DISCORD_TOKEN: 'aaa.bbb.ccc' }

describe('settings of the chats', () => {
  it('C1 Slack by Socket Mode or by signed HTTP is complete; without a way to hear it is told at once', () => {
    expect(problemsOf({ ...slack, SUTURE_SLACK_APP_TOKEN: 'xapp-1-234' })).toEqual([])
    expect(problemsOf({ ...slack, SUTURE_SLACK_SIGNING_SECRET: 'abc' })).toEqual([])
    expect(problemsOf(slack)).toEqual([
      expect.stringContaining(
        'SUTURE_SLACK_APP_TOKEN is not set, and neither is SUTURE_SLACK_SIGNING_SECRET',
      ),
    ])
    expect(problemsOf({ SUTURE_SLACK_SIGNING_SECRET: 'abc' })).toEqual([
      expect.stringContaining('SUTURE_SLACK_BOT_TOKEN is not set'),
    ])
  })

  it('C2 Discord needs its server, and its settings need the token', () => {
    expect(problemsOf({ ...discord, SUTURE_DISCORD_GUILD: '12345678901' })).toEqual([])
    expect(problemsOf(discord)).toEqual([expect.stringContaining('SUTURE_DISCORD_GUILD is not set')])
    expect(problemsOf({ SUTURE_DISCORD_PUBLIC_KEY: 'a'.repeat(64) })).toEqual([
      expect.stringContaining('SUTURE_DISCORD_TOKEN is not set'),
    ])
  })

  it('C1 a token of the wrong kind is refused by name, and its value is never repeated', () => {
    const swapped = problemsOf({
      SUTURE_SLACK_BOT_TOKEN: 'xapp-1-secretpart',
      SUTURE_SLACK_APP_TOKEN: 'xapp-1-234',
    })
    expect(swapped.join()).toContain('SUTURE_SLACK_BOT_TOKEN')
    expect(swapped.join()).not.toContain('secretpart')
  })

  it('C6 the right to approve by the groups of two chats is told as unwise: one human would count twice', () => {
    const warningsOf = (env: Record<string, string>): string[] => {
      const read = readSettings(env)
      return read.ok ? chatWarnings(read.settings) : ['the settings do not fit']
    }
    const approver = { SUTURE_SLACK_ROLES: 'approver=S1,responder=S2' }
    expect(warningsOf({ ...approver, SUTURE_DISCORD_ROLES: 'responder=1' })).toEqual([])
    expect(warningsOf(approver)).toEqual([])
    expect(warningsOf({ ...approver, SUTURE_DISCORD_ROLES: 'responder=1,admin=2' })).toEqual([
      expect.stringContaining('counts as two people'),
    ])
  })

  it('C6 groups give roles only where both are well formed', () => {
    const read = readSettings({ SUTURE_SLACK_ROLES: 'approver=S0LEADS, responder=S0ONCALL' })
    expect(read.ok && read.settings.SUTURE_SLACK_ROLES).toEqual([
      { role: 'approver', group: 'S0LEADS' },
      { role: 'responder', group: 'S0ONCALL' },
    ])
    for (const wrong of ['boss=S1', 'approver', 'approver=', 'approver=<!here>', 'approver=S1=S2'])
      expect(problemsOf({ SUTURE_SLACK_ROLES: wrong })).toEqual([
        expect.stringContaining('SUTURE_SLACK_ROLES expected role=group'),
      ])
  })
})
