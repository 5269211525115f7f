import { h, svg } from './dom.js'

/**
 * Draws what the server laid out (src/message/chart/): shapes in their places, with roles that the page gives its own colours,
 * so that dark and light follow by themselves. The figures stand below as a table, for whoever wants them as text.
 *
 * @param {{ chart: any, drawing: any }} view as `/v1/charts` and the chart block of a card have it
 */
export function chartOf({ chart, drawing }) {
  const { margin, shapes } = drawing
  const [width, height] = [drawing.width - 2 * margin, drawing.height - 2 * margin]
  return h(
    'figure.chart',
    null,
    svg(
      'svg',
      {
        class: 'drawing',
        viewBox: `${margin} ${margin} ${width} ${height}`,
        width: String(width),
        height: String(height),
        role: 'img',
        'aria-label': chart.alt,
      },
      ...shapes.map(shapeOf),
    ),
    chart.rows.length > 0 && tableOf(chart),
  )
}

function shapeOf(shape) {
  const place = (attributes) =>
    Object.fromEntries(
      Object.entries({ ...attributes, class: `role-${shape.role}` }).map(([name, value]) => [
        name,
        String(value),
      ]),
    )
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height, radius } = shape
      return svg('rect', place({ x, y, width, height, rx: radius }))
    }
    case 'circle':
      return svg('circle', place({ cx: shape.x, cy: shape.y, r: shape.radius }))
    default: {
      const { x, y, size, bold, anchor } = shape
      const look = { 'font-size': size, 'font-weight': bold ? 700 : 400, 'text-anchor': anchor }
      return svg('text', place({ x, y, ...look }), document.createTextNode(shape.text))
    }
  }
}

function tableOf({ rows, title, more }) {
  return h(
    'details.chart-figures',
    null,
    h('summary', null, 'As a table'),
    h(
      'table.table',
      null,
      h('caption.quiet', null, title),
      h(
        'tbody',
        null,
        rows.map(({ label, figure, note }, at) =>
          h(
            'tr',
            { 'data-key': String(at) },
            h('th', { scope: 'row' }, label),
            h('td.number', null, figure),
            h('td.muted', null, note),
          ),
        ),
      ),
    ),
    more > 0 && h('p.muted', null, `and ${more} more`),
  )
}
