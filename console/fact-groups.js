/** Facts that are read together: a signal now and before, a change with when and by whom. */

/** @typedef {import('./facts.js').FactRow} FactRow */

const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 })
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const rounded = (value) => (Math.abs(value) >= 10 ? whole : number).format(value)
const share = (value) => `${rounded(value * 100)} %`

/** As `metricInWords` of the server has them. */
const signals = {
  errorRate: ['Errors', share],
  latencyP99: [
    '99 of 100 requests answered within',
    (value) => (Math.abs(value) < 0.9995 ? `${rounded(value * 1_000)} ms` : `${rounded(value)} s`),
  ],
  saturation: ['Saturation', share],
  requestRate: ['Requests', (value) => `${rounded(value)} a second`],
}

/** No data is no 0, and is said. @returns {FactRow[]} */
export function signalRows(facts) {
  return Object.entries(signals).flatMap(([signal, [label, say]]) => {
    const [now, before, problem] = ['now', 'before', 'problem'].map((part) => facts[`${signal}.${part}`])
    if (problem !== undefined) return [{ label, value: String(problem) }]
    if (now === undefined) return []
    const told = (value) => (typeof value === 'number' ? say(value) : 'no data')
    return [{ label, value: `${told(now)} · before: ${told(before)}` }]
  })
}

const kinds = {
  deploy: 'Deploy',
  config: 'Configuration change',
  flag: 'Flag change',
  infrastructure: 'Infrastructure change',
  run: 'Run of Suture',
}

/** `Deploy of checkout: 2.31.0 · 12 min before · by ci`. @returns {FactRow[]} */
export function changeRows(facts) {
  const rows = []
  for (let at = 1; facts[`change.${at}.title`] !== undefined; at += 1) {
    const of = (part) => facts[`change.${at}.${part}`]
    const kind = Object.hasOwn(kinds, of('kind')) ? kinds[of('kind')] : 'Change'
    const version = of('version') === undefined ? [] : [`version ${of('version')}`]
    const by = of('by') === undefined ? [] : [`by ${of('by')}`]
    const minutes = Math.round(of('minutesBefore'))
    const ago = minutes < 120 ? `${minutes} min before` : `${Math.round(minutes / 60)} h before`
    rows.push({
      label: `${kind} of ${of('service')}`,
      value: [of('title'), ...version, ...by, ago].join(' · '),
      ...(of('link') === undefined ? {} : { link: String(of('link')) }),
    })
  }
  return rows
}

const grouped =
  /^(?:(?:errorRate|latencyP99|saturation|requestRate)\.(?:now|before|problem)|change\.\d+\.\w+)$/

/** True for facts that a group tells already. */
export const isGrouped = (name) => grouped.test(name)
