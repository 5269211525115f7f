import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { pill, problemBox, skeleton } from '../parts.js'
import { incidentPath } from '../router.js'
import { timeOf } from '../time.js'
import { plural } from '../words.js'

/** The dry run of a proposal: every call to every target, and what undoes it. What was approved is exactly this. */
export function proposalView(route) {
  const { id } = route.params
  const element = h('div.page')
  let found = null
  let problem = null

  const draw = () =>
    mount(element, problem ? problemBox(problem, { retry: load }) : found ? pageOf(found) : skeleton(6))
  const load = async () => {
    try {
      found = await get(`/v1/proposals/${encodeURIComponent(id)}`)
      problem = null
      document.title = `${found.proposal.playbookTitle} on ${found.proposal.service} · Suture`
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  draw()
  void load()
  return { element, title: id }
}

const pageOf = ({ id, incidentId, proposal, digest, createdAt, withdrawn }) => [
  h(
    'div.incident-title',
    { 'data-key': 'title' },
    h(
      'a.icon-button.back',
      { href: incidentPath(incidentId), 'aria-label': `Back to ${incidentId}` },
      icon('back'),
    ),
    h('h1', { tabindex: '-1' }, `${proposal.playbookTitle} on ${proposal.service}`),
  ),
  h(
    'div.incident-facts',
    { 'data-key': 'facts' },
    withdrawn && pill('Withdrawn'),
    h('span.fact.mono', null, id),
    h('span.fact', null, 'for ', h('a', { href: incidentPath(incidentId) }, incidentId)),
    h('span.fact', null, `${proposal.impact} impact`),
    h('span.fact', null, plural(proposal.targets.length, 'target')),
    h('span.fact', null, 'proposed ', timeOf(createdAt, 'ago')),
  ),
  h(
    'p.muted.plan-promise',
    { 'data-key': 'promise' },
    'This is what an approval covers, word for word. If any of it is different when the run begins, the run is refused.',
  ),
  h(
    'ol.plan',
    { 'data-key': 'plan' },
    proposal.plan.map((step) => stepOf(step)),
  ),
  h('p.plan-digest', { 'data-key': 'digest' }, 'Digest ', h('code', null, digest)),
]

const stepOf = (step) =>
  h(
    'li.fact-card.plan-step',
    { 'data-key': step.id },
    h(
      'header',
      null,
      h('h3', null, step.title),
      step.undo === null && pill('Cannot be undone', 'warning'),
      step.undo === 'Nothing to undo' && pill('Nothing to undo'),
    ),
    (step.calls ?? []).length === 0
      ? h('p.muted', null, 'Its calls were not kept: it was proposed by an older version.')
      : h('dl.calls', null, step.calls.map(callOf)),
  )

const callOf = ({ target, call, undo }) => [
  h('dt', null, target ?? 'Suture itself'),
  h('dd', null, h('code.output', null, call)),
  undo !== null && h('dd.call-undo', null, h('span.muted', null, 'undone by'), h('code.output', null, undo)),
]
