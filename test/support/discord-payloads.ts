import { isDeepStrictEqual } from 'node:util'
import * as spec from 'discord-api-spec/zod'
import { config, locales } from 'zod/mini'

/**
 * What is wrong with a payload for Discord, by Discord's own published schemas, and by what those let through although
 * Discord refuses it. Our own part is named as such: nobody else checks it.
 */

// Without a locale every message of the schemas reads `Invalid input`.
config(locales.en())

type Json = { readonly [key: string]: unknown }
type Choose = spec.SpecSchema | ((body: Json) => spec.SpecSchema | undefined)

const callbacks: Readonly<Record<number, spec.SpecSchema>> = {
  1: spec.PongInteractionCallbackRequestSchema,
  4: spec.CreateMessageInteractionCallbackRequestSchema,
  5: spec.CreateMessageInteractionCallbackRequestSchema,
  6: spec.UpdateMessageInteractionCallbackRequestSchema,
  7: spec.UpdateMessageInteractionCallbackRequestSchema,
  8: spec.ApplicationCommandAutocompleteCallbackRequestSchema,
  9: spec.ModalInteractionCallbackRequestSchema,
}

const routes: readonly (readonly [string, RegExp, Choose])[] = [
  ['POST', /^\/channels\/\d+\/messages$/, spec.MessageCreateRequestSchema],
  ['PATCH', /^\/channels\/\d+\/messages\/\d+$/, spec.MessageEditRequestPartialSchema],
  ['POST', /^\/channels\/\d+\/messages\/\d+\/threads$/, spec.CreateTextThreadWithMessageRequestSchema],
  ['POST', /^\/channels\/\d+\/threads$/, spec.CreateTextThreadWithoutMessageRequestSchema],
  ['PATCH', /^\/channels\/\d+$/, spec.UpdateThreadRequestPartialSchema],
  ['POST', /^\/guilds\/\d+\/channels$/, spec.CreateGuildChannelRequestSchema],
  ['POST', /^\/interactions\/\d+\/[^/]+\/callback$/, (body) => callbacks[Number(body['type'])]],
  ['POST', /^\/webhooks\/\d+\/[^/]+$/, spec.IncomingWebhookInteractionRequestSchema],
  [
    'PATCH',
    /^\/webhooks\/\d+\/[^/]+\/messages\/[^/]+$/,
    spec.IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema,
  ],
]

const commandsRoute = /^\/applications\/\d+\/(guilds\/\d+\/)?commands$/

/** One sentence for each thing that Discord would refuse, or would not read. `path` begins behind `/api/v10`. */
export const problemsOf = (method: string, path: string, body: unknown): string[] =>
  problems(method, path, body).map((problem) => `${method} ${path}: ${problem}`)

const problems = (method: string, path: string, body: unknown): string[] => {
  if (method === 'PUT' && commandsRoute.test(path) && Array.isArray(body))
    return body.flatMap((command: unknown, index) =>
      againstSpec(spec.ApplicationCommandUpdateRequestSchema, numeric(command)).map(
        (problem) => `command ${index}: ${problem}`,
      ),
    )
  if (!isObject(body)) return ['the body is no object']
  const choose = routes.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2]
  const schema = typeof choose === 'function' ? choose(body) : choose
  if (schema === undefined) return ['no schema is known for it']
  return [...againstSpec(schema, numeric(body)), ...ownChecks(path, body)]
}

const againstSpec = (schema: spec.SpecSchema, body: unknown): string[] => {
  const parsed = schema.safeParse(body)
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => inWords(issue))
  // The schemas drop what they do not know without a word.
  return isDeepStrictEqual(parsed.data, body) ? [] : ['it has a key that Discord does not know']
}

/** Of a choice between shapes, what the nearest one wants: the one that complains least, and deepest. */
const inWords = (
  { path, message, errors = [] }: spec.SpecIssue,
  above: readonly PropertyKey[] = [],
): string[] => {
  const here = [...above, ...path]
  const nearest = errors
    .filter((issues) => !issues.some((issue) => issue.path.join('.') === 'type'))
    .sort((a, b) => a.length - b.length)[0]
  return nearest === undefined
    ? [`${here.join('.')} ${message}`]
    : nearest.flatMap((issue) => inWords(issue, here))
}

/** Discord documents bit fields of rights as text; its schemas want numbers. */
const numeric = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(numeric)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      ['default_member_permissions', 'allow', 'deny'].includes(key) && typeof each === 'string'
        ? Number(each)
        : numeric(each),
    ]),
  )
}

