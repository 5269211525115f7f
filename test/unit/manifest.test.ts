import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AppsManifestValidateArguments } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { listenedEvents } from '../../adapters/slack/receive.ts'
import { slashCommands } from '../../adapters/slack/say.ts'
import { slackScopes } from '../../adapters/slack/scopes.ts'

type Manifest = AppsManifestValidateArguments['manifest']
type Scope = NonNullable<NonNullable<NonNullable<Manifest['oauth_config']>['scopes']>['bot']>[number]
type BotEvent = NonNullable<
  NonNullable<NonNullable<Manifest['settings']>['event_subscriptions']>['bot_events']
>[number]

const text = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8')
const manifest = parse(text) as Manifest

/** What Slack must be asked to send so that each listener hears something, and which right each needs. */
const subscriptions: Readonly<
  Record<(typeof listenedEvents)[number], Partial<Record<BotEvent, Scope | null>>>
> = {
  app_home_opened: { app_home_opened: null },
  app_mention: { app_mention: 'app_mentions:read' },
  message: {
    'message.im': 'im:history',
    'message.channels': 'channels:history',
    'message.groups': 'groups:history',
  },
}
const needed = Object.assign({}, ...listenedEvents.map((name) => subscriptions[name])) as Record<
  string,
  Scope | null
>
const sorted = (names: Iterable<string>): string[] => [...names].toSorted()

describe('C1 manifest.yml', () => {
  test('C1 the manifest asks for the rights that the code uses, and for no other', () => {
    const scopes = Object.keys(slackScopes) as (keyof typeof slackScopes)[] satisfies Scope[]
    expect(sorted(manifest.oauth_config?.scopes?.bot ?? [])).toEqual(sorted(scopes))
    expect(manifest.oauth_config?.scopes?.user).toBeUndefined()
  })

  test('C1 the manifest subscribes to the events that the code listens to, and has the right for each', () => {
    const events = manifest.settings?.event_subscriptions?.bot_events ?? []
    expect(sorted(events)).toEqual(sorted(Object.keys(needed)))
    const rights = Object.values(needed).filter((scope) => scope !== null)
    expect(Object.keys(slackScopes)).toEqual(expect.arrayContaining(rights))
  })

  test('C1 the manifest declares the commands that the code answers, each with a hint', () => {
    const declared = manifest.features?.slash_commands ?? []
    expect(declared.map(({ command }) => command)).toEqual([...slashCommands])
    for (const command of declared) {
      // Escaped, people and channels come with their ids: the words are read that way.
      expect(command.should_escape).toBe(true)
      expect(command.usage_hint).toContain('help')
      expect(command.description.length).toBeGreaterThan(10)
    }
  })

  test('C1 buttons, the App Home and direct messages are on', () => {
    const expected: Manifest = {
      display_information: { name: 'Suture' },
      features: {
        app_home: {
          home_tab_enabled: true,
          messages_tab_enabled: true,
          messages_tab_read_only_enabled: false,
        },
        bot_user: { display_name: 'suture' },
      },
      settings: {
        interactivity: { is_enabled: true },
        socket_mode_enabled: true,
        org_deploy_enabled: false,
        token_rotation_enabled: false,
      },
    }
    expect(manifest).toMatchObject(expected)
  })

  test('C1 with the marks taken off three lines and Socket Mode off, it is the manifest for HTTP', () => {
    const url = 'https://suture.example.com'
    const http = parse(
      text
        .replace('socket_mode_enabled: true', 'socket_mode_enabled: false')
        .replaceAll(/# ((?:request_)?url: https)/g, '$1'),
    ) as Manifest
    const addresses = [
      http.settings?.event_subscriptions?.request_url,
      http.settings?.interactivity?.request_url,
      ...(http.features?.slash_commands ?? []).map((command) => command.url),
    ]
    expect(new Set(addresses).size).toBe(1)
    expect(addresses[0]?.startsWith(url)).toBe(true)
    expect(http.settings?.socket_mode_enabled).toBe(false)
    // In the file as it is no address may stand: Slack refuses one that it can't reach.
    expect(JSON.stringify(manifest)).not.toContain(url)
  })

  test('C1 the words about the app have the lengths that Slack takes', () => {
    // https://docs.slack.dev/reference/app-manifest
    const { name, description = '', long_description: long = '' } = manifest.display_information
    expect(name.length).toBeLessThanOrEqual(35)
    expect(description.length).toBeLessThanOrEqual(140)
    expect(long.length).toBeGreaterThanOrEqual(175)
    expect(long.length).toBeLessThanOrEqual(4_000)
  })
})
