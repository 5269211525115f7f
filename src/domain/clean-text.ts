/**
 * Text that people and platforms send, made fit to be stored, shown and compared: no control characters (U+0000 among
 * them), no marks that turn the direction of writing or take no room, no halves of pairs, one blank where there were many.
 */
export const cleanText = (text: string, most: number): string =>
  cut(worthLookingAt(text, most).replace(unseen, '').replace(/\s+/gu, ' ').trim(), most)

/** The same, and its lines stay lines. */
export const cleanLines = (text: string, most: number): string =>
  cut(
    worthLookingAt(text, most)
      .replaceAll(/\r\n?/g, '\n')
      .replace(unseen, '')
      .replace(/[^\S\n]+/gu, ' ')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    most,
  )

/** What comes may be much longer than anything is worth: ten thousands of marks that nobody sees. */
const worthLookingAt = (text: string, most: number): string => text.slice(0, most * 4).toWellFormed()

/** Whole characters alone, `…` in place of the last when something is missing. */
const cut = (text: string, most: number): string => {
  if (text.length <= most) return text
  const kept = text.slice(0, most - 1)
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`
}

// Blanks of all kinds stay for now: they part words. U+FFFD stands where half of a pair stood.
const unseen = /[^\P{Cc}\s]|\p{Cf}|\u{FFFD}|\u{034F}|\u{115F}|\u{1160}|\u{3164}|\u{FFA0}/gu
