import { openHealth, problemOf, whenSignedOut } from './api.js'
import {
  become,
  begin,
  loadApprovals,
  loadGovernance,
  loadLab,
  loadLists,
  loadMe,
  loadQueue,
} from './data.js'
import { mount } from './dom.js'
import { disconnect, onConnection, refreshOn } from './events.js'
import { current, startRouter } from './router.js'
import { startShell } from './shell.js'
import { startShortcuts } from './shortcuts.js'
import { read, subscribe, write } from './store.js'
import { keepTimesTrue } from './time.js'
import { approvalsView } from './views/approvals.js'
import { governanceView } from './views/governance.js'
import { healthView } from './views/health.js'
import { homeView } from './views/home.js'
import { incidentView } from './views/incident.js'
import { keysView } from './views/keys.js'
import { learningView } from './views/learning.js'
import { missingView } from './views/missing.js'
import { peopleView } from './views/people.js'
import { proposalView } from './views/proposal.js'
import { queueView } from './views/queue.js'
import { runView } from './views/run.js'
import { signInView } from './views/sign-in.js'
import { silencesView } from './views/silences.js'
import { whyView } from './views/why.js'
import { asSentence } from './words.js'

/** Starts the console: who am I, then the shell, then the view of the address. */

/** @type {Record<string, (route: import('./router.js').Route) => { element: HTMLElement, title: string, update?: (route: any) => void, destroy?: () => void }>} */
const views = {
  home: homeView,
  incident: incidentView,
  queue: queueView,
  run: runView,
  why: whyView,
  proposal: proposalView,
  approvals: approvalsView,
  people: peopleView,
  keys: keysView,
  learning: learningView,
  silences: silencesView,
  governance: governanceView,
  health: healthView,
  missing: missingView,
}

const labPollMs = 2_000
const startAgainMs = 5_000
/** Outside the lab these need nobody to be signed in. */
const withoutSignIn = new Set(['health'])

let shown = null
let shownKey = ''
/** Whether a page was shown that the reader may have left on purpose. */
let settled = false

/** The same page of the same thing stays; it is only told its new address. */
function show(route) {
  write({ route, drawer: false })
  const signedIn = read().me?.signedIn === true
  const isOpen = signedIn || (withoutSignIn.has(route.name) && !read().me?.lab)
  const name = isOpen ? route.name : 'signIn'
  const key = `${name}:${route.params.id ?? ''}`
  if (shown && key === shownKey) {
    shown.update?.(route)
    return
  }
  shown?.destroy?.()
  shown = isOpen ? views[route.name](route) : signInView()
  shownKey = key
  document.title = `${shown.title} · Suture`
  const main = document.getElementById('main')
  mount(main)
  main.replaceChildren(shown.element)
  main.scrollTop = 0
  // So that a screen reader says where one is now; on the first load the browser does.
  if (settled) (main.querySelector('h1') ?? main).focus({ preventScroll: true })
  settled = signedIn || !read().me?.lab
}

/** Another person sees other things: every view is made anew. */
function followPerson() {
  let person = read().me?.signedIn ? read().me.person.id : null
  subscribe(({ me }) => {
    const now = me?.signedIn ? me.person.id : null
    if (now === person) return
    person = now
    shownKey = ''
    show(current())
  })
}

function quietly(load) {
  return () => load().catch((error) => console.info(`not refreshed: ${problemOf(error).detail}`))
}

function keepFresh() {
  refreshOn(['incident', 'configuration'], quietly(loadLists))
  refreshOn(['approval', 'run'], quietly(loadApprovals))
  refreshOn(['governance'], quietly(loadGovernance))
  // Somebody may have gone away and left me their vote, or come back.
  refreshOn(['person'], quietly(loadMe))
  refreshOn(['run', 'incident', 'approval'], quietly(loadQueue))
  onConnection((connection) => write({ connection }))
  // The lab's estate is outside Suture and sends no events: it is looked at while somebody watches.
  setInterval(() => {
    if (read().me?.lab && read().me.signedIn && document.visibilityState === 'visible') quietly(loadLab)()
  }, labPollMs)
}

async function start() {
  const me = await loadMe()
  startShell(document.getElementById('app'), document.getElementById('banners'))
  startShortcuts()
  keepTimesTrue()
  keepFresh()
  whenSignedOut(() => {
    if (!read().me?.signedIn) return
    disconnect()
    write({ me: { ...read().me, signedIn: false, person: null } })
  })
  startRouter(show)
  followPerson()
  if (me.signedIn) await begin()
  // In the lab nobody signs in: a newcomer begins as the first persona.
  else if (me.lab?.personas[0]) await become(me.lab.personas[0].id)
}

/** Nothing was opened because the server could not say who is there: what fails is shown, and it is tried again. */
async function sayWhy(error) {
  const problem = problemOf(error)
  const text = document.querySelector('.booting span')
  if (!text) return
  text.textContent = `${problem.title}. ${problem.remedy}`
  if (problem.status !== 0 && problem.status < 500) return
  const tell = (health) => {
    const failing = (health?.failing ?? []).map(({ name, detail }) => `${asSentence(name)}: ${detail}.`)
    if (failing.length > 0) text.textContent = `${problem.title}. ${failing.join(' ')}`
  }
  // Never at once: a page that fails for another reason would reload without end.
  const lookAgain = async () => {
    const health = await openHealth()
    if (health && health.status !== 'fail') location.reload()
    else tell(health)
  }
  setInterval(() => void lookAgain(), startAgainMs)
  tell(await openHealth())
}

start().catch(sayWhy)
