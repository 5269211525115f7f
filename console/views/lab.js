import { post, problemOf } from '../api.js'
import { loadLab } from '../data.js'
import { h } from '../dom.js'
import { spinner } from '../icons.js'
import { menuButton } from '../menu.js'
import { announce } from '../parts.js'
import { write } from '../store.js'
import { plural } from '../words.js'

/** The lab's small estate: see how it is, break it, mend it. */

const faultWords = {
  hang: ['Hang', 'lives, but never answers again'],
  crash: ['Crash', 'exits and stays down'],
  errors: ['Errors', 'every order answers 500'],
  latency: ['Latency', 'more shoppers than it can serve'],
  leak: ['Memory leak', 'memory grows until it fails'],
  'bad-flag': ['Bad flag', 'a feature flag with a fault in it'],
}

const faultName = (fault) => faultWords[fault]?.[0] ?? fault

/** What is being asked of the lab: service -> `break` or `mend`. */
const asked = new Map()
let problem = null

export const labProblem = () => problem

async function ask(service, what, body) {
  if (asked.has(service)) return
  asked.set(service, what)
  problem = null
  write({})
  try {
    await post(`/v1/lab/${what}`, body)
    announce(what === 'break' ? `${service} is broken: ${faultName(body.fault)}.` : `${service} is mended.`)
  } catch (error) {
    problem = problemOf(error)
  }
  await loadLab().catch(() => undefined)
  asked.delete(service)
  write({})
}

export const breakService = (service, fault) => ask(service, 'break', { service, fault })
const mendService = (service) => ask(service, 'mend', { service })

/** @returns {[string, string]} words and tone */
export function conditionOf(service) {
  if (service.healthy === false)
    return [service.fault ? `Failing: ${faultName(service.fault).toLowerCase()}` : 'Failing', 'bad']
  if (service.fault) return [`Broken: ${faultName(service.fault).toLowerCase()}`, 'warning']
  if (service.healthy === null || service.healthy === undefined) return ['Not looked at yet', 'neutral']
  return ['Healthy', 'good']
}

function actionOf(service, faults, place) {
  if (asked.has(service.name)) return h('span.lab-wait', null, spinner(), h('span.quiet', null, 'working'))
  if (service.fault)
    return h(
      'button.button.small',
      { type: 'button', onclick: () => mendService(service.name), 'aria-label': `Mend ${service.name}` },
      'Mend',
    )
  return menuButton({
    key: `${place}-break-${service.name}`,
    className: 'button small',
    label: `Break ${service.name}…`,
    face: [h('span', null, 'Break…')],
    title: `How should ${service.name} break?`,
    items: faults.map((fault) => ({
      key: fault,
      content: [
        h(
          'span.menu-words',
          null,
          h('strong', null, faultName(fault)),
          faultWords[fault] && h('span.muted', null, faultWords[fault][1]),
        ),
      ],
      onPick: () => breakService(service.name, fault),
    })),
  })
}

/** Narrow, for the sidebar: so that it is seen on every page that the service answers again. */
export const labStrip = (lab) =>
  h(
    'section.lab-strip',
    { 'aria-labelledby': 'lab-strip-title' },
    h('h2.nav-title', { id: 'lab-strip-title' }, 'Lab'),
    (lab.state?.services ?? []).map((service) => {
      const [words, tone] = conditionOf(service)
      return h(
        'div.lab-row',
        { 'data-key': service.name },
        h('span.dot', { class: `tone-${tone}`, 'aria-hidden': 'true' }),
        h(
          'span.lab-row-words',
          { title: words },
          h('strong', null, service.name),
          h('span', { class: `tone-${tone}` }, words),
        ),
        actionOf(service, lab.faults, 'strip'),
      )
    }),
  )

/** Wide, for home: the three services in the order in which they call each other. */
export function labPanel(lab) {
  const services = [...(lab.state?.services ?? [])].toSorted(
    (one, other) => rank(other, lab) - rank(one, lab),
  )
  return h(
    'section.lab-panel',
    { 'aria-labelledby': 'lab-title', 'data-key': 'lab' },
    h('h2', { id: 'lab-title' }, 'The lab’s services'),
    h(
      'p.muted',
      null,
      'Real processes on this machine. A prober watches them and alerts Suture like anyone would.',
    ),
    h(
      'ul.lab-cards',
      null,
      services.map((service) => {
        const [words, tone] = conditionOf(service)
        return h(
          'li.lab-card',
          { 'data-key': service.name, class: `tone-${tone}` },
          h(
            'div.lab-card-head',
            null,
            h('h3', null, service.name),
            h('span.pill', { class: `tone-${tone}` }, words),
          ),
          h(
            'p.muted',
            null,
            service.dependsOn.length > 0
              ? ['calls ', h('strong', null, service.dependsOn.join(', '))]
              : 'calls nobody',
          ),
          h(
            'p.muted',
            null,
            plural(service.instances.length, 'instance'),
            ' · ',
            plural(service.restarts ?? 0, 'restart'),
          ),
          h('div.lab-card-foot', null, actionOf(service, lab.faults, 'card')),
        )
      }),
    ),
  )
}

/** How many stand behind a service: the one at the customer's end comes first. */
function rank(service, lab, seen = new Set()) {
  if (seen.has(service.name)) return 0
  seen.add(service.name)
  const next = (lab.state?.services ?? []).filter((each) => service.dependsOn.includes(each.name))
  return next.reduce((sum, each) => sum + 1 + rank(each, lab, seen), 0)
}
