import type { Picture } from '../../src/app/ports.ts'
import { type Card, type Tone, withoutCharts } from '../../src/domain/card.ts'
import { fixed, type Group, groupsOf, headOf } from './blocks.ts'
import { linkRow, rowsOf } from './buttons.ts'
import { fit } from './fit.ts'
import { mostComponents, mostText } from './limits.ts'
import { attachmentsOf, galleryOf } from './pictures.ts'
import { linkText } from './spans.ts'

/** A card as one message of Discord's Components V2: a container with the tone as its colour. Pure. */

export interface DiscordMessage {
  readonly flags: number
  readonly components: readonly object[]
  /** Nobody is ever pinged, neither by a post nor by an edit. */
  readonly allowed_mentions: { readonly parse: [] }
  /** Goes with the files of the pictures. */
  readonly attachments?: readonly object[]
}

export interface RenderOptions {
  readonly consoleUrl: string | null
  readonly incidentId: string | null
  /** Where the thread of this card goes on, if not below it: the channel that the incident has of its own. */
  readonly ownChannelId?: string | null
  /** Of the charts of this card, in their order; without them they are rows of text. */
  readonly pictures?: readonly Picture[] | null
}

/** IS_COMPONENTS_V2, Message Resource. It can't be taken back from a message. */
export const componentsV2 = 1 << 15

/** As in the console, on a dark ground as on a light one. */
const accents = {
  neutral: 0x80848e,
  info: 0x4c8bd8,
  good: 0x2f9e5f,
  warning: 0xe0a52e,
  bad: 0xd9463e,
} as const satisfies Record<Tone, number>

export const renderMessage = (card: Card, options: RenderOptions): DiscordMessage => {
  const page = pageOf(options)
  const rows = rowsOf(card)
  const link = page === null || card.kind !== 'incident' ? null : linkRow('Open in the console', page)
  const pictures = options.pictures ?? []
  const gallery = galleryOf(pictures)
  const { before, after } = sides(card, gallery.length > 0)
  const pointer =
    options.ownChannelId == null
      ? []
      : [[fixed(`-# The work on it goes on in <#${options.ownChannelId}>`, true)]]
  const groups = { before: [headOf(card), ...before], after: [...after, ...pointer] }
  const parts =
    rows.reduce((all, row) => all + 1 + row.components.length, 0) + (link === null ? 0 : 2) + gallery.length
  // The container itself, and the note that something was left out.
  const texts = written(groups, mostComponents - parts - 2, page)
  return {
    flags: componentsV2,
    components: [
      {
        type: 17,
        accent_color: accents[card.tone],
        components: [
          ...texts.before.map(textDisplay),
          ...gallery,
          ...rows,
          ...texts.after.map(textDisplay),
          ...(link === null ? [] : [link]),
        ],
      },
    ],
    allowed_mentions: { parse: [] },
    ...(gallery.length === 0 ? {} : { attachments: attachmentsOf(pictures) }),
  }
}

const pageOf = ({ consoleUrl, incidentId }: RenderOptions): string | null => {
  if (consoleUrl === null) return null
  const base = consoleUrl.replace(/\/+$/, '')
  return incidentId === null ? base : `${base}/incidents/${encodeURIComponent(incidentId)}`
}

const textDisplay = (content: string): object => ({ type: 10, content })

/** What stands above the pictures and buttons and what stands below them. All buttons stand together, and so do all pictures. */
const sides = (card: Card, drawn: boolean): { before: readonly Group[]; after: readonly Group[] } => {
  const at = card.blocks.findIndex(({ kind }) => kind === 'actions' || (drawn && kind === 'chart'))
  if (at === -1) return { before: groupsOf(card), after: [] }
  const part = (blocks: Card['blocks']): readonly Group[] =>
    groupsOf(drawn ? withoutCharts({ ...card, blocks }) : { ...card, blocks })
  return { before: part(card.blocks.slice(0, at)), after: part(card.blocks.slice(at)) }
}

interface Sides<T> {
  readonly before: readonly T[]
  readonly after: readonly T[]
}

/** The texts within what a message holds; when something had to go, a last one that says so. */
const written = (groups: Sides<Group>, most: number, page: string | null): Sides<string> => {
  const lines = [...groups.before, ...groups.after].flat()
  const note =
    page === null ? '-# This card is shortened.' : `-# This card is shortened. ${linkText('All of it', page)}`
  const whole = fit(lines, mostText)
  const { texts, cut } = whole.cut ? fit(lines, mostText - note.length - 1) : whole
  let from = 0
  const joined = (group: Group): string => {
    const own = texts.slice(from, from + group.length)
    from += group.length
    return own.filter((text) => text !== '').join('\n')
  }
  const before = groups.before.map(joined).filter((text) => text.trim() !== '')
  const after = groups.after.map(joined).filter((text) => text.trim() !== '')
  const mostAfter = Math.min(after.length, Math.floor(most / 2))
  return {
    before: merged(before, most - mostAfter),
    after: [...merged(after, mostAfter), ...(cut ? [note] : [])],
  }
}

/** So many texts at most: neighbours are put together where there are too many. */
const merged = (texts: readonly string[], most: number): readonly string[] => {
  if (texts.length <= most) return texts
  const each = Math.ceil(texts.length / most)
  return Array.from({ length: Math.ceil(texts.length / each) }, (_, at) =>
    texts.slice(at * each, (at + 1) * each).join('\n'),
  )
}
