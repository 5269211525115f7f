import { svg } from './dom.js'

/** Line icons on a 16 by 16 grid, drawn with the colour of the text around them. */
const shapes = {
  alert: ['M8 2.2 14.2 13H1.800Z', 'M8 6.300v3.200', 'M8 11.400v.01'],
  search: ['M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9Z', 'm10.400 10.400 3.100 3.100'],
  needle: [
    'M13.500 2.500 6.300 9.700',
    'M6.300 9.700 2.500 13.500',
    'M10.800 3.300a1.700 1.700 0 0 1 1.900 1.900',
    'M6.300 9.700c2.500.2 4.500 2 7 3.300',
  ],
  play: ['M5 3.200v9.600l7.600-4.800Z'],
  check: ['m3 8.600 3.200 3.200L13 4.800'],
  chat: ['M2.500 3.500h11v7.500H7.200L4 13.500V11H2.500Z'],
  info: ['M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z', 'M8 7.400v3.400', 'M8 5.100v.01'],
  cross: ['m4 4 8 8', 'm12 4-8 8'],
  help: [
    'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
    'M6.300 6.400A1.800 1.800 0 1 1 8.600 8c-.4.2-.6.500-.6 1',
    'M8 11.100v.01',
  ],
  undo: ['M5.500 3 2.800 5.700l2.700 2.700', 'M3 5.700h6a3.700 3.700 0 0 1 0 7.400H6.500'],
  dash: ['M4 8h8'],
  home: ['m2.500 7.500 5.500-5 5.500 5', 'M4 6.500v7h8v-7'],
  hash: [
    'M6.300 2.500 5.200 13.500',
    'M10.800 2.500 9.700 13.500',
    'M2.800 5.800h10.800',
    'M2.400 10.200h10.800',
  ],
  inbox: ['M2.500 9 4.200 3.500h7.600L13.500 9v4h-11Z', 'M2.500 9h3.200l.8 1.600h3L10.300 9h3.200'],
  key: [
    'M5.500 7.300a2.900 2.900 0 1 0 0 5.800 2.900 2.900 0 0 0 0-5.800Z',
    'm7.600 8.200 5.600-5.600',
    'm10.600 5.200 2 2',
  ],
  shield: ['M8 2 3 3.800v3.700c0 3.200 2.100 5.500 5 6.500 2.900-1 5-3.300 5-6.500V3.800Z'],
  pulse: ['M1.800 8.300h3l1.700-4.600 3 8.600 1.700-4h3'],
  chart: ['M2.500 13.500h11', 'M4.500 11V8', 'M8 11V3.500', 'M11.500 11V6'],
  menu: ['M2.500 4.500h11', 'M2.500 8h11', 'M2.500 11.500h11'],
  back: ['M9.800 3.200 5 8l4.800 4.800'],
  next: ['M6.200 3.200 11 8l-4.800 4.800'],
  down: ['m3.500 6 4.500 4.500L12.500 6'],
  arrowDown: ['M8 2.800v10', 'm4 9 4 4 4-4'],
  send: ['M2.500 8 13.500 2.800 10 13.200 7.600 8.900Z', 'm7.600 8.900 2.700-2.700'],
  sun: [
    'M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600Z',
    'M8 1.500v1.200',
    'M8 13.300v1.200',
    'M1.500 8h1.200',
    'M13.300 8h1.200',
    'm3.400 3.400.9.9',
    'm11.700 11.700.9.9',
    'm12.600 3.400-.9.9',
    'm4.300 11.700-.9.9',
  ],
  moon: ['M13.300 9.600A5.700 5.700 0 0 1 6.400 2.700a5.700 5.700 0 1 0 6.900 6.900Z'],
  copy: ['M5.500 5.500h8v8h-8Z', 'M10.500 5.500v-3h-8v8h3'],
  flask: [
    'M6 2.200h4',
    'M6.800 2.200v4L3 12.600c-.3.600.1 1.200.8 1.200h8.400c.7 0 1.100-.6.8-1.200L9.200 6.200v-4',
    'M4.800 9.800h6.400',
  ],
  bolt: ['M9 1.800 3.500 9H8l-1 5.200L12.500 7H8Z'],
  stop: ['M5.300 2h5.400L14 5.300v5.400L10.700 14H5.300L2 10.700V5.300Z', 'M5.500 8h5'],
  clock: ['M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z', 'M8 4.800V8l2.200 1.400'],
  plus: ['M8 3v10', 'M3 8h10'],
  person: [
    'M8 2.500a2.600 2.600 0 1 0 0 5.200 2.600 2.600 0 0 0 0-5.200Z',
    'M2.800 13.500c.5-2.500 2.500-3.900 5.200-3.900s4.700 1.400 5.200 3.900',
  ],
  out: ['M6.500 2.500h-4v11h4', 'M6 8h7.500', 'm10.800 5.200 2.800 2.800-2.800 2.800'],
  link: ['M6.500 3.500h-4v10h10v-4', 'M9 2.500h4.500V7', 'm13.500 2.500-6.300 6.300'],
  wrap: [
    'M2.500 4h11',
    'M2.500 8h9a2.200 2.200 0 0 1 0 4.400H8.500',
    'm10.200 10.500-1.900 1.900 1.900 1.900',
    'M2.500 12.400h2.800',
  ],
}

/** @param {keyof typeof shapes} name @param {string} [label] said by screen readers; without it the icon is decoration */
export function icon(name, label) {
  const attributes = { class: 'icon', viewBox: '0 0 16 16', width: '16', height: '16', focusable: 'false' }
  const named = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }
  return svg('svg', { ...attributes, ...named }, ...shapes[name].map((d) => svg('path', { d })))
}

/** How bad, as bars and never by colour alone: four for critical, one for info. */
export function severityIcon(severity) {
  const level = { critical: 4, high: 3, medium: 2, low: 1, info: 0 }[severity] ?? 0
  const bars = [0, 1, 2, 3].map((at) =>
    svg('rect', {
      x: String(1.5 + at * 3.5),
      y: String(10 - at * 2.5),
      width: '2.5',
      height: String(4 + at * 2.5),
      rx: '1',
      class: at < level ? 'on' : 'off',
    }),
  )
  const attributes = {
    viewBox: '0 0 16 16',
    width: '16',
    height: '16',
    role: 'img',
    'aria-label': `severity ${severity}`,
  }
  return svg('svg', { ...attributes, class: `severity severity-${severity}`, focusable: 'false' }, ...bars)
}

/** A small turning ring; said as "working". */
export const spinner = () => {
  const attributes = {
    class: 'spinner',
    viewBox: '0 0 16 16',
    width: '16',
    height: '16',
    'aria-hidden': 'true',
  }
  return svg('svg', attributes, svg('circle', { cx: '8', cy: '8', r: '5.500' }))
}
