/** Text for a terminal. What comes from outside may hold escape sequences: it must not drive the terminal. */

// All control characters, and the marks that turn the direction of writing.
const controls = /\p{Cc}|\p{Bidi_Control}/gu
const controlsButLineFeed = /[^\P{Cc}\n]|\p{Bidi_Control}/gu

export const oneLine = (text: string): string => text.replace(controls, ' ')
export const lines = (text: string): string => text.replace(controlsButLineFeed, ' ')

/** JSON that is as safe to print: what could drive a terminal is written as an escape. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(
    controlsButLineFeed,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const styles = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' } as const
export type Style = keyof typeof styles
export type Paint = (style: Style, text: string) => string

export const painter =
  (colored: boolean): Paint =>
  (style, text) =>
    colored ? `\u001b[${styles[style]}m${text}\u001b[0m` : text

export interface Cell {
  readonly text: string
  readonly style?: Style
}

/** Columns padded to their widest cell, two spaces between them. */
export const table = (
  paint: Paint,
  head: readonly string[],
  rows: readonly (readonly (Cell | string)[])[],
): string[] => {
  const cells = rows.map((row) =>
    row.map(
      (cell): Cell =>
        typeof cell === 'string' ? { text: oneLine(cell) } : { ...cell, text: oneLine(cell.text) },
    ),
  )
  const widths = head.map((title, column) =>
    Math.max(width(title), ...cells.map((row) => width(row[column]?.text ?? ''))),
  )
  const padded = (text: string, column: number): string =>
    column === head.length - 1 ? text : text + ' '.repeat((widths[column] ?? 0) - width(text) + 2)
  return [
    head
      .map((title, column) => paint('bold', padded(title, column)))
      .join('')
      .trimEnd(),
    ...cells.map((row) =>
      row
        .map(({ text, style }, column) =>
          style === undefined
            ? padded(text, column)
            : paint(style, text) + padded(text, column).slice(text.length),
        )
        .join('')
        .trimEnd(),
    ),
  ]
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** Columns that a terminal takes for it. */
export const width = (text: string): number =>
  [...graphemes.segment(text)].reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0)

export const shortened = (text: string, most: number): string => {
  const characters = [...graphemes.segment(oneLine(text))].map(({ segment }) => segment)
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`
}
