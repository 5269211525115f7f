import { get, problemOf } from '../api.js'
import { chooseChannel } from '../data.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { icon, severityIcon } from '../icons.js'
import { announce, pill, problemBox, skeleton } from '../parts.js'
import { incidentPath } from '../router.js'
import { read } from '../store.js'
import { tabBar, tabOf } from '../tabs.js'
import { timeOf } from '../time.js'
import { incidentStates, plural, wordsFor } from '../words.js'
import { alertsTab } from './alerts.js'
import { evidenceTab } from './evidence.js'
import { runsTab } from './runs.js'
import { threadTab } from './thread.js'
import { timelineTab } from './timeline.js'

/** One incident: its thread first, and everything it rests on one tab away. */

const tabs = { thread: 'Thread', timeline: 'Timeline', evidence: 'Evidence', alerts: 'Alerts', runs: 'Runs' }
const makers = {
  thread: threadTab,
  timeline: timelineTab,
  evidence: evidenceTab,
  alerts: alertsTab,
  runs: runsTab,
}

export function incidentView(route) {
  const { id } = route.params
  const head = h('header.incident-head')
  const body = h('div.incident-body', { id: 'tab-panel', role: 'tabpanel' })
  const element = h('div.incident', null, head, body)
  let incident = null
  let problem = null
  let tab = null
  let tabName = ''

  const draw = () => mount(head, problem ? null : headOf(incident, id, tabName))

  const showTab = (name) => {
    if (name !== tabName) {
      tab?.destroy?.()
      tabName = name
      tab = makers[name](id)
      body.className = `incident-body tab-${name}`
      body.setAttribute('aria-labelledby', `tab-${name}`)
      body.replaceChildren(tab.element)
    }
    tab.update?.(incident)
    draw()
  }

  const load = async () => {
    try {
      incident = await get(`/v1/incidents/${encodeURIComponent(id)}`)
      problem = null
      if (incident.channel !== read().channel)
        chooseChannel(incident.channel).catch((error) => announce(problemOf(error).detail))
      document.title = `${incident.service ?? incident.id}: ${incident.title} · Suture`
      tab?.update?.(incident)
    } catch (error) {
      const found = problemOf(error)
      // A page that shows something keeps showing it; the banner says that it may be out of date.
      if (!incident || found.status === 404) {
        problem = found
        body.replaceChildren(
          h(
            'div.page',
            null,
            problemBox(found, { retry: load, extra: [h('a.button', { href: '/' }, 'All incidents')] }),
          ),
        )
      }
    }
    draw()
  }

  showTab(tabOf(route, tabs))
  void load()
  const stop = refreshOn(['incident', 'run'], load, {
    concerns: ({ topic, id: changed }) => topic !== 'incident' || changed === id,
  })
  return {
    element,
    title: id,
    update: (next) => showTab(tabOf(next, tabs)),
    destroy: () => {
      stop()
      tab?.destroy?.()
    },
  }
}

function headOf(incident, id, tabName) {
  const counts = incident
    ? { evidence: incident.evidence.length, alerts: incident.alerts.length, runs: incident.runIds.length }
    : {}
  return [
    h(
      'div.incident-title',
      { 'data-key': 'title' },
      h('a.icon-button.back', { href: '/', 'aria-label': 'All incidents' }, icon('back')),
      h('h1', { tabindex: '-1', title: incident?.title ?? id }, incident ? incident.title : id),
    ),
    h('div.incident-facts', { 'data-key': 'facts' }, incident ? factsOf(incident) : skeleton(1)),
    tabBar({
      label: 'Parts of this incident',
      tabs,
      chosen: tabName,
      hrefOf: (name) => incidentPath(id, name),
      counts,
    }),
  ]
}

const factsOf = (incident) => [
  pill(...wordsFor(incidentStates, incident.status)),
  h('span.fact', null, severityIcon(incident.severity), incident.severity),
  h('span.fact.mono', null, incident.id),
  h('span.fact', null, h('strong', null, incident.service ?? 'unknown service')),
  h(
    'span.fact',
    null,
    icon('clock'),
    incident.status === 'resolved'
      ? ['resolved ', timeOf(incident.resolvedAt ?? incident.openedAt, 'ago')]
      : ['since ', timeOf(incident.openedAt), ' (', timeOf(incident.openedAt, 'ago'), ')'],
  ),
  incident.firing > 0 && h('span.fact', null, plural(incident.firing, 'alert fires', 'alerts fire')),
  incident.flaps > 0 && h('span.fact', null, `opened again ${plural(incident.flaps, 'time')}`),
]
