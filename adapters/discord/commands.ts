import { hash } from 'node:crypto'
import type { RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord-api-types/v10'
import { z } from 'zod'
import { type CommandHelp, type CommandName, commandHelp } from '../../src/domain/chat-command.ts'
import { modes } from '../../src/domain/policy/facts.ts'
import type { DiscordClient } from './client.ts'
import type { AskingInteraction } from './payloads.ts'

/** `/heal` as Discord shows it: one subcommand for each word, with the fields that the word needs. */

interface Field {
  readonly name: string
  readonly description: string
  readonly required: boolean
  readonly completes?: true
  readonly choices?: readonly string[]
  /** Said before it, so that the words can be told apart. */
  readonly word?: string
}

const reason = (required: boolean): Field => ({
  name: 'reason',
  description: 'Why, for whoever reads this later',
  required,
})
const completed = (name: string, description: string): Field => ({
  name,
  description,
  required: true,
  completes: true,
})

/** In the order in which they are said: `reject req-7 too risky at noon`. */
const fieldsOf: Readonly<Partial<Record<CommandName, readonly Field[]>>> = {
  show: [completed('incident', 'Such as inc-7')],
  take: [completed('incident', 'Such as inc-7')],
  cancel: [completed('run', 'Such as run-7')],
  request: [completed('proposal', 'Such as prop-7'), reason(false)],
  override: [completed('proposal', 'Such as prop-7'), reason(true)],
  revoke: [completed('request', 'Such as req-7'), reason(false)],
  edit: [
    completed('proposal', 'Such as prop-7'),
    { name: 'values', description: 'Such as instances=2', required: true },
  ],
  approve: [completed('request', 'Such as req-7'), reason(false)],
  reject: [completed('request', 'Such as req-7'), reason(true)],
  away: [
    { name: 'until', description: 'Such as 18:00, 2h or friday 18:00', required: false, word: 'until' },
    { name: 'to', description: 'Who votes in your stead', required: false, word: 'to' },
  ],
  mode: [
    {
      name: 'mode',
      description: 'Leave both out for a form; default takes away what is set',
      required: false,
      choices: [...modes, 'default'],
    },
    { name: 'for', description: 'A service or a playbook; leave it out for all services', required: false },
  ],
  'break-glass': [
    {
      name: 'words',
      description: 'checkout for 30m because why; leave it out to see which is broken',
      required: false,
    },
  ],
  review: [
    { name: 'glass', description: 'Such as bg-7', required: true },
    { name: 'note', description: 'What you looked at and found', required: true },
  ],
  stop: [reason(false)],
  resume: [reason(false)],
  why: [completed('run', 'Such as run-7, or a proposal such as prop-7')],
  windows: [{ name: 'service', description: 'Leave it out to see all', required: false, completes: true }],
  freeze: [
    {
      name: 'what',
      description: 'A service, playbook or owner; leave it out for everything',
      required: false,
      completes: true,
    },
    {
      name: 'until',
      description: 'Such as 18:00, 2h or friday 18:00; leave all out for a form',
      required: false,
      word: 'until',
    },
    { ...reason(false), word: 'because' },
  ],
  unfreeze: [completed('freeze', 'Such as frz-7')],
  silence: [
    {
      name: 'what',
      description: 'Such as service=checkout alertname=~High*',
      required: true,
      completes: true,
    },
    { name: 'until', description: 'Such as 18:00, 2h or friday 18:00', required: true, word: 'until' },
    { ...reason(true), word: 'because' },
  ],
  maintenance: [
    { name: 'service', description: 'A service of the catalogue', required: true, completes: true },
    { name: 'until', description: 'Such as 18:00, 2h or friday 18:00', required: true, word: 'until' },
    { ...reason(true), word: 'because' },
  ],
  unsilence: [completed('silence', 'Such as sil-7')],
  audit: [completed('about', 'Such as run-7, inc-7, prop-7 or req-7')],
  postmortem: [completed('incident', 'Such as inc-7')],
  ask: [completed('question', 'Such as: what happened to checkout?')],
  link: [{ name: 'code', description: 'What Suture told you in your other chat', required: false }],
}

/** Discord takes 25 words at most, so those that belong together stand under one: `/heal quiet silence`. */
const groups: readonly {
  readonly name: string
  readonly about: string
  readonly of: readonly CommandName[]
}[] = [
  {
    name: 'policy',
    about:
      'what policy says and why, when a service may be changed, proofs, postmortems, whether Suture works',
    of: ['why', 'windows', 'freezes', 'audit', 'postmortem', 'test'],
  },
  {
    name: 'absence',
    about: 'who is away, and who votes for them',
    of: ['away', 'back'],
  },
  {
    name: 'quiet',
    about: 'silences and maintenance: what opens nothing for a while',
    of: ['silence', 'maintenance', 'silences', 'unsilence'],
  },
  {
    name: 'emergency',
    about: 'stop everything, or break the glass, and the review that comes after',
    of: ['stop', 'resume', 'break-glass', 'review'],
  },
]

const subcommand = 1 as const
const subcommandGroup = 2 as const
const text = 3 as const

const asOption = ({ name, description, required, completes, choices }: Field) => {
  const option = { type: text, name, description, required }
  if (completes === true) return { ...option, autocomplete: true as const }
  return choices === undefined
    ? option
    : { ...option, choices: choices.map((choice) => ({ name: choice, value: choice })) }
}

const asSubcommand = ({ name, about }: CommandHelp) => ({
  type: subcommand,
  name,
  description: about,
  // Discord wants first what is required; words keep their own order.
  options: [...(fieldsOf[name] ?? [])]
    .sort((one, other) => Number(other.required) - Number(one.required))
    .map(asOption),
})

export const healCommand = {
  name: 'heal',
  description: 'Incidents, approvals and runs, and what Suture may do',
  options: [
    ...commandHelp.filter(({ name }) => !groups.some(({ of }) => of.includes(name))).map(asSubcommand),
    ...groups.map(({ name, about, of }) => ({
      type: subcommandGroup,
      name,
      description: about,
      options: commandHelp.filter((each) => of.includes(each.name)).map(asSubcommand),
    })),
  ],
} satisfies RESTPostAPIChatInputApplicationCommandsJSONBody

type CommandData = Extract<AskingInteraction, { type: 2 }>['data']

/** What the person would have typed after `/heal`; nothing, which asks for help, for a command that is not ours. */
export const wordsOf = (data: CommandData): string => said(data, () => true).join(' ')

/** As far as the field that is being filled, and what stands before that field. */
export const wordsTyped = (data: CommandData): { readonly words: string; readonly before: string } => {
  let open = true
  const words = said(data, (option) => {
    const first = open
    if (option.focused === true) open = false
    return first
  })
  return { words: words.join(' '), before: words.slice(0, -1).join(' ') }
}

type Value = NonNullable<NonNullable<CommandData['options']>[number]['options']>[number]

const said = (data: CommandData, counts: (option: Value) => boolean): string[] => {
  const [chosen] = data.options ?? []
  const known = commandHelp.find((each) => each.name === chosen?.name)
  if (data.name !== healCommand.name || chosen === undefined || known === undefined) return []
  // People fill fields in any order, and Discord sends them so; words have one.
  const filled = (fieldsOf[known.name] ?? [])
    .flatMap((field) => {
      const option = chosen.options?.find(({ name }) => name === field.name)
      return option === undefined ? [] : [{ option, word: field.word }]
    })
    .filter(({ option }) => counts(option))
  return [
    known.name,
    ...filled.map(({ option: { value }, word }) => `${word === undefined ? '' : `${word} `}${value ?? ''}`),
  ]
}

/** https://discord.com/developers/docs/interactions/receiving-and-responding: 25 choices, names and values of 1 to 100. */
const mostChoices = 25
const longestChoice = 100

/** A choice fills one field, so the words that stand before it in a suggestion are taken off. */
export const choicesFor = (
  typed: { readonly before: string },
  suggestions: readonly string[],
): { name: string; value: string }[] => {
  const before = `${typed.before} `
  const values = suggestions
    .map((each) => (each.startsWith(before) ? each.slice(before.length) : each).trim())
    .filter((value) => value !== '' && value.length <= longestChoice)
  return [...new Set(values)].slice(0, mostChoices).map((value) => ({ name: value, value }))
}

const Option = z.object({
  type: z.number(),
  name: z.string(),
  description: z.string().default(''),
  required: z.boolean().default(false),
  autocomplete: z.boolean().default(false),
  choices: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  get options() {
    return z.array(Option).default([])
  },
})
/** What we say of a command, without what Discord adds to it. */
const Known = z.array(
  z.object({ name: z.string(), description: z.string(), options: z.array(Option).default([]) }),
)

/**
 * Makes the guild's commands ours. A guild takes 200 new commands a day, and every start would use some up: so they are
 * read first, and written only when they differ. Throws what the REST client throws.
 */
export const registerCommands = async (client: DiscordClient): Promise<'unchanged' | 'written'> => {
  const { applicationId } = await client.identify()
  const path = `/applications/${applicationId}/guilds/${client.guildId}/commands` as const
  const there = await client.call(Known, 'GET', path).catch(() => null)
  if (there !== null && digest(there) === digest(Known.parse([healCommand]))) return 'unchanged'
  await client.rest.put(path, { body: [healCommand] })
  return 'written'
}

const digest = (commands: z.infer<typeof Known>): string => hash('sha256', JSON.stringify(commands))