const componentsV2 = 1 << 15
const ephemeral = 1 << 6

/** Ours: what the schemas let through and Discord does not (tried one by one against the schemas). */
const ownChecks = (path: string, body: Json): string[] => {
  if (path.endsWith('/callback')) {
    const data = isObject(body['data']) ? body['data'] : {}
    if (body['type'] === 9) return modalChecks(data)
    return body['type'] === 4 || body['type'] === 7 ? messageChecks(data, true) : []
  }
  if (/\/messages(\/[^/]+)?$/.test(path) || path.startsWith('/webhooks/'))
    return messageChecks(body, path.startsWith('/webhooks/'))
  return []
}

const messageChecks = (body: Json, mayHide: boolean): string[] => {
  const flags = Number(body['flags'] ?? 0)
  const parts = everyComponent(body['components'])
  const v2 = (flags & componentsV2) !== 0
  const content = asText(body['content'])
  const texts = parts.filter((part) => part['type'] === 10).map((part) => asText(part['content']))
  return [
    ...when(!Number.isInteger(flags) || (flags & ~(componentsV2 | ephemeral)) !== 0, 'unknown flags'),
    ...when(!mayHide && (flags & ephemeral) !== 0, 'only an answer can be ephemeral'),
    ...when(content.length > 2_000, `content has ${content.length} characters, 2000 fit`),
    ...when(v2 && (content !== '' || body['embeds'] != null), 'content or embeds beside components V2'),
    ...when(
      !v2 && parts.some((part) => [9, 10, 11, 12, 13, 14, 17].includes(Number(part['type']))),
      'components V2 without their flag',
    ),
    ...when(
      content === '' && parts.length === 0 && body['embeds'] == null && body['attachments'] == null,
      'an empty message',
    ),
    ...when(parts.length > 40, `${parts.length} components over all levels, 40 fit`),
    ...when(texts.join('').length > 4_000, `${texts.join('').length} characters of text, 4000 fit`),
    ...when(
      texts.some((text) => text.trim() === ''),
      'a text without a visible character',
    ),
    ...when(
      !isDeepStrictEqual(body['allowed_mentions'], { parse: [] }),
      'allowed_mentions is not {parse: []}: this could ping',
    ),
    ...repeated(parts.flatMap((part) => part['custom_id'] ?? [])).map((id) => `custom_id ${id} stands twice`),
    ...parts.filter((part) => part['type'] === 2).flatMap(buttonChecks),
    ...parts.flatMap((part) =>
      when(
        part['accent_color'] != null && !Number.isInteger(part['accent_color']),
        'accent_color is no integer',
      ),
    ),
  ]
}

const buttonChecks = (button: Json): string[] => {
  const link = button['style'] === 5
  const url = asText(button['url'])
  return [
    ...when(asText(button['label']).trim() === '' && button['emoji'] == null, 'a button without a label'),
    ...when(link && !/^(https?|discord):/.test(url), `a link button with the url ${url}`),
    ...when(link && button['custom_id'] != null, 'a link button with a custom_id'),
    ...when(!link && button['url'] != null, 'a button with both a url and a style of its own'),
    ...when(!link && asText(button['custom_id']) === '', 'a button without custom_id'),
  ]
}

const modalChecks = (modal: Json): string[] => {
  const parts = everyComponent(modal['components'])
  const top: readonly unknown[] = Array.isArray(modal['components']) ? modal['components'] : []
  return [
    ...when(top.length === 0 || top.length > 5, `${top.length} components in a modal, 1 to 5 fit`),
    ...repeated(parts.flatMap((part) => part['custom_id'] ?? [])).map((id) => `custom_id ${id} stands twice`),
    ...parts.flatMap((part) =>
      when(
        Number(part['min_length'] ?? 0) > Number(part['max_length'] ?? 4_000),
        'min_length above max_length',
      ),
    ),
  ]
}

/** Every component over all levels, accessories and the fields of labels included. */
export const everyComponent = (components: unknown): Json[] =>
  !Array.isArray(components)
    ? []
    : components
        .filter(isObject)
        .flatMap((part) => [
          part,
          ...everyComponent(part['components']),
          ...everyComponent([part['accessory'], part['component']]),
        ])

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

const when = (wrong: boolean, problem: string): string[] => (wrong ? [problem] : [])

const repeated = (values: readonly unknown[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index).map(String)
