import { generateKeyPairSync, sign } from 'node:crypto'
import type { HookRequest } from '../../src/app/ports.ts'
import { discordIds } from './discord.ts'

/** Interactions, written from Discord's documentation, and signed the way Discord signs (Ed25519 over timestamp and body). */

const keys = generateKeyPairSync('ed25519')
/** As the developer portal shows it. */
export const publicKeyHex = keys.publicKey
  .export({ format: 'der', type: 'spki' })
  .subarray(-32)
  .toString('hex')
/** When the requests were made; epoch seconds. */
export const recordedAt = 1_795_370_000

export interface Signing {
  /** Epoch seconds. */
  readonly at?: number
  readonly headers?: Readonly<Record<string, string>>
  /** What is sent in place of what was signed. */
  readonly body?: string
}

export const signed = (interaction: object | string, signing: Signing = {}): HookRequest => {
  const body = typeof interaction === 'string' ? interaction : JSON.stringify(interaction)
  const at = String(signing.at ?? recordedAt)
  return {
    rawBody: Buffer.from(signing.body ?? body),
    headers: new Headers({
      'content-type': 'application/json',
      'x-signature-ed25519': sign(null, Buffer.from(at + body), keys.privateKey).toString('hex'),
      'x-signature-timestamp': at,
      ...signing.headers,
    }),
  }
}

let lastId = 900_000_000_000_000_000n
export const nextId = (): string => String(++lastId)

export interface Placed {
  readonly id?: string
  readonly token?: string
  /** In a direct message: no guild, no member. */
  readonly direct?: boolean
  readonly guildId?: string
  readonly channelId?: string
  readonly userId?: string
  /** What Discord shows of this user; `Alice` when left out. */
  readonly name?: string
  readonly roles?: readonly string[]
}

const userOf = ({ userId = discordIds.alice, name = 'Alice' }: Placed) => ({
  id: userId,
  username: name.toLowerCase(),
  global_name: name,
  discriminator: '0',
})

const common = (placed: Placed) => {
  const user = userOf(placed)
  const id = placed.id ?? nextId()
  const whole = {
    id,
    application_id: discordIds.application,
    token: placed.token ?? `token-of-${id}`,
    version: 1,
    channel_id: placed.channelId ?? discordIds.incidents,
    channel: { id: placed.channelId ?? discordIds.incidents, type: placed.direct === true ? 1 : 0 },
    locale: 'en-US',
    entitlements: [],
    app_permissions: '442368',
    authorizing_integration_owners: { 0: discordIds.guild },
    attachment_size_limit: 10_485_760,
  }
  return placed.direct === true
    ? { ...whole, context: 1, user }
    : {
        ...whole,
        context: 0,
        guild_id: placed.guildId ?? discordIds.guild,
        guild_locale: 'en-US',
        member: { user, nick: null, roles: placed.roles ?? [], permissions: '2147483647', flags: 0 },
      }
}

export interface Filled {
  readonly name: string
  readonly value: string
  readonly focused?: boolean
}

const commandData = (subcommand: string, options: readonly Filled[]) => ({
  id: '77',
  name: 'heal',
  type: 1,
  options: [{ name: subcommand, type: 1, options: options.map((option) => ({ type: 3, ...option })) }],
})

export const ping = () => ({
  id: nextId(),
  application_id: discordIds.application,
  type: 1,
  token: 't',
  version: 1,
})

export const slashCommand = (subcommand: string, options: readonly Filled[] = [], placed: Placed = {}) => ({
  ...common(placed),
  type: 2,
  data: commandData(subcommand, options),
})

export const autocomplete = (subcommand: string, options: readonly Filled[], placed: Placed = {}) => ({
  ...common(placed),
  type: 4,
  data: commandData(subcommand, options),
})

export const buttonClick = (customId: string, placed: Placed = {}) => ({
  ...common(placed),
  type: 3,
  message: { id: nextId(), channel_id: discordIds.incidents, flags: 32_768, components: [] },
  data: { component_type: 2, id: 2, custom_id: customId },
})

/** `shape` is how the input came back: in a label, as it was asked for, or in a row as in older modals. */
export const modalSubmit = (
  customId: string,
  note: string,
  placed: Placed = {},
  shape: 'label' | 'row' = 'label',
) => {
  const input = { type: 4, id: 3, custom_id: 'note', value: note }
  return {
    ...common(placed),
    type: 5,
    message: { id: nextId(), channel_id: discordIds.incidents, flags: 32_768, components: [] },
    data: {
      custom_id: customId,
      components: [
        { type: 10, id: 1 },
        shape === 'label' ? { type: 18, id: 2, component: input } : { type: 1, id: 2, components: [input] },
      ],
    },
  }
}

/** Of a form with one input for one value. */
export const modalOfFields = (customId: string, inputs: readonly object[], placed: Placed = {}) => {
  const whole = modalSubmit(customId, '', placed)
  const components = inputs.map((component, at) => ({ type: 18, id: 2 + at, component }))
  return { ...whole, data: { ...whole.data, components: [{ type: 10, id: 1 }, ...components] } }
}

export const messageCreated = (content: string, placed: Placed & { readonly mentionsBot?: boolean } = {}) => {
  const user = userOf(placed)
  return {
    id: placed.id ?? nextId(),
    type: 0,
    channel_id: placed.channelId ?? discordIds.incidents,
    content,
    author: user,
    mentions: placed.mentionsBot === true ? [{ id: discordIds.application, username: 'suture' }] : [],
    ...(placed.direct === true
      ? {}
      : { guild_id: placed.guildId ?? discordIds.guild, member: { nick: null, roles: placed.roles ?? [] } }),
  }
}
