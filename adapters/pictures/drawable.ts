import type { Chart } from '../../src/domain/chart.ts'

/**
 * Whether the font has every letter of it: Inter has Latin with its accents, Greek and Cyrillic. A picture full of empty boxes
 * says less than text, which chats show in any script.
 */
export const isDrawable = ({ title, caption, foot, rows }: Chart): boolean =>
  [title, caption, foot, ...rows.flatMap(({ label, figure, note }) => [label, figure, note])].every((text) =>
    known.test(text),
  )

const known =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u0148\u014a-\u017f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u1ea0-\u1ef9\u2010-\u2027\u20ac]*$/
