/** How wide words are, without a font at hand: never less than in Inter, so that nothing overlaps. */

/** Advance widths of U+0020 to U+007E in 1/100 of the size, rounded up: Inter 4.1 regular, its table `hmtx`. */
const ascii: readonly number[] = [
  29, 29, 47, 64, 65, 99, 65, 30, 37, 37, 51, 67, 29, 46, 29, 37, 64, 41, 61, 62, 65, 60, 63, 57, 62, 63, 29,
  31, 67, 67, 67, 52, 97, 69, 66, 74, 73, 61, 60, 75, 75, 27, 58, 68, 57, 91, 76, 77, 64, 77, 65, 65, 65, 75,
  69, 99, 69, 68, 63, 37, 37, 37, 48, 46, 33, 57, 62, 58, 62, 59, 38, 62, 60, 25, 25, 55, 25, 88, 60, 60, 62,
  62, 38, 53, 33, 60, 57, 82, 55, 57, 56, 43, 34, 43, 67,
]
/** The widest of each kind. */
const kinds: readonly (readonly [RegExp, number])[] = [
  [/\p{M}/u, 0],
  [/[–·’‘“”]/u, 50],
  [/[\p{Script=Latin}\p{Script=Greek}]/u, 102],
  [/\p{Script=Cyrillic}/u, 115],
]
/** Of scripts that are as wide as they are high, and of pictographs. */
const foreign = 105
const astral = 140

const widthOf = (character: string): number =>
  ascii[(character.codePointAt(0) ?? 0) - 0x20] ??
  kinds.find(([kind]) => kind.test(character))?.[1] ??
  (character.length > 1 ? astral : foreign)

/** Room for pages that have another font: those that browsers bring are narrower, or little wider. */
const slack = 1.04
/** Bold letters are wider, points most of all. */
const boldFactor = 1.12

export const widthOfText = (text: string, size: number, bold = false): number =>
  ([...text].reduce((sum, each) => sum + widthOf(each), 0) / 100) * size * slack * (bold ? boldFactor : 1)

/** As much as fits, whole characters alone; `…` at the end where something is missing. */
export const fitted = (text: string, size: number, width: number, bold = false): string => {
  if (widthOfText(text, size, bold) <= width) return text
  const kept: string[] = []
  for (const { segment } of graphemes.segment(text)) {
    if (widthOfText(`${kept.join('')}${segment}…`, size, bold) > width) break
    kept.push(segment)
  }
  return `${kept.join('').trimEnd()}…`
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Lines that fit, broken at blanks; the last one is cut where there are more words than lines. */
export const wrapped = (
  text: string,
  size: number,
  width: number,
  mostLines: number,
  bold = false,
): string[] => {
  const lines: string[] = []
  let line = ''
  const words = text.split(' ').filter((word) => word !== '')
  for (const [at, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || widthOfText(longer, size, bold) <= width) line = longer
    else if (lines.length === mostLines - 1)
      return [...lines, fitted(`${line} ${words.slice(at).join(' ')}`, size, width, bold)]
    else {
      lines.push(fitted(line, size, width, bold))
      line = word
    }
  }
  return line === '' ? lines : [...lines, fitted(line, size, width, bold)]
}
