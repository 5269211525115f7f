import { get, patch, post, problemOf } from '../api.js'
import { loadGovernance } from '../data.js'
import { confirm } from '../dialog.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { announce, avatar, pageHead, pill, problemBox, skeleton } from '../parts.js'
import { governancePath } from '../router.js'
import { read, subscribe, write } from '../store.js'
import { tabBar, tabOf } from '../tabs.js'
import { modes } from '../words.js'
import { breakGlass } from './break-glass.js'
import { calendarPanels } from './calendar.js'
import { holdsPanel } from './holds.js'
import { modeSettings } from './mode-settings.js'
import { policyPanel } from './policy.js'

/** What holds now and the switch that stops everything; below, a tab each, how far Suture may go and who may do what. */

const tabs = {
  modes: 'Modes',
  glass: 'Break-glass',
  calendar: 'Calendar',
  policy: 'Policy',
  people: 'People',
}

export function governanceView(route) {
  const element = h('div.page')
  let tab = tabOf(route, tabs)
  let people = []
  let problem = null
  let busy = false
  /** The mode just chosen, shown until the server has answered. */
  let wanted = null

  const settings = modeSettings({ changed: () => draw() })
  const glass = breakGlass({ changed: () => draw() })
  const calendar = calendarPanels({ changed: () => draw() })
  const policy = policyPanel({ changed: () => draw() })

  const change = async (body, said, send = (sent) => patch('/v1/governance', sent)) => {
    if (busy) return
    busy = true
    problem = null
    draw()
    try {
      write({ governance: await send(body) })
      announce(said)
    } catch (error) {
      problem = problemOf(error)
    }
    busy = false
    draw()
  }
  const chooseMode = async (mode) => {
    const calmer = mode !== 'auto'
    const sure =
      calmer ||
      (await confirm({
        title: 'Let Suture heal by itself?',
        text: 'In auto it runs low and medium impact remedies without asking, inside every limit. Everything else still asks.',
        submit: 'Turn on auto',
        style: 'primary',
      }))
    wanted = sure ? mode : null
    if (sure) await change({ mode }, `Mode is ${modes[mode][0]} now.`)
    wanted = null
    draw()
  }
  const stopOrGo = async (on) => {
    const sure = on
      ? await confirm({
          title: 'Stop everything?',
          text: 'New runs are refused and running ones are cancelled and undone. Alerts and threads go on.',
          submit: 'Stop everything',
        })
      : await confirm({
          title: 'Let runs start again?',
          text: 'What was cancelled stays cancelled; it has to be requested again.',
          submit: 'Lift the stop',
          style: 'primary',
        })
    if (sure)
      await change({ on }, on ? 'Emergency stop is on.' : 'Emergency stop is lifted.', (body) =>
        post('/v1/emergency-stop', body),
      )
  }
  const draw = () =>
    mount(
      element,
      content({
        ...read(),
        tab,
        people,
        problem,
        wanted,
        settings,
        glass,
        calendar,
        policy,
        chooseMode,
        stopOrGo,
      }),
    )

  const stops = [
    subscribe(draw),
    refreshOn(['governance', 'configuration'], settings.load),
    refreshOn(['governance'], glass.load),
    glass.destroy,
    refreshOn(['governance', 'configuration'], calendar.load),
    refreshOn(['configuration'], policy.load),
  ]
  draw()
  void settings.load()
  void glass.load()
  void calendar.load()
  void policy.load()
  loadGovernance().catch((error) => {
    problem = problemOf(error)
    draw()
  })
  get('/v1/people?limit=200').then(
    (page) => {
      people = page.items
      draw()
    },
    () => undefined,
  )
  return {
    element,
    title: 'Governance',
    update: (next) => {
      tab = tabOf(next, tabs)
      draw()
    },
    destroy: () => stops.forEach((stop) => stop()),
  }
}

function content({
  me,
  governance,
  tab,
  people,
  problem,
  wanted,
  settings,
  glass,
  calendar,
  policy,
  chooseMode,
  stopOrGo,
}) {
  const holds = (role) => me?.person?.roles.includes(role) === true
  const admin = holds('admin')
  // Who responds may stop everything; letting it go on is an admin's.
  const maySwitch = admin || (!governance?.emergencyStop && (holds('responder') || holds('approver')))
  const panels = {
    modes: () => [modePanel(wanted ?? governance.mode, admin, chooseMode), settings.view(admin)],
    glass: () => glass.view(me?.person ?? null),
    calendar: () => calendar.view(admin || holds('override')),
    policy: () => policy.view(),
    people: () => peoplePanel(people, governance),
  }
  return [
    h(
      'div',
      { 'data-key': 'head' },
      pageHead(
        'Governance',
        admin
          ? 'What you change here is announced and kept in the audit log.'
          : 'Only an admin changes these; whoever responds may stop everything.',
      ),
    ),
    problem && h('div', { 'data-key': 'problem' }, problemBox(problem)),
    governance === null && !problem && h('div', { 'data-key': 'loading' }, skeleton(6)),
    governance && [
      holdsPanel({
        governance,
        settings: settings.summary(),
        glass: glass.summary(),
        ...calendar.summary(),
        maySwitch,
        stopOrGo,
      }),
      tabBar({ label: 'Parts of governance', tabs, chosen: tab, hrefOf: governancePath }),
      h(
        'div.tab-panel',
        { id: 'tab-panel', role: 'tabpanel', 'aria-labelledby': `tab-${tab}`, 'data-key': `panel-${tab}` },
        panels[tab](),
      ),
    ],
  ]
}

const modePanel = (mode, admin, chooseMode) =>
  h(
    'section.panel',
    { 'data-key': 'mode', 'aria-labelledby': 'mode-title' },
    h('h2', { id: 'mode-title' }, 'Mode'),
    h(
      'div.modes',
      { role: 'radiogroup', 'aria-labelledby': 'mode-title' },
      Object.entries(modes).map(([name, [title, text]]) =>
        h(
          'label.mode',
          { 'data-key': name, class: name === mode ? 'chosen' : '' },
          h('input', {
            type: 'radio',
            name: 'mode',
            value: name,
            checked: name === mode,
            disabled: !admin,
            onchange: () => chooseMode(name),
          }),
          h('span', null, h('strong', null, title), h('span.muted', null, text)),
        ),
      ),
    ),
  )

const peoplePanel = (people, governance) =>
  h(
    'section.panel',
    { 'data-key': 'people', 'aria-labelledby': 'people-title' },
    h('h2', { id: 'people-title' }, 'People'),
    h(
      'p.muted',
      null,
      'Approvals need ',
      h('strong', null, governance.approverRoles.join(' or ') || 'a role that nobody named yet'),
      '. Who requests never approves.',
    ),
    h(
      'ul.people',
      null,
      people.map((person) =>
        h(
          'li',
          { 'data-key': person.id },
          avatar(person),
          h(
            'span.people-words',
            null,
            h('strong', null, person.name),
            h('span.muted', null, person.roles.join(', ') || 'no role'),
          ),
          person.kind === 'service_account' && pill('service account'),
        ),
      ),
    ),
  )
