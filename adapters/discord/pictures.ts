import { DiscordAPIError, type RawFile } from '@discordjs/rest'
import type { Picture, PictureMaker } from '../../src/app/ports.ts'
import { type Card, chartsOf } from '../../src/domain/card.ts'

/** The pictures of a card's charts: attachments of its message, shown in the card where the chart stands. */

/** Null where the card has no chart, or a chart no picture: then its rows are text. */
export type PicturesOf = (card: Card) => Promise<readonly Picture[] | null>

export const createPicturesOf =
  (make: PictureMaker | null): PicturesOf =>
  async (card) => {
    const charts = chartsOf(card)
    if (make === null || charts.length === 0) return null
    const made = await Promise.all(charts.map((chart) => make(chart)))
    const pictures = made.filter((picture) => picture !== null)
    return pictures.length === charts.length ? pictures : null
  }

/** Discord knows an attachment by its name, so no two of a message have the same. */
const nameOf = ({ name }: Picture, at: number): string => `${at + 1}-${name}`

/** Media gallery and its items: https://discord.com/developers/docs/components/reference#media-gallery */
export const galleryOf = (pictures: readonly Picture[]): object[] =>
  pictures.map((picture, at) => ({
    type: 12,
    items: [{ media: { url: `attachment://${nameOf(picture, at)}` }, description: picture.alt }],
  }))

/** What stands in the body beside the files: `id` is the place of the file among them. */
export const attachmentsOf = (pictures: readonly Picture[]): object[] =>
  pictures.map((picture, at) => ({ id: String(at), filename: nameOf(picture, at), description: picture.alt }))

export const filesOf = (pictures: readonly Picture[]): RawFile[] =>
  pictures.map((picture, at) => ({
    name: nameOf(picture, at),
    contentType: 'image/png',
    data: Buffer.from(picture.bytes),
  }))

/** Not allowed to attach files there, or the picture is not to its liking: the same goes as text. */
export const refusesPictures = (error: unknown): boolean =>
  error instanceof DiscordAPIError && [400, 403, 413].includes(error.status)
