import { changeRows, isGrouped, signalRows } from './fact-groups.js'

/** The facts of one piece of evidence as rows a person reads: a plain label, and a value with its unit. */

/** @typedef {{ label: string, value: string, at?: string, incident?: string, link?: string }} FactRow */

const failures = {
  timeout: 'no answer in time',
  refused: 'connection refused',
  reset: 'connection broken off',
  dns: 'host name not known',
  other: 'not reachable',
}
const healths = { pass: 'healthy', warn: 'not quite healthy', fail: 'failing' }
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

const wordFor = (table, value) => (Object.hasOwn(table, value) ? table[value] : plain(value))
const plain = (value) => String(value).replaceAll('_', ' ')
const quantity = (unit) => (value) =>
  typeof value === 'number' ? `${number.format(value)} ${unit}` : plain(value)

/** In the order in which they are read. What is not there is no row: `none` would only be noise. */
const known = {
  reachable: ['Answers', (value) => (value ? 'yes' : 'no')],
  failure: ['Because', (value) => wordFor(failures, value)],
  httpStatus: ['HTTP status', String],
  latencyMs: ['Answer time', quantity('ms')],
  health: ['Says of itself', (value) => wordFor(healths, value)],
  found: ['Found in the cluster', (value) => (value ? 'yes' : 'no')],
  readyReplicas: [
    'Ready',
    (value, { desiredReplicas }) =>
      typeof desiredReplicas === 'number' ? `${value} of ${desiredReplicas}` : String(value),
  ],
  updatedReplicas: ['On the newest version', String],
  restarts: ['Restarts', String],
  waiting: ['Waits because of', String],
  lastTermination: ['Ended last by', String],
  revision: ['Revision', String],
  changes: ['Changes in the hours before', String],
  total: ['Earlier incidents', String],
  recoveredAlone: ['Recovered without help', (value, { total }) => `${value} of ${total}`],
  medianMinutes: ['Half were over within', quantity('min')],
  lastIncident: ['The last one', String],
  lastPlaybook: ['What was tried then', String],
  lastOutcome: ['How that ended', plain],
}

/** @returns {FactRow[]} */
export function factRows(facts) {
  const rows = Object.entries(known)
    .filter(([name]) => there(facts, name) && (name !== 'recoveredAlone' || facts.total > 0))
    .map(([name, [label, say]]) => ({
      label,
      value: say(facts[name], facts),
      ...(name === 'lastIncident' ? { incident: String(facts[name]) } : {}),
    }))
  rows.unshift(...signalRows(facts))
  rows.push(...changeRows(facts))
  const checks = new Set()
  for (const name of Object.keys(facts)) {
    const check = /^check\.(.+)\.(?:status|value|unit|since)$/.exec(name)?.[1]
    if (check !== undefined) checks.add(check)
    // A newer server may find facts that this page has no label for.
    else if (!Object.hasOwn(known, name) && !told.has(name) && !isGrouped(name) && there(facts, name))
      rows.push({ label: labelOf(name), value: plain(facts[name]) })
  }
  for (const check of checks) rows.push(checkRow(check, facts))
  for (const [name, label] of [
    ['rolledOutAt', 'Rolled out'],
    ['comparedAt', 'Compared with'],
  ])
    if (there(facts, name)) rows.push({ label, value: '', at: String(facts[name]) })
  if (there(facts, 'link')) rows.push({ label: 'Graph', value: 'in Prometheus', link: String(facts.link) })
  return rows
}

/** Told in rows of their own, or beside another. */
const told = new Set(['rolledOutAt', 'comparedAt', 'link', 'desiredReplicas', 'recorded'])

const there = (facts, name) => Object.hasOwn(facts, name) && facts[name] !== null

/** `Memory utilization: 97 % · not quite healthy`: value, unit, judgement and since when belong in one row. */
function checkRow(check, facts) {
  const of = (part) => (there(facts, `check.${check}.${part}`) ? facts[`check.${check}.${part}`] : null)
  const [value, unit, status, since] = [of('value'), of('unit'), of('status'), of('since')]
  const sign = unit === 'percent' ? '%' : unit
  const measured = value === null ? null : typeof value === 'number' ? number.format(value) : plain(value)
  const parts = [
    measured === null ? null : sign === null ? measured : `${measured} ${sign}`,
    status === null ? null : wordFor(healths, status),
  ].filter((part) => part !== null)
  return {
    label: labelOf(check),
    value: parts.length === 0 ? 'not said' : parts.join(' · '),
    ...(since === null ? {} : { at: String(since) }),
  }
}

/** `memory:utilization` -> `Memory utilization`, `db:responseTime` -> `Db response time`. What a sender named keeps its letters. */
function labelOf(name) {
  const [component, ...rest] = name.split(':')
  // The second part names the thing of a circuit or flag; of anything else it says what was measured.
  const things = component === 'circuit' || component === 'flag'
  const tail = things ? rest.join(':') : split(rest.join(' '))
  const words = `${split(component)} ${tail}`.trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const split = (text) =>
  text.replace(/([a-z\d])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`).replace(/[_-]+/g, ' ')
