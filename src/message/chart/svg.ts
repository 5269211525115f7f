import type { Drawing, Role, Shape } from './drawing.ts'

/**
 * A drawing as SVG text, for pictures. On a dark ground of its own: it is readable in a light chat as in a dark one, and
 * dazzles nobody at night. Every text on it has a contrast of at least 6 to 1.
 */

const palette = {
  surface: '#141c1b',
  text: '#eef4f2',
  muted: '#a9bab6',
  track: '#263432',
  neutral: '#3fcfbb',
  'neutral-soft': '#2b6f67',
  good: '#5fd498',
  'good-soft': '#2f7350',
  warning: '#f2b95f',
  'warning-soft': '#80602e',
} as const satisfies Record<Role, string>

export const svgOf = ({ width, height, shapes }: Drawing, family: string): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="${width}" height="${height}" fill="${palette.surface}"/>`,
    `<g font-family="${escaped(family)}">`,
    ...shapes.map(shapeOf),
    '</g></svg>',
  ].join('')

const shapeOf = (shape: Shape): string => {
  const fill = palette[shape.role]
  switch (shape.kind) {
    case 'rect':
      return `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" rx="${shape.radius}" fill="${fill}"/>`
    case 'circle':
      return `<circle cx="${shape.x}" cy="${shape.y}" r="${shape.radius}" fill="${fill}"/>`
    case 'text':
      return `<text x="${shape.x}" y="${shape.y}" font-size="${shape.size}"${shape.bold ? ' font-weight="700"' : ''} text-anchor="${shape.anchor}" fill="${fill}">${escaped(shape.text)}</text>`
  }
}

/** XML takes no control characters at all. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n]|[\u{FFFE}\u{FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
