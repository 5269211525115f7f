import { h } from '../dom.js'
import { icon } from '../icons.js'
import { incidentPath } from '../router.js'
import { read, recall, remember, write } from '../store.js'
import { shortName } from '../words.js'
import { breakService } from './lab.js'
import { switchTo, whoElseApproves } from './persona.js'

/** A newcomer's first five minutes in the lab: what to do next, and what is done. */

/**
 * The five steps with what is true now. `now` is the first that is not done, or 5 when the service is healed.
 * @returns {{ now: number, incident: any, approver: any, steps: { title: string, text: string }[] }}
 */
export function guideOf({ me, incidents, approvals, lab }) {
  const faulty = (lab?.state?.services ?? [])
    .filter((service) => service.fault)
    .map((service) => service.name)
  const unresolved = (incidents ?? []).filter((each) => each.status !== 'resolved')
  // A broken service makes the ones that call it fail too: its own incident is the one to heal.
  const incident =
    unresolved.find((each) => faulty.includes(each.service)) ?? unresolved[0] ?? (incidents ?? [])[0] ?? null
  const live = incident !== null && incident.status !== 'resolved'
  const broken = (lab?.state?.services ?? []).some((service) => service.fault || service.healthy === false)
  const request = (approvals ?? []).find((each) => each.incidentId === incident?.id) ?? null
  const approver = whoElseApproves(me)[0] ?? null
  const mayApprove =
    me?.person?.roles.some((role) => role === 'approver' || role === 'admin') &&
    request?.requester.id !== me.person.id
  const who = shortName(approver?.name ?? 'an approver')
  const steps = [
    { title: 'Break checkout', text: 'Make it hang. Its alert opens an incident within seconds.' },
    { title: 'Request a remedy', text: 'Open the thread and request what Suture proposes.' },
    { title: `Become ${who}`, text: 'Who requests can’t approve: somebody else must.' },
    { title: 'Approve', text: 'Press Approve on the card.' },
    { title: 'Watch it heal', text: 'See the steps run and the service answer again.' },
  ]
  let now = 0
  if (live && incident.status === 'healing') now = 4
  else if (live && request) now = mayApprove ? 3 : 2
  else if (live || (broken && incident === null)) now = 1
  else if (incident !== null && !broken) now = 5
  return { now, incident, approver, steps }
}

/** The five steps side by side, for home. */
export function guidePanel(state) {
  const guide = guideOf(state)
  return h(
    'section.guide',
    { 'aria-labelledby': 'guide-title', 'data-key': 'guide' },
    h(
      'h2',
      { id: 'guide-title' },
      guide.now === 5 ? 'Healed. Break something else?' : 'Five minutes, from broken to healed',
    ),
    h(
      'ol.guide-steps',
      null,
      guide.steps.map((step, at) =>
        h(
          'li',
          {
            class: at < guide.now ? 'done' : at === guide.now ? 'now' : 'later',
            'aria-current': at === guide.now ? 'step' : null,
          },
          h('span.guide-number', null, at < guide.now ? icon('check', 'done') : String(at + 1)),
          h('span.guide-words', null, h('strong', null, step.title), h('span', null, step.text)),
        ),
      ),
    ),
    h('div.guide-next', null, nextAction(guide, state)),
  )
}

/** One line on the other pages: the next step and the button for it. */
export function guideBar(state) {
  if (!state.me?.lab || !state.lab || state.route?.name !== 'incident' || recall('guide') === 'off') return []
  const guide = guideOf(state)
  if (guide.incident && guide.incident.id !== state.route.params.id) return elsewhere(guide, state)
  const step = guide.steps[Math.min(guide.now, 4)]
  return [
    h(
      'div.guide-bar',
      null,
      h(
        'span.guide-dots',
        { 'aria-hidden': 'true' },
        guide.steps.map((_, at) =>
          h('i', { class: at < guide.now ? 'done' : at === guide.now ? 'now' : '' }),
        ),
      ),
      h(
        'p',
        null,
        guide.now === 5
          ? [h('strong', null, 'Healed. '), h('span', null, 'Ask below: what happened?')]
          : [h('strong', null, `${guide.now + 1} ${step.title}. `), h('span', null, step.text)],
      ),
      nextAction(guide, state, true),
      h(
        'button.icon-button',
        {
          type: 'button',
          'aria-label': 'Hide the guide',
          title: 'Hide the guide',
          onclick: () => {
            remember('guide', 'off')
            write({})
          },
        },
        icon('cross'),
      ),
    ),
  ]
}

/** Another incident is the one to heal: the way there, unless this one is over. */
function elsewhere({ incident }, { incidents, route }) {
  const here = (incidents ?? []).find((each) => each.id === route.params.id)
  if (!here || here.status === 'resolved' || incident.status === 'resolved') return []
  return [
    h(
      'div.guide-bar',
      null,
      h(
        'p',
        null,
        h('strong', null, `What you broke is ${incident.service}. `),
        h('span', null, 'What calls it fails with it.'),
      ),
      h('a.button.small', { href: incidentPath(incident.id) }, 'Open its thread'),
    ),
  ]
}

function nextAction({ now, incident, approver }, { lab }, inThread = false) {
  if (now === 2 && approver)
    return h(
      'button.button.primary.small',
      { type: 'button', onclick: () => switchTo(approver) },
      `Become ${shortName(approver.name)}`,
    )
  if (inThread) return null
  if ((now === 0 || now === 5) && lab)
    return h(
      'button.button',
      { type: 'button', class: now === 0 ? 'primary' : '', onclick: breakCheckout },
      icon('bolt'),
      h('span', null, 'Break checkout'),
    )
  if (incident) return h('a.button.primary', { href: incidentPath(incident.id) }, 'Open the thread')
  return h('span.muted', null, 'Waiting for the first alert…')
}

function breakCheckout() {
  const { lab } = read()
  const service = lab?.state?.services.find((each) => each.name === 'checkout') ?? lab?.state?.services[0]
  const fault = lab?.faults.includes('hang') ? 'hang' : lab?.faults[0]
  if (service && fault) void breakService(service.name, fault)
}
